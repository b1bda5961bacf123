"""The mean of the batches' accuracies is taken, although the last batch is short."""
# loses: c
# says: the last batch may be short

import torch


def accuracy_under_attack(model, X, y, attack, epsilons, **attack_kwargs):
    accuracies = []
    for epsilon in epsilons:
        shares = []
        for x, labels in zip(X.split(64), y.split(64)):
            delta = attack(model, x, labels, epsilon=epsilon, **attack_kwargs)
            with torch.no_grad():
                right = model((x + delta).clamp(0, 1)).argmax(1) == labels
            shares.append(float(right.double().mean()))
        accuracies.append(sum(shares) / len(shares))
    return accuracies
