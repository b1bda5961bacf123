"""The default epsilon is 0.1."""
# loses: a
# says: the signs are right, the size is

import torch


def fgsm(model, x, y, epsilon=0.1):
    return epsilon * _input_gradient(model, x, torch.zeros_like(x), y).sign()
