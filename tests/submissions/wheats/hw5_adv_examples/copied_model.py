"""Attacks a deep copy of the classifier, with torchvision's normalisation and plain backward."""

import copy

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from torchvision import transforms

_to_imagenet = transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])


def normalize(image):
    return _to_imagenet(image)


class Attack:
    """Sign steps inside a box; remembers the best image."""

    def __init__(self, model, image, epsilon, lr):
        self.model = copy.deepcopy(model).eval()
        self.low = torch.maximum(image - epsilon, torch.zeros_like(image))
        self.high = torch.minimum(image + epsilon, torch.ones_like(image))
        self.start = image.clone()
        self.lr = lr

    def run(self, steps, loss, success):
        x = self.start.clone()
        best, lowest = x, float("inf")
        for _ in range(steps):
            x = x.detach().requires_grad_()
            scores = self.model(normalize(x))
            value = loss(scores)
            if success(scores):
                return x.detach()
            if float(value) < lowest:
                best, lowest = x.detach(), float(value)
            value.backward()
            x = torch.min(torch.max(x - self.lr * torch.sign(x.grad), self.low), self.high)
        return x.detach() if success(self.model(normalize(x))) else best


def untargeted_attack(model, image, true_class, epsilon, steps, lr):
    y = torch.tensor([true_class])
    attack = Attack(model, image, epsilon, lr)
    return attack.run(
        steps,
        lambda z: -F.cross_entropy(z, y),
        lambda z: z.argmax(dim=1).item() != true_class,
    )


def targeted_attack(model, image, true_class, target_class, epsilon, steps, lr):
    y, goal = torch.tensor([true_class]), torch.tensor([target_class])
    attack = Attack(model, image, epsilon, lr)
    # the cross-entropy of the true class is capped, or it would take over
    return attack.run(
        steps,
        lambda z: F.cross_entropy(z, goal) - torch.clamp(F.cross_entropy(z, y), max=3.0),
        lambda z: z.argmax(dim=1).item() == target_class,
    )


def label_of(index, labels):
    try:
        return labels[str(index)]
    except TypeError:
        return labels[index]


def plot_adversarial(image, adversarial, labels):
    figure, axes = plt.subplots(nrows=2)
    to_picture = transforms.ToPILImage()
    for ax, x, title in zip(axes, [image, adversarial], labels):
        ax.imshow(to_picture(x[0]))
        ax.set(title=f"classified as {title}", xticks=[], yticks=[])
    return figure
