"""The bounds are float32, also where the input is float64."""
# loses: d
# says: wrong dtype

def bound_propagation(model_layers, x, epsilon):
    return [(lower.float(), upper.float()) for lower, upper in _propagate(model_layers, x, epsilon)]
