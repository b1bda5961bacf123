"""The grid shows 9 of the 16 images."""
# loses: b
# says: shows 16 images


def plot_grid(images):
    """9 panels."""
    figure, grid = plt.subplots(3, 3)
    for axes, image in zip(grid.flat, images):
        axes.imshow(image, cmap="gray")
    return figure
