"""Iterative sign steps with momentum, no early stop; the gradients of the model are put back."""

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F


def normalize(image):
    mean = image.new_tensor([0.485, 0.456, 0.406])[None, :, None, None]
    std = image.new_tensor([0.229, 0.224, 0.225])[None, :, None, None]
    return image.sub(mean).div(std)


def attack(model, image, epsilon, steps, lr, objective):
    parameters = list(model.parameters())
    saved = [p.grad for p in parameters]
    perturbation = torch.zeros_like(image)
    momentum = torch.zeros_like(image)
    best = image.clone()
    best_value = None
    for _ in range(steps + 1):
        candidate = (image + perturbation).clamp(0.0, 1.0).requires_grad_(True)
        value = objective(model(normalize(candidate)))
        if best_value is None or value.item() > best_value:
            best_value = value.item()
            best = candidate.detach().clone()
        candidate.grad = None
        value.backward()
        gradient = candidate.grad
        momentum = 0.5 * momentum + gradient / (gradient.abs().mean() + 1e-12)
        perturbation = torch.clamp(perturbation + lr * momentum.sign(), -epsilon, epsilon)
    for parameter, grad in zip(parameters, saved):
        parameter.grad = grad
    return best


def untargeted_attack(model, image, true_class, epsilon, steps, lr):
    # -log p(true) in logits
    return attack(
        model,
        image,
        epsilon,
        min(steps, 15),
        lr,
        lambda z: F.nll_loss(F.log_softmax(z, dim=1), torch.tensor([true_class])),
    )


def targeted_attack(model, image, true_class, target_class, epsilon, steps, lr):
    def objective(z):
        log_p = F.log_softmax(z, dim=1)[0]
        # toward the target; away from the true class while that still beats it
        behind = F.relu(log_p[true_class] - log_p[target_class])
        return log_p[target_class] - behind

    return attack(model, image, epsilon, min(steps, 15), lr, objective)


def label_of(index, labels):
    key = str(index) if type(labels) is dict else index
    return labels[key]


def plot_adversarial(image, adversarial, labels):
    figure, axes = plt.subplots(1, 3)
    difference = (adversarial - image) / 2 + 0.5
    pictures = (image, adversarial, difference)
    titles = (labels[0], labels[1], "difference")
    for ax, picture, title in zip(axes.flat, pictures, titles):
        pixels = picture.detach()[0].movedim(0, -1).clamp(0, 1)
        ax.imshow((pixels * 255).round().to(torch.uint8).numpy())
        ax.set_title(title)
        ax.set_axis_off()
    return figure
