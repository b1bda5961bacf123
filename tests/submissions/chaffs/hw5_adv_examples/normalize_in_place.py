"""Normalises the caller's image in place."""
# loses: a
# says: in place

import torch


def normalize(image):
    mean = torch.tensor(IMAGENET_MEAN, dtype=image.dtype).view(1, 3, 1, 1)
    std = torch.tensor(IMAGENET_STD, dtype=image.dtype).view(1, 3, 1, 1)
    return image.sub_(mean).div_(std)
