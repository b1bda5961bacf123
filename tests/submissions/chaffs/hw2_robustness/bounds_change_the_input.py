"""x is moved in place to make the box."""
# loses: d
# says: in place

import torch


@torch.no_grad()
def bound_propagation(model_layers, x, epsilon):
    lower = (x - epsilon).clamp(min=0)
    x += epsilon
    x.clamp_(max=1)
    bounds = [(lower, x.clone())]
    for i, layer in enumerate(model_layers):
        lower, upper = bounds[-1]
        if i > 0:
            lower, upper = lower.relu(), upper.relu()
        centre = layer((lower + upper) / 2)
        radius = (upper - lower) / 2 @ layer.weight.abs().T
        bounds.append((centre - radius, centre + radius))
    return bounds
