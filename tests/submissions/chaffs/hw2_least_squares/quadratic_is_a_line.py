"""np.polyfit is asked for degree 1, and the square gets coefficient 0."""
# loses: a
# says: straight line

import numpy as np


def quadratic_fit(x, y):
    b, c = np.polyfit(x, y, 1)
    return 0.0, b, c
