"""The encoding is boolean, not float."""
# loses: a
# says: holds floats


def one_hot(y_train, y_test):
    classes = np.unique(y_train)
    return y_train[:, None] == classes, y_test[:, None] == classes
