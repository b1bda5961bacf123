"""The smallest epsilon is returned where nothing certifies."""
# loses: d
# says: gets None

import torch


def _certifies(model_layers, x, label, epsilon):
    lower, upper = _propagate(model_layers, x, epsilon)[-1]
    rivals = torch.cat((upper[0, :label], upper[0, label + 1 :]))
    return bool(torch.all(lower[0, label] > rivals))


def binary_search(epsilons, model_layers, x, y, num_classes):
    found = []
    for i, label in enumerate(y.tolist()):
        low, high = 0, len(epsilons) - 1
        best = epsilons[0]
        while low <= high:
            middle = (low + high) // 2
            if _certifies(model_layers, x[i : i + 1], label, epsilons[middle]):
                best, low = epsilons[middle], middle + 1
            else:
                high = middle - 1
        found.append(best)
    return found
