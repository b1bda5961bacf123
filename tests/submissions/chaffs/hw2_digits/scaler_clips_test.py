"""The test part is clipped to [0, 1]."""
# loses: a
# says: clipped


def scale_features(X_train, X_test):
    low, high = X_train.min(axis=0), X_train.max(axis=0)
    span = np.where(high == low, 1.0, high - low)
    return (X_train - low) / span, np.clip((X_test - low) / span, 0, 1)
