"""The accuracies are drawn over 0, 1, 2, ... instead of over epsilon."""
# loses: c
# says: hand over the epsilons as x

import matplotlib.pyplot as plt


def plot_accuracy_vs_epsilon(epsilons, fgsm_accuracies, pgd_accuracies):
    _, axes = plt.subplots()
    axes.plot(fgsm_accuracies, label="FGSM")
    axes.plot(pgd_accuracies, label="PGD")
    axes.legend()
    return axes
