"""The input box is not cut to [0, 1]."""
# loses: d
# says: must be cut to the pixel range

import torch


@torch.no_grad()
def _propagate(model_layers, x, epsilon):
    bounds = [(x - epsilon, x + epsilon)]
    for i, layer in enumerate(model_layers):
        lower, upper = bounds[-1]
        if i > 0:
            lower, upper = lower.relu(), upper.relu()
        centre = layer((lower + upper) / 2)
        radius = (upper - lower) / 2 @ layer.weight.abs().T
        bounds.append((centre - radius, centre + radius))
    return bounds
