"""Each epoch is one batch of all the images."""
# loses: a
# says: epoch's batches


def train_vae(images, epochs=10, batch_size=64, lr=5e-4, seed=0):
    """Train the VAE."""
    torch.manual_seed(seed)
    model = VAE()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = [_train_epoch(model, images, len(images), optimizer) for _ in range(epochs)]
    return model, losses
