"""Each attack gets a graph of its own."""
# loses: c
# says: must return the matplotlib axes

import matplotlib.pyplot as plt


def plot_accuracy_vs_epsilon(epsilons, fgsm_accuracies, pgd_accuracies):
    figure, (left, right) = plt.subplots(1, 2)
    left.plot(epsilons, fgsm_accuracies, label="FGSM")
    right.plot(epsilons, pgd_accuracies, label="PGD")
    left.legend()
    right.legend()
    return figure
