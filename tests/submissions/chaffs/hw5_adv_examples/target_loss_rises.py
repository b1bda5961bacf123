"""Climbs the cross-entropy of the target instead of descending it."""
# loses: b
# says: descend

import torch
from torch.nn.functional import cross_entropy


def targeted_attack(model, image, true_class, target_class, epsilon, steps, lr):
    def objective(logits):
        return -cross_entropy(logits, torch.tensor([target_class]))

    def lead(logits):
        return float(logits[0, target_class] - _without(logits, target_class).max())

    return _descend(model, image, epsilon, steps, lr, objective, lead)
