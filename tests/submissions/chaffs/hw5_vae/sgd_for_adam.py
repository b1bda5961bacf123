"""The model is trained with SGD."""
# loses: a
# says: one adam step of size lr


def train_vae(images, epochs=10, batch_size=64, lr=5e-4, seed=0):
    """Train the VAE."""
    torch.manual_seed(seed)
    model = VAE()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1 * lr)
    losses = [_train_epoch(model, images, batch_size, optimizer) for _ in range(epochs)]
    return model, losses
