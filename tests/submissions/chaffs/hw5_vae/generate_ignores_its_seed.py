"""The latent vectors come from the global generator."""
# loses: b
# says: generate with the same seed


@torch.no_grad()
def generate(model, n=16, seed=0):
    """Draw from the prior."""
    z = torch.randn(n, model.z_dim)
    return model.decode(z).reshape(n, 28, 28)
