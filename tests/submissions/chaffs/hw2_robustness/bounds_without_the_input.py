"""The list begins with the first layer: the input box is missing."""
# loses: d
# says: wrong length

def bound_propagation(model_layers, x, epsilon):
    return _propagate(model_layers, x, epsilon)[1:]
