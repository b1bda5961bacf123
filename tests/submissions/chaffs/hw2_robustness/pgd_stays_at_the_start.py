"""The gradient is always taken at x, never at x + delta."""
# loses: b
# says: take it at x + delta

import torch


def pgd(model, x, y, alpha, epsilon, num_iter):
    delta = torch.zeros_like(x)
    for _ in range(num_iter):
        step = alpha * _input_gradient(model, x, torch.zeros_like(x), y)
        delta = (delta + step).clamp(-epsilon, epsilon)
    return delta
