"""backward() on the model itself, its gradients saved and put back; bounds by loops over units."""

import contextlib

import matplotlib.pyplot as plt
import numpy as np
import torch


@contextlib.contextmanager
def untouched(model):
    saved = [p.grad.clone() if p.grad is not None else None for p in model.parameters()]
    try:
        yield
    finally:
        for p, grad in zip(model.parameters(), saved):
            p.grad = grad


def fgsm(model, x, y, epsilon=0.05):
    with untouched(model):
        delta = torch.zeros_like(x, requires_grad=True)
        torch.nn.CrossEntropyLoss()(model(x + delta), y).backward()
        return epsilon * delta.grad.sign()


def pgd(model, x, y, alpha, epsilon, num_iter):
    with untouched(model):
        delta = torch.zeros_like(x, requires_grad=True)
        for _ in range(num_iter):
            torch.nn.CrossEntropyLoss()(model(x + delta), y).backward()
            with torch.no_grad():
                delta.copy_((delta + alpha * delta.grad.sign()).clamp(-epsilon, epsilon))
            delta.grad = None
    return delta


def accuracy_under_attack(model, X, y, attack, epsilons, **attack_kwargs):
    dataset = torch.utils.data.TensorDataset(X, y)
    loader = torch.utils.data.DataLoader(dataset, batch_size=256, shuffle=False)
    accuracies = np.zeros(len(epsilons))
    for k, epsilon in enumerate(epsilons):
        for images, labels in loader:
            delta = attack(model, images, labels, epsilon=epsilon, **attack_kwargs).detach()
            adversarial = torch.min(torch.max(images + delta, torch.tensor(0.0)), torch.tensor(1.0))
            adversarial = adversarial.to(images.dtype)
            accuracies[k] += float((model(adversarial).argmax(1) == labels).sum())
    return (accuracies / len(X)).tolist()


def plot_accuracy_vs_epsilon(epsilons, fgsm_accuracies, pgd_accuracies):
    _, ax = plt.subplots()
    ax.plot(np.array(epsilons), np.array(fgsm_accuracies), "s-", label="fast gradient sign method")
    ax.plot(np.array(epsilons), np.array(pgd_accuracies), "^-", label="projected gradient descent")
    ax.set_ylim(0, 1)
    ax.legend()
    return ax


def bound_propagation(model_layers, x, epsilon):
    low = torch.max(x - epsilon, torch.zeros_like(x))
    high = torch.min(x + epsilon, torch.ones_like(x))
    result = [(low, high)]
    for layer in model_layers:
        if len(result) > 1:
            low, high = low.relu(), high.relu()
        lows, highs = [], []
        for unit in range(layer.out_features):
            w = layer.weight[unit]
            up, down = w >= 0, w < 0
            base = layer.bias[unit]
            lows.append(base + low[:, up] @ w[up] + high[:, down] @ w[down])
            highs.append(base + high[:, up] @ w[up] + low[:, down] @ w[down])
        low, high = torch.stack(lows, dim=1), torch.stack(highs, dim=1)
        result.append((low, high))
    return result


def _robust(layers, x, label, epsilon):
    with torch.no_grad():
        low, high = bound_propagation(layers, x, epsilon)[-1]
    low, high = low[0].tolist(), high[0].tolist()
    return all(low[label] > value for c, value in enumerate(high) if c != label)


def _search(epsilons, first, last, robust):
    if first == last:
        return first
    middle = (first + last) // 2
    if robust(epsilons[middle]):
        return _search(epsilons, middle + 1, last, robust)
    return _search(epsilons, first, middle, robust)


def binary_search(epsilons, model_layers, x, y, num_classes):
    certified = []
    for i, label in enumerate(y.tolist()):
        place = _search(
            epsilons, 0, len(epsilons), lambda e: _robust(model_layers, x[i : i + 1], label, e)
        )
        certified.append(None if place == 0 else float(epsilons[place - 1]))
    return certified
