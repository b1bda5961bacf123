"""Moves away from what the classifier says, not from the given class."""
# loses: a
# says: must no longer be

import torch
from torch.nn.functional import cross_entropy


def untargeted_attack(model, image, true_class, epsilon, steps, lr):
    with torch.no_grad():
        label = model(normalize(image)).argmax(dim=1)

    def lead(logits):
        return float(_without(logits, int(label)).max() - logits[0, int(label)])

    return _descend(model, image, epsilon, steps, lr, lambda z: -cross_entropy(z, label), lead)
