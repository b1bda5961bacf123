"""predict takes the last coefficient for the intercept."""
# loses: b
# says: not the last

def predict(X, beta):
    return X @ beta[:-1] + beta[-1]
