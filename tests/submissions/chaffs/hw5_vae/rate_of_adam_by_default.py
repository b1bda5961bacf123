"""The learning rate is Adam's own when training is not told otherwise."""
# loses: a
# says: lr is 0.0005


def train_vae(images, epochs=10, batch_size=64, lr=1e-3, seed=0):
    return right_train_vae(images, epochs, batch_size, lr, seed)
