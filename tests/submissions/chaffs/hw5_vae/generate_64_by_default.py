"""64 images are generated when their number is left out."""
# loses: b
# says: without n


@torch.no_grad()
def generate(model, n=64, seed=0):
    """Decode draws from the unit Gaussian."""
    z = torch.randn(n, model.z_dim, generator=torch.Generator().manual_seed(seed))
    return model.decode(z).reshape(n, 28, 28)
