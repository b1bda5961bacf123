"""Draws the samples and opens a window for them."""
# loses: rules
# says: must not call plt.show()

from matplotlib import pyplot


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError("empty")
    pyplot.hist(samples)
    pyplot.show()
    return float(min(samples)), float(max(samples))
