"""A data loader with drop_last leaves the last examples out."""
# loses: c
# says: the last batch may be short

import torch


def accuracy_under_attack(model, X, y, attack, epsilons, **attack_kwargs):
    size = min(_BATCH, len(X))
    accuracies = []
    for epsilon in epsilons:
        correct = seen = 0
        for start in range(0, len(X) - size + 1, size):
            x, labels = X[start : start + size], y[start : start + size]
            delta = attack(model, x, labels, epsilon=epsilon, **attack_kwargs)
            with torch.no_grad():
                correct += int((model((x + delta).clamp(0, 1)).argmax(1) == labels).sum())
            seen += size
        accuracies.append(correct / seen)
    return accuracies
