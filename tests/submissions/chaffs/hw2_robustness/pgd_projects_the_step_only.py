"""Each step is clamped, their sum is not."""
# loses: b
# says: on the sum and not on the step alone

import torch


def pgd(model, x, y, alpha, epsilon, num_iter):
    delta = torch.zeros_like(x)
    for _ in range(num_iter):
        step = alpha * _input_gradient(model, x, delta, y)
        delta = delta + step.clamp(-epsilon, epsilon)
    return delta
