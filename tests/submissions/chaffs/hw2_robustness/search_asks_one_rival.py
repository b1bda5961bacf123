"""Only the strongest rival at epsilon 0 is compared."""
# loses: d
# says: every other class is a rival

import torch


def _certifies(model_layers, x, label, epsilon):
    lower, upper = _propagate(model_layers, x, epsilon)[-1]
    point = _propagate(model_layers, x, 0.0)[-1][0][0].clone()
    point[label] = -torch.inf
    return bool(lower[0, label] > upper[0, point.argmax()])


def binary_search(epsilons, model_layers, x, y, num_classes):
    found = []
    for i, label in enumerate(y.tolist()):
        low, high, best = 0, len(epsilons) - 1, None
        while low <= high:
            middle = (low + high) // 2
            if _certifies(model_layers, x[i : i + 1], label, epsilons[middle]):
                best, low = epsilons[middle], middle + 1
            else:
                high = middle - 1
        found.append(best)
    return found
