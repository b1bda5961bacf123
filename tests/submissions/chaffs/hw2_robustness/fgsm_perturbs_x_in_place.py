"""x is attacked in place and comes back changed."""
# loses: a
# says: in place

import torch


def fgsm(model, x, y, epsilon=0.05):
    delta = epsilon * _input_gradient(model, x, torch.zeros_like(x), y).sign()
    x += delta
    return delta
