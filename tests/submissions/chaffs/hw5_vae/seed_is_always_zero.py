"""Every training run uses the seed 0."""
# loses: a
# says: another run


def train_vae(images, epochs=10, batch_size=64, lr=5e-4, seed=0):
    """Train the VAE."""
    torch.manual_seed(0)
    model = VAE()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = [_train_epoch(model, images, batch_size, optimizer) for _ in range(epochs)]
    return model, losses
