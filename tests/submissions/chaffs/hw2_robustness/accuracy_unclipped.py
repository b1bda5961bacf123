"""The perturbed examples are not cut to the pixel range."""
# loses: c
# says: not clipped to [0, 1]

import torch


def accuracy_under_attack(model, X, y, attack, epsilons, **attack_kwargs):
    accuracies = []
    for epsilon in epsilons:
        correct = 0
        for x_batch, y_batch in zip(X.split(_BATCH), y.split(_BATCH)):
            delta = attack(model, x_batch, y_batch, epsilon=epsilon, **attack_kwargs)
            with torch.no_grad():
                labels = model(x_batch + delta).argmax(dim=1)
            correct += int((labels == y_batch).sum())
        accuracies.append(correct / len(X))
    return accuracies
