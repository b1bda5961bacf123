"""Written without the spaces that PEP 8 asks for."""
# loses: rules
# says: against PEP 8

def captured_energy(X,D):
    return float(np.sum((X @ D) ** 2))
