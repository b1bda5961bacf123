"""The attack always runs with its default epsilon."""
# loses: c
# says: gets its default epsilon

import torch


def accuracy_under_attack(model, X, y, attack, epsilons, **attack_kwargs):
    accuracies = []
    for epsilon in epsilons:
        correct = 0
        for x_batch, y_batch in zip(X.split(_BATCH), y.split(_BATCH)):
            delta = attack(model, x_batch, y_batch, **{'epsilon': 0.05, **attack_kwargs})
            with torch.no_grad():
                labels = model((x_batch + delta).clamp(0, 1)).argmax(dim=1)
            correct += int((labels == y_batch).sum())
        accuracies.append(correct / len(X))
    return accuracies
