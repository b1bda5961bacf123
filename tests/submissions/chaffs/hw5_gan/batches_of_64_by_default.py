"""A batch is 64 images when training is not told otherwise."""
# loses: a
# says: a batch is 100 images


def train_gan(images, epochs=50, batch_size=64, lr=2e-4, seed=0):
    return right_train_gan(images, epochs, batch_size, lr, seed)
