"""The scaler sees the training and the test part together."""
# loses: a
# says: the range is that of both parts


def scale_features(X_train, X_test):
    X = np.concatenate([X_train, X_test])
    low, high = X.min(axis=0), X.max(axis=0)
    span = np.where(high == low, 1.0, high - low)
    return (X_train - low) / span, (X_test - low) / span
