"""Trains the 784-1024-1024-10 classifier that judges generated digits and is attacked in HW2."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import Progress

from grader.data import classifier, mnist

if TYPE_CHECKING:
    import torch
    from torch import nn

EPOCHS = 12
BATCH_SIZE = 128
LEARNING_RATE = 1e-3


def train(
    images: torch.Tensor, labels: torch.Tensor, progress: Progress, seed: int = 0
) -> nn.Sequential:
    """The network after `EPOCHS` of Adam whose rate falls to zero; the same seed repeats it."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    sizes = classifier.SIZES
    hidden = [m for i in (0, 1) for m in (nn.Linear(sizes[i], sizes[i + 1]), nn.ReLU())]
    model = nn.Sequential(*hidden, nn.Linear(sizes[2], sizes[3]))
    steps = EPOCHS * -(-len(images) // BATCH_SIZE)
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    task = progress.add_task("classifier", total=steps)
    for _ in range(EPOCHS):
        for batch in torch.split(torch.randperm(len(images)), BATCH_SIZE):
            loss = nn.functional.cross_entropy(model(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            progress.advance(task)
    return model


def report(layers: classifier.Layers) -> list[str]:
    """Accuracy on the test part, and how often FGSM and PGD at 0.05 (no clipping) succeed."""
    images, labels = mnist.test_images(), mnist.test_labels()
    lines = [f"test accuracy {_accuracy(layers, images, labels):.4f}"]
    for name, steps, alpha in (("FGSM", 1, 0.05), ("PGD, 40 sign steps", 40, 0.0125)):
        for count in (18, len(images)):
            x, y = images[:count], labels[:count]
            attacked = x + _sign_steps(layers, x, y, steps, alpha, epsilon=0.05)
            success = 1 - _accuracy(layers, attacked, y)
            lines.append(f"{name} success at 0.05 on the first {count}: {success:.4f}")
    return lines


def _accuracy(layers: classifier.Layers, x: torch.Tensor, y: torch.Tensor) -> float:
    return (classifier.logits(x, layers).argmax(1) == y).double().mean().item()


def _sign_steps(
    layers: classifier.Layers,
    x: torch.Tensor,
    y: torch.Tensor,
    steps: int,
    alpha: float,
    epsilon: float,
) -> torch.Tensor:
    import torch

    delta = torch.zeros_like(x, requires_grad=True)
    for _ in range(steps):
        with torch.enable_grad():
            outputs = classifier.forward(layers, x + delta)[-1]
            loss = torch.nn.functional.cross_entropy(outputs, y, reduction="sum")
            (gradient,) = torch.autograd.grad(loss, delta)
        with torch.no_grad():
            delta.add_(alpha * gradient.sign()).clamp_(-epsilon, epsilon)
    return delta.detach()


def main() -> None:
    """Train, report, save; prints the SHA-256 that `grader.data.classifier` must name."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=classifier.FILE)
    options = parser.parse_args()
    torch.set_num_threads(1)
    with Progress() as progress:
        model = train(mnist.train_images(), mnist.train_labels(), progress, options.seed)
    layers = [
        (layer.weight.detach(), layer.bias.detach())
        for layer in model
        if isinstance(layer, torch.nn.Linear)
    ]
    for line in report(layers):
        print(line)
    print("sha256", classifier.save(layers, options.out))


if __name__ == "__main__":
    main()
