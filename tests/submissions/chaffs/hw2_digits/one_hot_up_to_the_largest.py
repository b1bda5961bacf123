"""There is a column for every number up to the largest label, also for absent ones."""
# loses: a
# says: a column for every label up to the largest


def one_hot(y_train, y_test):
    identity = np.eye(y_train.max() + 1)
    return identity[y_train], identity[y_test]
