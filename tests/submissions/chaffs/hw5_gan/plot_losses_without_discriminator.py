"""The plot shows the generator's loss only."""
# loses: b
# says: discriminator loss


def plot_losses(history):
    """One curve."""
    figure, axes = plt.subplots()
    axes.plot(history["generator_loss"])
    return figure
