"""The learning rate is always 1e-3."""
# loses: a
# says: one adam step of size lr


def train_dae(images, epochs=10, batch_size=64, lr=1e-3, seed=0):
    """Train the autoencoder."""
    torch.manual_seed(seed)
    model = DenoisingAutoencoder()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    losses = [_train_epoch(model, images, batch_size, optimizer) for _ in range(epochs)]
    return model, losses
