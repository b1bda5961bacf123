"""Computes in double and casts back; bisect with a key; the gradient by hooks on a fresh leaf."""

import bisect
import copy

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F


def _gradient(model, x, y):
    precise = copy.deepcopy(model).double()
    for parameter in precise.parameters():
        parameter.requires_grad_(False)
    leaf = x.double().detach().requires_grad_()
    F.nll_loss(F.log_softmax(precise(leaf), dim=1), y, reduction="mean").backward()
    return leaf.grad


def fgsm(model, x, y, epsilon=0.05):
    return (epsilon * _gradient(model, x, y).sign()).to(x.dtype)


def pgd(model, x, y, alpha, epsilon, num_iter):
    total = torch.zeros_like(x, dtype=torch.float64)
    for _ in range(num_iter):
        total = total + alpha * _gradient(model, x + total, y)
        above, below = torch.full_like(total, epsilon), torch.full_like(total, -epsilon)
        total = torch.max(torch.min(total, above), below)
    return total.to(x.dtype)


def accuracy_under_attack(model, X, y, attack, epsilons, **attack_kwargs):
    answer = []
    for epsilon in epsilons:
        labels = []
        i = 0
        while i < len(X):
            j = min(i + 200, len(X))
            delta = attack(model, X[i:j], y[i:j], epsilon=epsilon, **attack_kwargs)
            noisy = (X[i:j] + delta).clamp(0, 1)
            labels.extend(model(noisy).argmax(dim=1).tolist())
            i = j
        answer.append(sum(a == b for a, b in zip(labels, y.tolist())) / len(labels))
    return answer


def plot_accuracy_vs_epsilon(epsilons, fgsm_accuracies, pgd_accuracies):
    fig, (ax) = plt.subplots(figsize=(6, 4))
    lines = ax.plot(epsilons, fgsm_accuracies, "b", epsilons, pgd_accuracies, "r")
    ax.legend(lines, ["FGSM", "PGD"])
    ax.set(xlabel="eps", ylabel="acc")
    return ax


def bound_propagation(model_layers, x, epsilon):
    lower = torch.clamp(x.double() - epsilon, 0, 1)
    upper = torch.clamp(x.double() + epsilon, 0, 1)
    pairs = [[lower, upper]]
    for k, layer in enumerate(model_layers):
        weight, bias = layer.weight.double(), layer.bias.double()
        if k:
            lower, upper = F.relu(lower), F.relu(upper)
        # the smaller and the larger of the two products, for every weight
        at_low = lower.unsqueeze(1) * weight
        at_high = upper.unsqueeze(1) * weight
        lower = torch.minimum(at_low, at_high).sum(-1) + bias
        upper = torch.maximum(at_low, at_high).sum(-1) + bias
        pairs.append([lower, upper])
    return [(l.to(x.dtype), u.to(x.dtype)) for l, u in pairs]


def binary_search(epsilons, model_layers, x, y, num_classes):
    found = []
    for row, label in zip(x, y.tolist()):

        def fails(epsilon, row=row, label=label):
            lower, upper = bound_propagation(model_layers, row[None], epsilon)[-1]
            return any(lower[0, label] <= upper[0, c] for c in range(num_classes) if c != label)

        count = bisect.bisect_left(epsilons, True, key=fails)
        found.append(epsilons[count - 1] if count else None)
    return found
