"""A batch is 128 images when training is not told otherwise."""
# loses: a
# says: a batch is 64 images


def train_dae(images, epochs=10, batch_size=128, lr=1e-3, seed=0):
    """Train the autoencoder."""
    torch.manual_seed(seed)
    model = DenoisingAutoencoder()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = [_train_epoch(model, images, batch_size, optimizer) for _ in range(epochs)]
    return model, losses
