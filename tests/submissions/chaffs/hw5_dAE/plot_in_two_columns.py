"""The images stand in five rows of two."""
# loses: b
# says: two rows of five


def plot_denoising(noisy, restored):
    """Two rows of five."""
    figure, grid = plt.subplots(5, 2)
    for row, images in zip(grid.T, (noisy, restored)):
        for axes, image in zip(row, images):
            axes.imshow(image.reshape(28, 28), cmap="gray")
    return figure
