"""The losses are averaged over the run: one number comes back."""
# loses: a
# says: wrong length


def train_dae(images, epochs=10, batch_size=64, lr=1e-3, seed=0):
    """Train the autoencoder."""
    torch.manual_seed(seed)
    model = DenoisingAutoencoder()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = [_train_epoch(model, images, batch_size, optimizer) for _ in range(epochs)]
    return model, [sum(losses) / len(losses)]
