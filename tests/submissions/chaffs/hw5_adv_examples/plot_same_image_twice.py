"""Draws the original image on both sides."""
# loses: b
# says: the adversarial image


def plot_adversarial(image, adversarial, labels):
    figure, both_axes = plt.subplots(1, 2)
    for axes, label in zip(both_axes, labels):
        axes.imshow(image[0].permute(1, 2, 0).numpy())
        axes.set_title(label)
    return figure
