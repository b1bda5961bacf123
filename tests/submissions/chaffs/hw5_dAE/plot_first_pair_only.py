"""The figure shows one noisy image and its reconstruction."""
# loses: b
# says: shows 10 images


def plot_denoising(noisy, restored):
    """Two rows of five."""
    figure, grid = plt.subplots(2, 1, squeeze=False)
    for row, images in zip(grid, (noisy, restored)):
        for axes, image in zip(row, images):
            axes.imshow(image.reshape(28, 28), cmap="gray")
    return figure
