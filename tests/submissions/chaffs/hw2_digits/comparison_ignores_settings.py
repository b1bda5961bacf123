"""Learning rate and epochs are constants of its own."""
# loses: e
# says: threshold


def compare_models(X_train, y_train, X_test, y_test, max_epochs, lr, tolerance):
    return right_compare_models(X_train, y_train, X_test, y_test, max_epochs, 1e-5, tolerance)
