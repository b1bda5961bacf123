"""The projection is onto the l2 ball of radius epsilon."""
# loses: b
# says: what delta <- clamp

import torch


def pgd(model, x, y, alpha, epsilon, num_iter):
    delta = torch.zeros_like(x)
    for _ in range(num_iter):
        delta = delta + alpha * _input_gradient(model, x, delta, y)
        length = delta.norm(dim=1, keepdim=True).clamp(min=epsilon)
        delta = delta * epsilon / length
    return delta
