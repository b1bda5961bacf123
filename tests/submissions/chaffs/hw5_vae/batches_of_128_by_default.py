"""A batch is 128 images when training is not told otherwise."""
# loses: a
# says: a batch is 64 images


def train_vae(images, epochs=10, batch_size=128, lr=5e-4, seed=0):
    return right_train_vae(images, epochs, batch_size, lr, seed)
