"""Projects onto the Euclidean ball of radius epsilon."""
# loses: a, b
# says: must be

import torch


def _descend(model, image, epsilon, steps, lr, objective, lead):
    lowest, highest = _box(image, epsilon)
    current = image.detach().clone()
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
        current = _project(image, stepped, epsilon)
    return best


def _project(image, stepped, epsilon):
    change = stepped - image
    change = change * min(1.0, epsilon / (float(change.norm()) + 1e-12))
    return (image + change).clamp(0, 1)
