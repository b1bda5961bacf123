"""Swaps rows and columns when it moves the channels to the end."""
# loses: b
# says: must show the original


def plot_adversarial(image, adversarial, labels):
    figure, both_axes = plt.subplots(1, 2)
    for axes, pixels, label in zip(both_axes, (image, adversarial), labels):
        axes.imshow(pixels[0].permute(2, 1, 0).numpy())
        axes.set_title(label)
    return figure
