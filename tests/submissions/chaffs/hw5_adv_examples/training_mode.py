"""Puts the classifier in training mode, so that BatchNorm follows the image."""
# loses: a, b
# says: training mode changed

import torch


def _descend(model, image, epsilon, steps, lr, objective, lead):
    lowest, highest = _box(image, epsilon)
    current = image.detach().clone()
    model.train()
    best, best_loss = current, float("inf")
    for _ in range(steps + 1):
        current.requires_grad_(True)
        logits = model(normalize(current))
        loss = objective(logits)
        if lead(logits.detach()) > _LEAD:
            return current.detach()
        if loss.item() < best_loss:
            best, best_loss = current.detach(), loss.item()
        (gradient,) = torch.autograd.grad(loss, current)
        stepped = current.detach() - lr * gradient.sign()
        current = torch.clamp(stepped, lowest, highest)
    return best
