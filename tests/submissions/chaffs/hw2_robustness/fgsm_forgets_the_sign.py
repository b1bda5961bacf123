"""The gradient itself is scaled, its sign is never taken."""
# loses: a
# says: take its sign

import torch


def fgsm(model, x, y, epsilon=0.05):
    return epsilon * _input_gradient(model, x, torch.zeros_like(x), y)
