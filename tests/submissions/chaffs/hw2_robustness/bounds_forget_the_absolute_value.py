"""The radius goes through the weights with their signs."""
# loses: d
# says: upper end of its input

import torch


@torch.no_grad()
def _propagate(model_layers, x, epsilon):
    bounds = [((x - epsilon).clamp(min=0), (x + epsilon).clamp(max=1))]
    for i, layer in enumerate(model_layers):
        lower, upper = bounds[-1]
        if i > 0:
            lower, upper = lower.relu(), upper.relu()
        centre = layer((lower + upper) / 2)
        radius = (upper - lower) / 2 @ layer.weight.T
        bounds.append((centre - radius, centre + radius))
    return bounds
