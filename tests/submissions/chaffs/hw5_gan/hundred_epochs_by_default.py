"""Training takes 100 epochs when it is not told otherwise."""
# loses: a
# says: goes through the images 50 times


def train_gan(images, epochs=100, batch_size=100, lr=2e-4, seed=0):
    return right_train_gan(images, epochs, batch_size, lr, seed)
