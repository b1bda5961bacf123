"""Training takes 20 epochs when it is not told otherwise."""
# loses: a
# says: goes through the images 10 times


def train_dae(images, epochs=20, batch_size=64, lr=1e-3, seed=0):
    """Train the autoencoder."""
    torch.manual_seed(seed)
    model = DenoisingAutoencoder()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = [_train_epoch(model, images, batch_size, optimizer) for _ in range(epochs)]
    return model, losses
