"""denoise leaves the model in evaluation mode."""
# loses: b
# says: training mode changed


@torch.no_grad()
def denoise(model, noisy):
    """Reconstruct."""
    model.eval()
    return model(noisy.reshape(len(noisy), 784)).reshape(noisy.shape)
