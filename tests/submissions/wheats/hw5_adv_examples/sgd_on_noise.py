"""The handout's recipe: SGD on a trainable noise that is clamped after every step."""

import matplotlib.pyplot as plt
import torch
import torch.nn as nn

MEAN = [0.485, 0.456, 0.406]
STD = [0.229, 0.224, 0.225]


def normalize(image):
    mean = torch.tensor(MEAN, dtype=image.dtype).reshape(1, 3, 1, 1)
    std = torch.tensor(STD, dtype=image.dtype).reshape(1, 3, 1, 1)
    return (image - mean) / std


def optimise(model, image, epsilon, steps, lr, loss_of, done):
    # freeze the weights for the time of the attack, so that backward leaves their .grad alone
    flags = [p.requires_grad for p in model.parameters()]
    for p in model.parameters():
        p.requires_grad_(False)
    noise = torch.zeros_like(image, requires_grad=True)
    optimizer = torch.optim.SGD([noise], lr=lr)
    for _ in range(steps):
        logits = model(normalize(torch.clamp(image + noise, 0, 1)))
        if done(logits.argmax(1).item()):
            break
        optimizer.zero_grad()
        loss_of(logits).backward()
        optimizer.step()
        noise.data.clamp_(-epsilon, epsilon)
    for p, flag in zip(model.parameters(), flags):
        p.requires_grad_(flag)
    return torch.clamp(image + noise.detach(), 0, 1)


def untargeted_attack(model, image, true_class, epsilon, steps, lr):
    criterion = nn.CrossEntropyLoss()
    label = torch.LongTensor([true_class])
    return optimise(
        model, image, epsilon, steps, lr, lambda z: -criterion(z, label), lambda c: c != true_class
    )


def targeted_attack(model, image, true_class, target_class, epsilon, steps, lr):
    criterion = nn.CrossEntropyLoss()
    source = torch.LongTensor([true_class])
    target = torch.LongTensor([target_class])

    def loss(z):
        return criterion(z, target) - criterion(z, source)

    return optimise(model, image, epsilon, steps, lr, loss, lambda c: c == target_class)


def label_of(index, labels):
    if isinstance(labels, dict):
        return labels[str(index)]
    return labels[index]


def plot_adversarial(image, adversarial, labels):
    fig = plt.figure()
    for position, (picture, label) in enumerate(zip([image, adversarial], labels), start=1):
        ax = fig.add_subplot(1, 2, position)
        ax.imshow(picture.squeeze(0).permute(1, 2, 0).numpy())
        ax.set_title(label, loc="left")
    return fig
