"""x + delta is returned instead of delta."""
# loses: a
# says: return delta alone

import torch


def fgsm(model, x, y, epsilon=0.05):
    return x + epsilon * _input_gradient(model, x, torch.zeros_like(x), y).sign()
