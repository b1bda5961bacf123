"""denoise cuts the noisy pixels to [0, 1] before the model sees them."""
# loses: b
# says: not clamped to [0, 1]


@torch.no_grad()
def denoise(model, noisy):
    """Reconstruct."""
    return model(noisy.clamp(0, 1)).reshape(noisy.shape)
