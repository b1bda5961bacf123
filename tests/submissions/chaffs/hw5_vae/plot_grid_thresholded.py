"""The grid shows black and white pictures instead of the images."""
# loses: b
# says: image 1 of 16


def plot_grid(images):
    """16 panels."""
    figure, grid = plt.subplots(4, 4)
    for axes, image in zip(grid.flat, images):
        axes.imshow(image > 0.5, cmap="gray")
    return figure
