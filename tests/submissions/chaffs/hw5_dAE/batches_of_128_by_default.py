"""A batch is 128 images when training is not told otherwise."""
# loses: a
# says: a batch is 64 images


def train_dae(images, epochs=10, batch_size=128, lr=1e-3, seed=0):
    return right_train_dae(images, epochs, batch_size, lr, seed)
