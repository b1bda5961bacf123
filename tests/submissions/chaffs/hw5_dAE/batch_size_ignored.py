"""Batches always have 64 images."""
# loses: a
# says: epoch's batches


def train_dae(images, epochs=10, batch_size=64, lr=1e-3, seed=0):
    """Train the autoencoder."""
    torch.manual_seed(seed)
    model = DenoisingAutoencoder()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = [_train_epoch(model, images, 64, optimizer) for _ in range(epochs)]
    return model, losses
