"""zero_grad() wipes the gradients that the model had before the call."""
# loses: a
# says: zero_grad() throws away

import torch
from torch.nn import functional


def fgsm(model, x, y, epsilon=0.05):
    delta = torch.zeros_like(x, requires_grad=True)
    functional.cross_entropy(model(x + delta), y).backward()
    model.zero_grad()
    return epsilon * delta.grad.sign()
