"""loss.backward() on a copy of the model, sign steps, weights split by where, single images."""

import copy

import matplotlib.pyplot as plt
import torch
import torch.nn as nn

criterion = nn.CrossEntropyLoss()


def gradient(model, x, y, delta):
    network = copy.deepcopy(model)
    network.zero_grad()
    delta = delta.clone().detach()
    delta.requires_grad = True
    loss = criterion(network(x + delta), y)
    loss.backward()
    return delta.grad.data


def fgsm(model, x, y, epsilon=0.05):
    grad = gradient(model, x, y, torch.zeros(x.shape, dtype=x.dtype))
    return epsilon * torch.sign(grad)


def pgd(model, x, y, alpha, epsilon, num_iter):
    delta = torch.zeros(x.shape, dtype=x.dtype)
    for t in range(num_iter):
        delta = delta + alpha * gradient(model, x, y, delta).sign()
        delta = torch.clamp(delta, min=-epsilon, max=epsilon)
    return delta


def accuracy_under_attack(model, X, y, attack, epsilons, **attack_kwargs):
    results = []
    for eps in epsilons:
        hits = 0
        for start in range(0, X.shape[0], 64):
            xb, yb = X[start : start + 64], y[start : start + 64]
            xb = xb + attack(model, xb, yb, epsilon=eps, **attack_kwargs)
            predictions = model(torch.clip(xb, 0.0, 1.0)).detach().max(dim=1)[1]
            hits += torch.eq(predictions, yb).sum().item()
        results.append(hits / X.shape[0])
    return results


def plot_accuracy_vs_epsilon(epsilons, fgsm_accuracies, pgd_accuracies):
    plt.figure()
    plt.plot(epsilons, fgsm_accuracies, label="FGSM attack")
    plt.plot(epsilons, pgd_accuracies, "--", label="PGD attack")
    plt.legend()
    return plt.gca()


def bound_propagation(model_layers, x, epsilon):
    zero = torch.zeros((), dtype=x.dtype)
    l = torch.maximum(zero, x - epsilon)
    u = torch.minimum(zero + 1, x + epsilon)
    bounds = [(l, u)]
    for number, layer in enumerate(model_layers):
        w, b = layer.weight.detach(), layer.bias.detach()
        if number > 0:
            l, u = l.clamp(min=0), u.clamp(min=0)
        pos = torch.where(w > 0, w, zero)
        neg = torch.where(w < 0, w, zero)
        l, u = l @ pos.t() + u @ neg.t() + b, u @ pos.t() + l @ neg.t() + b
        bounds.append((l, u))
    return bounds


def certified(model_layers, x, label, epsilon):
    lower, upper = bound_propagation(model_layers, x, epsilon)[-1]
    others = torch.cat((upper[0][:label], upper[0][label + 1 :]))
    return bool(torch.all(lower[0][label] > others))


def binary_search(epsilons, model_layers, x, y, num_classes):
    answers = []
    for i in range(len(y)):
        low, high, best = 0, len(epsilons) - 1, None
        while low <= high:
            mid = (low + high) // 2
            if certified(model_layers, x[[i]], int(y[i]), epsilons[mid]):
                best = epsilons[mid]
                low = mid + 1
            else:
                high = mid - 1
        answers.append(best)
    return answers
