"""Clamps the perturbation to epsilon in normalised units."""
# loses: a, b
# says: before normalising

import torch


def _descend(model, image, epsilon, steps, lr, objective, lead):
    mean, std = IMAGENET_MEAN, IMAGENET_STD
    mean = torch.tensor(mean, dtype=image.dtype).view(1, 3, 1, 1)
    std = torch.tensor(std, dtype=image.dtype).view(1, 3, 1, 1)
    current = start = normalize(image)
    best, best_loss = current, float("inf")
    for _ in range(steps + 1):
        current.requires_grad_(True)
        logits = model(current)
        loss = objective(logits)
        if lead(logits.detach()) > _LEAD:
            return (current.detach() * std + mean).clamp(0, 1)
        if loss.item() < best_loss:
            best, best_loss = current.detach(), loss.item()
        (gradient,) = torch.autograd.grad(loss, current)
        stepped = current.detach() - lr * gradient.sign()
        current = torch.clamp(stepped, start - epsilon, start + epsilon)
    return (best * std + mean).clamp(0, 1)
