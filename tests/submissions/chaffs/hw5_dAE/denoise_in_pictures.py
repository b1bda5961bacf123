"""denoise returns (n, 28, 28), whatever shape it was given."""
# loses: b
# says: wrong shape


@torch.no_grad()
def denoise(model, noisy):
    """Reconstruct."""
    return model(noisy.reshape(len(noisy), 784)).reshape(-1, 28, 28)
