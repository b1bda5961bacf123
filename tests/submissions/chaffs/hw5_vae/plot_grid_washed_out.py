"""Black is drawn as grey: the colours begin at -1."""
# loses: b
# says: run from black at 0


def plot_grid(images):
    """16 panels."""
    figure, grid = plt.subplots(4, 4)
    for axes, image in zip(grid.flat, images):
        axes.imshow(image, cmap="gray", vmin=-1, vmax=1)
    return figure
