"""Certifying the 10,000 MNIST test images: all bisected together against one image at a time.

    python benchmarks/certification.py

Two baselines search image by image on a sample, and their seconds are scaled to all images: the
handout's way (for each step two propagations, at the middle and at the upper end, each with the
positive and the negative part of the weights made anew) and the reference's own search called with
single images. One thread; compare the lines of one run.
"""

import sys
import time
from pathlib import Path

import torch
from torch import Tensor, nn

from grader.data import classifier, mnist

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "reference"))

from hw2_robustness import binary_search

GRID = [k / 10_000 for k in range(1, 10_000)]
SAMPLE = 40


@torch.no_grad()
def signed_bounds(layers: list[nn.Linear], x: Tensor, epsilon: float) -> tuple[Tensor, Tensor]:
    """Bounds of the logits, from the positive and the negative part of every weight."""
    lower, upper = (x - epsilon).clamp(min=0), (x + epsilon).clamp(max=1)
    for i, layer in enumerate(layers):
        if i:
            lower, upper = lower.relu(), upper.relu()
        rising, falling = layer.weight.clamp(min=0), layer.weight.clamp(max=0)
        lower, upper = (
            lower @ rising.T + upper @ falling.T + layer.bias,
            upper @ rising.T + lower @ falling.T + layer.bias,
        )
    return lower, upper


def certified(layers: list[nn.Linear], x: Tensor, label: int, epsilon: float) -> bool:
    lower, upper = signed_bounds(layers, x, epsilon)
    rivals = torch.cat((upper[0, :label], upper[0, label + 1 :]))
    return bool((lower[0, label] > rivals).all())


def search_one(layers: list[nn.Linear], x: Tensor, label: int) -> float | None:
    """The handout's search for one image: it looks at both the middle and the upper end."""
    low, high, best = 0, len(GRID) - 1, None
    while low <= high:
        middle = (low + high) // 2
        if certified(layers, x, label, GRID[high]):
            return GRID[high]
        if certified(layers, x, label, GRID[middle]):
            best, low = GRID[middle], middle + 1
        else:
            high = middle - 1
    return best


def as_modules() -> list[nn.Linear]:
    modules = []
    for weight, bias in classifier.layers():
        module = nn.Linear(weight.shape[1], weight.shape[0])
        module.weight.data, module.bias.data = weight, bias
        modules.append(module)
    return modules


def main() -> None:
    torch.set_num_threads(1)
    layers, images, labels = as_modules(), mnist.test_images(), mnist.test_labels()
    binary_search(GRID, layers, images[:1000], labels[:1000], 10)

    started = time.perf_counter()
    together = binary_search(GRID, layers, images, labels, 10)
    batched = time.perf_counter() - started

    started = time.perf_counter()
    handout = [search_one(layers, images[i : i + 1], int(labels[i])) for i in range(SAMPLE)]
    signed = (time.perf_counter() - started) / SAMPLE * len(images)

    started = time.perf_counter()
    own = [
        binary_search(GRID, layers, images[i : i + 1], labels[i : i + 1], 10)[0]
        for i in range(SAMPLE)
    ]
    single = (time.perf_counter() - started) / SAMPLE * len(images)

    # The orders of summation differ: a neighbour on the grid is the same answer.
    for one in (handout, own):
        for mine, theirs in zip(together, one, strict=False):
            assert abs((mine or 0.0) - (theirs or 0.0)) < 1.5e-4, (mine, theirs)
    share = sum(epsilon is not None for epsilon in together) / len(together)
    print(f"{len(images)} images, {len(GRID)} radii, {share:.1%} certified at the smallest")
    print(f"{'all together':42}{batched:10.1f} s")
    print(
        f"{'one at a time, as the handout does it':42}{signed:10.1f} s  {signed / batched:6.1f} x"
    )
    print(f"{'one at a time, by the same search':42}{single:10.1f} s  {single / batched:6.1f} x")


if __name__ == "__main__":
    main()
