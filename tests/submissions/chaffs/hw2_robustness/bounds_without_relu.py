"""There is no ReLU between the layers."""
# loses: d
# says: relu between the layers

import torch


@torch.no_grad()
def _propagate(model_layers, x, epsilon):
    bounds = [((x - epsilon).clamp(min=0), (x + epsilon).clamp(max=1))]
    for i, layer in enumerate(model_layers):
        lower, upper = bounds[-1]
        pass
        centre = layer((lower + upper) / 2)
        radius = (upper - lower) / 2 @ layer.weight.abs().T
        bounds.append((centre - radius, centre + radius))
    return bounds
