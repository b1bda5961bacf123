"""backward() leaves gradients in every parameter of the model."""
# loses: a
# says: loss.backward() fills

import torch
from torch.nn import functional


def fgsm(model, x, y, epsilon=0.05):
    delta = torch.zeros_like(x, requires_grad=True)
    functional.cross_entropy(model(x + delta), y).backward()
    return epsilon * delta.grad.sign()
