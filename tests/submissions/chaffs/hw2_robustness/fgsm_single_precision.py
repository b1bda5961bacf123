"""Everything is cast to float32, also where the input is float64."""
# loses: a
# says: wrong dtype

import torch


def fgsm(model, x, y, epsilon=0.05):
    return (epsilon * _input_gradient(model, x, torch.zeros_like(x), y).sign()).float()
