"""The projection onto the ball is forgotten."""
# loses: b
# says: not projected onto the ball

import torch


def pgd(model, x, y, alpha, epsilon, num_iter):
    delta = torch.zeros_like(x)
    for _ in range(num_iter):
        delta = delta + alpha * _input_gradient(model, x, delta, y)
    return delta
