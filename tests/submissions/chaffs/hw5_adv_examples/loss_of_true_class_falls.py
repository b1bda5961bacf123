"""Descends the cross-entropy of the true class: the label gets surer."""
# loses: a
# says: gradient ascent

import torch
from torch.nn.functional import cross_entropy


def untargeted_attack(model, image, true_class, epsilon, steps, lr):
    def objective(logits):
        return cross_entropy(logits, torch.tensor([true_class]))

    def lead(logits):
        return float(_without(logits, true_class).max() - logits[0, true_class])

    return _descend(model, image, epsilon, steps, lr, objective, lead)
