"""Every training run uses the seed 0."""
# loses: a
# says: another run


def train_dae(images, epochs=10, batch_size=64, lr=1e-3, seed=0):
    """Train the autoencoder."""
    torch.manual_seed(0)
    model = DenoisingAutoencoder()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = [_train_epoch(model, images, batch_size, optimizer) for _ in range(epochs)]
    return model, losses
