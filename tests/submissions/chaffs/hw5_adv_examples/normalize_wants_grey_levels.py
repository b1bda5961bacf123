"""Divides the pixels by 255 once more."""
# loses: a
# says: not [0, 255]

import torch


def normalize(image):
    mean = torch.tensor(IMAGENET_MEAN, dtype=image.dtype).view(1, 3, 1, 1)
    std = torch.tensor(IMAGENET_STD, dtype=image.dtype).view(1, 3, 1, 1)
    return (image / 255 - mean) / std
