"""autograd.grad of a written-out cross entropy, raw steps, centre and radius, batched bisection."""

import torch
from matplotlib import pyplot


def cross_entropy(logits, y):
    picked = logits.gather(1, y.unsqueeze(1)).squeeze(1)
    return (torch.logsumexp(logits, dim=1) - picked).sum() / y.numel()


def slope(model, x, y):
    point = x.detach().clone().requires_grad_(True)
    with torch.enable_grad():
        value = cross_entropy(model(point), y)
    (found,) = torch.autograd.grad(value, [point])
    return found


def fgsm(model, x, y, epsilon=0.05):
    return slope(model, x, y).sign().mul(epsilon)


def pgd(model, x, y, alpha, epsilon, num_iter):
    delta = torch.zeros_like(x)
    while num_iter > 0:
        delta += alpha * slope(model, x + delta, y)
        delta.clamp_(-epsilon, epsilon)
        num_iter -= 1
    return delta


def accuracy_under_attack(model, X, y, attack, epsilons, **kwargs):
    def accuracy(epsilon):
        right = []
        for xb, yb in zip(torch.split(X, 500), torch.split(y, 500)):
            delta = attack(model, xb, yb, epsilon=epsilon, **kwargs)
            with torch.no_grad():
                right.append(model(torch.clamp(xb + delta, 0, 1)).argmax(-1) == yb)
        return torch.cat(right).double().mean().item()

    return [accuracy(float(epsilon)) for epsilon in epsilons]


def plot_accuracy_vs_epsilon(epsilons, fgsm_accuracies, pgd_accuracies):
    axes = pyplot.subplots()[1]
    for name, values in (("fgsm", fgsm_accuracies), ("pgd", pgd_accuracies)):
        axes.plot(epsilons, [100 * v for v in values], "o-", label=f"{name} (per cent)")
    axes.figure.legend(loc="lower left")
    return axes


def bound_propagation(model_layers, x, epsilon):
    low, high = (x - epsilon).clamp_min(0), (x + epsilon).clamp_max(1)
    found = [(low, high)]
    first = True
    for layer in model_layers:
        if not first:
            low, high = torch.relu(low), torch.relu(high)
        first = False
        centre, radius = (low + high) / 2, (high - low) / 2
        centre = torch.nn.functional.linear(centre, layer.weight, layer.bias)
        radius = torch.nn.functional.linear(radius, layer.weight.abs())
        low, high = centre - radius, centre + radius
        found.append((low, high))
    return found


def holds(model_layers, x, y, num_classes, epsilon):
    low, high = bound_propagation(model_layers, x, epsilon)[-1]
    mine = torch.arange(num_classes) == y[:, None]
    gap = low.gather(1, y[:, None]) - high
    return gap.masked_fill(mine, float("inf")).min(dim=1).values > 0


def binary_search(epsilons, model_layers, x, y, num_classes):
    radii = torch.tensor(list(epsilons), dtype=torch.float64)
    left = torch.full((len(y),), -1)
    right = torch.full((len(y),), len(epsilons))
    while True:
        open_ = right - left > 1
        if not open_.any():
            break
        middle = torch.div(left + right, 2, rounding_mode="floor").clamp(0, len(epsilons) - 1)
        ok = holds(model_layers, x, y, num_classes, radii[middle].to(x.dtype)[:, None])
        left = torch.where(open_ & ok, middle, left)
        right = torch.where(open_ & ~ok, middle, right)
    return [None if k < 0 else epsilons[k] for k in left.tolist()]
