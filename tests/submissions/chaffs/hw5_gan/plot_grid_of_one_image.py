"""The grid shows the first image 16 times."""
# loses: b
# says: image 2 of 16


def plot_grid(images):
    """16 panels."""
    figure, grid = plt.subplots(4, 4)
    for axes in grid.flat:
        axes.imshow(images[0], cmap="gray")
    return figure
