"""Each attack is added to X itself, so the perturbations pile up."""
# loses: c
# says: in place

import torch


def accuracy_under_attack(model, X, y, attack, epsilons, **attack_kwargs):
    accuracies = []
    for epsilon in epsilons:
        X += attack(model, X, y, epsilon=epsilon, **attack_kwargs)
        X.clamp_(0, 1)
        with torch.no_grad():
            accuracies.append(float((model(X).argmax(1) == y).double().mean()))
    return accuracies
