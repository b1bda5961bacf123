"""The bias is forgotten."""
# loses: d
# says: bias is missing

import torch


@torch.no_grad()
def _propagate(model_layers, x, epsilon):
    bounds = [((x - epsilon).clamp(min=0), (x + epsilon).clamp(max=1))]
    for i, layer in enumerate(model_layers):
        lower, upper = bounds[-1]
        if i > 0:
            lower, upper = lower.relu(), upper.relu()
        centre = (lower + upper) / 2 @ layer.weight.T
        radius = (upper - lower) / 2 @ layer.weight.abs().T
        bounds.append((centre - radius, centre + radius))
    return bounds
