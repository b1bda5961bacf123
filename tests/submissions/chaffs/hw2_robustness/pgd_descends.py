"""The steps go down the loss: gradient descent, as for training."""
# loses: b
# says: goes down

import torch


def pgd(model, x, y, alpha, epsilon, num_iter):
    delta = torch.zeros_like(x)
    for _ in range(num_iter):
        step = alpha * _input_gradient(model, x, delta, y)
        delta = (delta - step).clamp(-epsilon, epsilon)
    return delta
