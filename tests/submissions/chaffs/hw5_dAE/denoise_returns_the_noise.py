"""denoise returns what the model takes away."""
# loses: b
# says: denoise returns the model's reconstructions


@torch.no_grad()
def denoise(model, noisy):
    """Reconstruct."""
    return noisy - model(noisy)
