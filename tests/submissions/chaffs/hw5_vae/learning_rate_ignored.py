"""The learning rate is always 1e-3."""
# loses: a
# says: one adam step of size lr


def train_vae(images, epochs=10, batch_size=64, lr=5e-4, seed=0):
    """Train the VAE."""
    torch.manual_seed(seed)
    model = VAE()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    losses = [_train_epoch(model, images, batch_size, optimizer) for _ in range(epochs)]
    return model, losses
