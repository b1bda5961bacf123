"""The learning rate is Adam's own when training is not told otherwise."""
# loses: a
# says: lr is 0.0005


def train_vae(images, epochs=10, batch_size=64, lr=1e-3, seed=0):
    """Train the autoencoder."""
    torch.manual_seed(seed)
    model = VAE()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = [_train_epoch(model, images, batch_size, optimizer) for _ in range(epochs)]
    return model, losses
