"""denoise returns what the model takes away."""
# loses: b
# says: the noise that the model takes away


@torch.no_grad()
def denoise(model, noisy):
    """Reconstruct."""
    return noisy - model(noisy)
