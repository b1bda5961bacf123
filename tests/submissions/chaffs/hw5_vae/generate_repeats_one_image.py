"""All generated images are the same."""
# loses: b
# says: a z for each image


@torch.no_grad()
def generate(model, n=16, seed=0):
    """Draw from the prior."""
    z = torch.randn(1, model.z_dim, generator=torch.Generator().manual_seed(seed))
    return model.decode(z).reshape(1, 28, 28).repeat(n, 1, 1)
