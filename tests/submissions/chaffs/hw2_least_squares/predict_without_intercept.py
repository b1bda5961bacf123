"""predict leaves the intercept out."""
# loses: b
# says: left out

def predict(X, beta):
    return X @ beta[1:]
