"""Perturbed pixels above 1 are cut, those below 0 are not."""
# loses: c
# says: pixels below 0 were not clipped

import torch


def accuracy_under_attack(model, X, y, attack, epsilons, **attack_kwargs):
    accuracies = []
    for epsilon in epsilons:
        correct = 0
        for x_batch, y_batch in zip(X.split(_BATCH), y.split(_BATCH)):
            delta = attack(model, x_batch, y_batch, epsilon=epsilon, **attack_kwargs)
            with torch.no_grad():
                labels = model((x_batch + delta).clamp(max=1)).argmax(dim=1)
            correct += int((labels == y_batch).sum())
        accuracies.append(correct / len(X))
    return accuracies
