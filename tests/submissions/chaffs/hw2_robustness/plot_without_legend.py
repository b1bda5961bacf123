"""The lines are labelled, and the legend is never drawn."""
# loses: c
# says: in a legend

import matplotlib.pyplot as plt


def plot_accuracy_vs_epsilon(epsilons, fgsm_accuracies, pgd_accuracies):
    _, axes = plt.subplots()
    axes.plot(epsilons, fgsm_accuracies, label="FGSM")
    axes.plot(epsilons, pgd_accuracies, label="PGD")
    return axes
