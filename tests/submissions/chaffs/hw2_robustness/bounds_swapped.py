"""Upper comes first in every pair."""
# loses: d
# says: swapped

import torch


@torch.no_grad()
def _propagate(model_layers, x, epsilon):
    bounds = [((x + epsilon).clamp(max=1), (x - epsilon).clamp(min=0))]
    for i, layer in enumerate(model_layers):
        lower, upper = bounds[-1]
        if i > 0:
            lower, upper = lower.relu(), upper.relu()
        centre = layer((lower + upper) / 2)
        radius = (lower - upper) / 2 @ layer.weight.abs().T
        bounds.append((centre + radius, centre - radius))
    return bounds
