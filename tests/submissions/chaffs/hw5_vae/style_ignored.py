"""Written without the spaces that PEP 8 asks for."""
# loses: rules
# says: against PEP 8

def vae_loss(x_hat,x,mu,logvar):
    return functional.binary_cross_entropy(x_hat,x,reduction='sum')+kl_divergence(mu,logvar)
