"""A feature that is constant in the training part becomes 0 / 0."""
# loses: a
# says: constant


def scale_features(X_train, X_test):
    low, high = X_train.min(axis=0), X_train.max(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (X_train - low) / (high - low), (X_test - low) / (high - low)
