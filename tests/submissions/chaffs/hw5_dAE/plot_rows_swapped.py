"""The restored images stand in the first row."""
# loses: b
# says: are in their row


def plot_denoising(noisy, restored):
    """Two rows of five."""
    figure, grid = plt.subplots(2, 5)
    for row, images in zip(grid, (restored, noisy)):
        for axes, image in zip(row, images):
            axes.imshow(image.reshape(28, 28), cmap="gray")
    return figure
