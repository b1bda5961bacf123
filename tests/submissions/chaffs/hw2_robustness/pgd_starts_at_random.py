"""The start is drawn from the ball instead of being zero."""
# loses: b
# says: start at delta = 0

import torch


def pgd(model, x, y, alpha, epsilon, num_iter):
    delta = torch.empty_like(x).uniform_(-epsilon, epsilon)
    for _ in range(num_iter):
        step = alpha * _input_gradient(model, x, delta, y)
        delta = (delta + step).clamp(-epsilon, epsilon)
    return delta
