"""The loop runs num_iter - 1 times."""
# loses: b
# says: one step too few

import torch


def pgd(model, x, y, alpha, epsilon, num_iter):
    delta = torch.zeros_like(x)
    for _ in range(1, num_iter):
        step = alpha * _input_gradient(model, x, delta, y)
        delta = (delta + step).clamp(-epsilon, epsilon)
    return delta
