"""Takes its steps on the weights of the classifier."""
# loses: a, b
# says: only the input is changed

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
        weights = list(model.parameters())
        gradient, *slopes = torch.autograd.grad(loss, [current, *weights])
        with torch.no_grad():
            for weight, slope in zip(weights, slopes):
                weight -= 0.01 * slope
        stepped = current.detach() - lr * gradient.sign()
        current = torch.clamp(stepped, lowest, highest)
    return best
