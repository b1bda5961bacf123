"""The images come back as rows of 784 pixels."""
# loses: b
# says: wrong shape


@torch.no_grad()
def generate(model, n=16, seed=0):
    """Draw from the prior."""
    z = torch.randn(n, model.z_dim, generator=torch.Generator().manual_seed(seed))
    return model.decode(z)
