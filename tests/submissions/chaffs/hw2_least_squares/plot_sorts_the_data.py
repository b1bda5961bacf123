"""X is sorted in place before drawing, so the caller's points are shuffled."""
# loses: d
# says: in place

import matplotlib.pyplot as plt
import numpy as np


def regression_plot(f, X, y, beta):
    _, axes = plt.subplots()
    axes.scatter(X, y)
    X.sort()
    axes.plot(X, sum(b * basis(X) for b, basis in zip(beta, f)), color="red")
    return axes
