"""model.eval() is called and never undone."""
# loses: a
# says: training mode changed

import torch


def fgsm(model, x, y, epsilon=0.05):
    model.eval()
    return epsilon * _input_gradient(model, x, torch.zeros_like(x), y).sign()
