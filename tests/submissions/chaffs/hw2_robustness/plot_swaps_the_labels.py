"""The labels of the two lines are exchanged."""
# loses: c
# says: must be labelled fgsm

import matplotlib.pyplot as plt


def plot_accuracy_vs_epsilon(epsilons, fgsm_accuracies, pgd_accuracies):
    _, axes = plt.subplots()
    axes.plot(epsilons, fgsm_accuracies, label="PGD")
    axes.plot(epsilons, pgd_accuracies, label="FGSM")
    axes.legend()
    return axes
