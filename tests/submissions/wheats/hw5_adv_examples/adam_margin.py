"""Adam on the perturbation, with a margin loss on the logits instead of a cross-entropy."""

import numpy as np
import torch
from matplotlib import pyplot as plt


def normalize(image):
    channels = []
    for c, (mean, std) in enumerate([(0.485, 0.229), (0.456, 0.224), (0.406, 0.225)]):
        channels.append((image[:, c : c + 1] - mean) / std)
    return torch.cat(channels, dim=1)


def lead(logits, winner):
    """By how much the winner's logit exceeds the best other one."""
    others = torch.cat([logits[0, :winner], logits[0, winner + 1 :]])
    return logits[0, winner] - others.max()


def descend(model, image, epsilon, steps, lr, loss_function):
    delta = torch.zeros_like(image).requires_grad_(True)
    adam = torch.optim.Adam([delta], lr=lr)
    for _ in range(steps):
        logits = model(normalize((image + delta).clamp(0, 1)))
        loss = loss_function(logits)
        if loss.item() < -0.05:
            break
        # the gradient goes to delta alone: backward would also fill the model's parameters
        delta.grad = torch.autograd.grad(loss, delta)[0]
        adam.step()
        with torch.no_grad():
            delta.clamp_(-epsilon, epsilon)
    with torch.no_grad():
        return (image + delta).clamp(0, 1)


def untargeted_attack(model, image, true_class, epsilon, steps, lr):
    return descend(model, image, epsilon, steps, lr, lambda z: lead(z, true_class))


def targeted_attack(model, image, true_class, target_class, epsilon, steps, lr):
    def loss(z):
        toward = -lead(z, target_class)
        away = torch.relu(z[0, true_class] - z[0, target_class])
        return toward + away

    return descend(model, image, epsilon, steps, lr, loss)


def label_of(index, labels):
    names = [labels[key] for key in sorted(labels, key=int)] if hasattr(labels, "keys") else labels
    return names[index]


def plot_adversarial(image, adversarial, labels):
    fig = plt.figure(figsize=(8, 4))
    left, right = fig.subfigures(1, 2)
    left.subplots().imshow(np.transpose(image[0].numpy(), (1, 2, 0)))
    left.suptitle(labels[0])
    right.subplots().imshow(np.transpose(adversarial[0].detach().numpy(), (1, 2, 0)))
    right.suptitle(labels[1])
    return fig
