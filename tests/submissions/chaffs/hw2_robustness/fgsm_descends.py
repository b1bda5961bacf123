"""The perturbation goes down the loss."""
# loses: a
# says: goes down

import torch


def fgsm(model, x, y, epsilon=0.05):
    return -epsilon * _input_gradient(model, x, torch.zeros_like(x), y).sign()
