"""Multiplies by the standard deviation."""
# loses: a
# says: do not multiply

import torch


def normalize(image):
    mean = torch.tensor(IMAGENET_MEAN, dtype=image.dtype).view(1, 3, 1, 1)
    std = torch.tensor(IMAGENET_STD, dtype=image.dtype).view(1, 3, 1, 1)
    return (image - mean) * std
