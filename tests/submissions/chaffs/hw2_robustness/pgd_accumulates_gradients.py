"""delta.grad is never set back to zero, so every step adds the old ones."""
# loses: b
# says: what delta <- clamp

import torch
from torch.nn import functional


def pgd(model, x, y, alpha, epsilon, num_iter):
    delta = torch.zeros_like(x, requires_grad=True)
    weights = [p.grad for p in model.parameters()]
    for _ in range(num_iter):
        functional.cross_entropy(model(x + delta), y).backward()
        delta.data = (delta + alpha * delta.grad).clamp(-epsilon, epsilon).detach()
    for parameter, before in zip(model.parameters(), weights):
        parameter.grad = before
    return delta.detach()
