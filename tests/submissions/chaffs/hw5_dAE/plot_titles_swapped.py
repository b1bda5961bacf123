"""The rows stand under each other's title."""
# loses: b
# says: other row's title


def plot_denoising(noisy, restored):
    """Two rows of five."""
    figure, grid = plt.subplots(2, 5)
    for row, images in zip(grid, (noisy, restored)):
        for axes, image in zip(row, images):
            axes.imshow(image.reshape(28, 28), cmap="gray")
    grid[0, 0].set_title("Denoised images")
    grid[1, 0].set_title("Noisy images")
    return figure
