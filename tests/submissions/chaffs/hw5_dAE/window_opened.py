"""Opens a window for its figure."""
# loses: rules
# says: must not call plt.show()

def plot_denoising(noisy, restored):
    figure, grid = plt.subplots(2, 5, figsize=(8, 3.5))
    for row, images in zip(grid, (noisy, restored), strict=True):
        for axes, image in zip(row, images[:5], strict=True):
            axes.imshow(image.reshape(28, 28).detach().cpu(), cmap='gray', vmin=0, vmax=1)
            axes.axis('off')
    grid[0, 2].set_title('noisy')
    grid[1, 2].set_title('restored')
    plt.show()
    return figure
