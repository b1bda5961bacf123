"""The gradient is divided by its largest entry over the whole batch."""
# loses: b
# says: other examples of its batch

import torch


def pgd(model, x, y, alpha, epsilon, num_iter):
    delta = torch.zeros_like(x)
    for _ in range(num_iter):
        gradient = _input_gradient(model, x, delta, y)
        step = alpha * gradient / gradient.abs().max().clamp(min=1e-12)
        delta = (delta + step).clamp(-epsilon, epsilon)
    return delta
