"""Both rows show the restored images."""
# loses: b
# says: image 1 of 10


def plot_denoising(noisy, restored):
    """Two rows of five."""
    figure, grid = plt.subplots(2, 5)
    for row, images in zip(grid, (restored, restored)):
        for axes, image in zip(row, images):
            axes.imshow(image.reshape(28, 28), cmap="gray")
    return figure
