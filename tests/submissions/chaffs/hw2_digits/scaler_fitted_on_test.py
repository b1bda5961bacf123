"""The test part is scaled by a range of its own."""
# loses: a
# says: fitted again on the test part


def scale_features(X_train, X_test):
    def scale(X):
        low, high = X.min(axis=0), X.max(axis=0)
        return (X - low) / np.where(high == low, 1.0, high - low)

    return scale(X_train), scale(X_test)
