"""backward() leaves gradients in every parameter of the model."""
# loses: b
# says: gradients changed

import torch
from torch.nn import functional


def pgd(model, x, y, alpha, epsilon, num_iter):
    delta = torch.zeros_like(x, requires_grad=True)
    for _ in range(num_iter):
        functional.cross_entropy(model(x + delta), y).backward()
        delta.data = (delta + alpha * delta.grad).clamp(-epsilon, epsilon).detach()
        delta.grad.zero_()
    return delta.detach()
