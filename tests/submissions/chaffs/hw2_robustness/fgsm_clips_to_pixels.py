"""delta is cut so that x + delta stays in [0, 1]."""
# loses: a
# says: not clipped to the pixel range

import torch


def fgsm(model, x, y, epsilon=0.05):
    delta = epsilon * _input_gradient(model, x, torch.zeros_like(x), y).sign()
    return (x + delta).clamp(0, 1) - x
