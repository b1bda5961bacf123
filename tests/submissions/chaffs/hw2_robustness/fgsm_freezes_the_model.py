"""The parameters are frozen for the attack and stay so."""
# loses: a
# says: requires_grad flags changed

import torch


def fgsm(model, x, y, epsilon=0.05):
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return epsilon * _input_gradient(model, x, torch.zeros_like(x), y).sign()
