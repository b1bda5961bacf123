"""Puts each title over the other image."""
# loses: b
# says: its own title


def plot_adversarial(image, adversarial, labels):
    figure, both_axes = plt.subplots(1, 2)
    for axes, pixels, label in zip(both_axes, (image, adversarial), labels[::-1]):
        axes.imshow(pixels[0].permute(1, 2, 0).numpy())
        axes.set_title(label)
    return figure
