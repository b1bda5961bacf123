"""The given arrays themselves are scaled."""
# loses: a
# says: in place


def scale_features(X_train, X_test):
    low, high = X_train.min(axis=0), X_train.max(axis=0)
    span = np.where(high == low, 1.0, high - low)
    X_train -= low
    X_train /= span
    X_test -= low
    X_test /= span
    return X_train, X_test
