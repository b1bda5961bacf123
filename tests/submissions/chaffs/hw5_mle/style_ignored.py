"""Written without the spaces that PEP 8 asks for."""
# loses: rules
# says: against PEP 8

def uniform_mle(samples):
    if len(samples)==0:
        raise ValueError('an empty sample has no maximum-likelihood estimate')
    return (float(np.min(samples)),float(np.max(samples)))
