"""One loss is drawn over the other instead of over the epochs."""
# loses: b
# says: line with the generator loss


def plot_losses(history):
    """A curve of pairs."""
    figure, axes = plt.subplots()
    axes.plot(history["generator_loss"], history["discriminator_loss"])
    return figure
