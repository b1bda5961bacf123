"""Only the curve is drawn."""
# loses: d
# says: as a scatter

import matplotlib.pyplot as plt
import numpy as np


def regression_plot(f, X, y, beta):
    _, axes = plt.subplots()
    x = np.sort(X)
    axes.plot(x, sum(b * basis(x) for b, basis in zip(beta, f)), color="red")
    return axes
