"""Training takes 20 epochs when it is not told otherwise."""
# loses: a
# says: goes through the images 10 times


def train_dae(images, epochs=20, batch_size=64, lr=1e-3, seed=0):
    return right_train_dae(images, epochs, batch_size, lr, seed)
