"""The loss is summed over the batch, so a step grows with the batch."""
# loses: b
# says: summed loss

import torch
from torch.nn import functional


def pgd(model, x, y, alpha, epsilon, num_iter):
    delta = torch.zeros_like(x)
    for _ in range(num_iter):
        delta = delta.detach().requires_grad_()
        loss = functional.cross_entropy(model(x + delta), y, reduction="sum")
        step = alpha * torch.autograd.grad(loss, delta)[0]
        delta = (delta.detach() + step).clamp(-epsilon, epsilon)
    return delta
