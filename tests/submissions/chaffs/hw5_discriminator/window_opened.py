"""Draws the discriminator and opens a window for it."""
# loses: rules
# says: must not call plt.show()

import matplotlib.pyplot as plt
import numpy as np


def optimal_discriminator(p_data, p_g):
    total = p_data + p_g
    d = np.divide(p_data, total, out=np.full_like(total, 0.5), where=total > 0)
    plt.plot(d)
    plt.show()
    return d
