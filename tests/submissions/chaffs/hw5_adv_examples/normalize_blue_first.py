"""Uses the mean and std in the order blue, green, red."""
# loses: a
# says: red, green, blue

import torch


def normalize(image):
    mean = torch.tensor(IMAGENET_MEAN, dtype=image.dtype).view(1, 3, 1, 1)
    std = torch.tensor(IMAGENET_STD, dtype=image.dtype).view(1, 3, 1, 1)
    return (image - mean.flip(1)) / std.flip(1)
