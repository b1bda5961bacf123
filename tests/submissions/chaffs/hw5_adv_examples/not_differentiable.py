"""Rounds the perturbed image before the model: no gradient reaches the perturbation."""
# loses: a
# says: the label must no longer be

import torch
from torch.nn.functional import cross_entropy


def untargeted_attack(model, image, true_class, epsilon, steps, lr):
    noise = torch.zeros_like(image, requires_grad=True)
    lowest, highest = _box(image, epsilon)
    for _ in range(steps):
        pixels = (torch.clamp(image + noise, 0, 1) * 255).round() / 255
        loss = -cross_entropy(model(normalize(pixels)), torch.tensor([true_class]))
        (gradient,) = torch.autograd.grad(loss, noise)
        noise = (noise - lr * gradient.sign()).detach().clamp(-epsilon, epsilon)
        noise.requires_grad_(True)
    return torch.clamp(image + noise.detach(), lowest, highest)
