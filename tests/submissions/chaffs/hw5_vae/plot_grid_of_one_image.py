"""The grid shows the first image 16 times."""
# loses: b
# says: image 2 of 16


def plot_grid(images):
    """16 panels."""
    figure, grid = plt.subplots(4, 4)
    for axes, image in zip(grid.flat, images):
        axes.imshow(images[0], cmap="gray")
    return figure
