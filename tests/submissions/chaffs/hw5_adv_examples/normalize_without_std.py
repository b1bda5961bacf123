"""Takes the mean away and does not divide."""
# loses: a
# says: division by std

import torch


def normalize(image):
    mean = torch.tensor(IMAGENET_MEAN, dtype=image.dtype).view(1, 3, 1, 1)
    std = torch.tensor(IMAGENET_STD, dtype=image.dtype).view(1, 3, 1, 1)
    return image - mean + 0 * std
