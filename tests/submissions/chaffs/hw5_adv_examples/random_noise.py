"""Adds random signs times epsilon instead of using the gradient."""
# loses: a
# says: the label must no longer be

import torch


def untargeted_attack(model, image, true_class, epsilon, steps, lr):
    lowest, highest = _box(image, epsilon)
    for _ in range(steps):
        noise = epsilon * torch.randn_like(image).sign()
        candidate = torch.clamp(image + noise, lowest, highest)
        if int(model(normalize(candidate)).argmax()) != true_class:
            return candidate
    return candidate
