"""The encoder is fitted again on the test labels, so a missing class shifts the columns."""
# loses: a
# says: fitted again on the test labels


def one_hot(y_train, y_test):
    def encode(y):
        return (y[:, None] == np.unique(y)).astype(np.float64)

    return encode(y_train), encode(y_test)
