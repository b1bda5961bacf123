"""The list begins with the first layer: the input box is missing."""
# loses: d
# says: entry 0 is the box of the input

def bound_propagation(model_layers, x, epsilon):
    return _propagate(model_layers, x, epsilon)[1:]
