"""The latent vectors are uniform on [0, 1)."""
# loses: b
# says: z with mean 0


@torch.no_grad()
def generate(model, n=16, seed=0):
    """Draw from the prior."""
    z = torch.rand(n, model.z_dim, generator=torch.Generator().manual_seed(seed))
    return model.decode(z).reshape(n, 28, 28)
