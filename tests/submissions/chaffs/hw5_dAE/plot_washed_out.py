"""Black is drawn as grey: the colours begin at -1."""
# loses: b
# says: run from black at 0


def plot_denoising(noisy, restored):
    """Two rows of five."""
    figure, grid = plt.subplots(2, 5)
    for row, images in zip(grid, (noisy, restored)):
        for axes, image in zip(row, images):
            axes.imshow(image.reshape(28, 28), cmap="gray", vmin=-1, vmax=1)
    return figure
