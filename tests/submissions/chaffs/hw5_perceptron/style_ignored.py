"""Written without the spaces that PEP 8 asks for."""
# loses: rules
# says: against PEP 8

def margin(w,X):
    return float(np.min(np.abs(X @ w)) / np.linalg.norm(w))
