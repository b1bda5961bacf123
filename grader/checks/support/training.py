"""What every training run of HW5 must do: repeat with its seed and follow its settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from grader.checks.support.compare import Tolerance, agree, as_float, as_list, as_tensor, holds

if TYPE_CHECKING:
    import torch

Train: TypeAlias = Callable[["torch.Tensor", int, int, float, int], Any]
"""A run on images (n, 784), of so many epochs, with a batch size, a learning rate and a seed. What
it returns is kept in the worker; the trained networks come first."""

SAME_RUN = Tolerance(1e-4, 1e-7, "the same float32 sums, perhaps in another order, a few steps on")


def losses_of(value: Any, epochs: int, what: str = "losses") -> list[float]:
    """One number per epoch."""
    return [as_float(loss, f"an entry of {what}") for loss in as_list(value, epochs, what=what)]


def expect_repeats(submission: Any, run: Callable[[int], Sequence[float]], seed: int) -> None:
    """The losses of a run are those of another with its seed, and not those of another seed.

    The global generators are reseeded between the runs: an ignored seed must not look repeatable.
    """
    import numpy as np

    submission.disturb(seed + 1)
    first = np.array(run(seed), dtype=float)
    submission.disturb(seed + 2)
    again = np.array(run(seed), dtype=float)
    agree(again, first, SAME_RUN, law="training twice with one seed gives the same losses")
    other = np.array(run(seed + 1), dtype=float)
    gap = float(np.abs(other - first).max())
    holds(
        gap > 1e-5 * float(np.abs(first).max()),
        law="training with another seed is another run",
        got=f"losses that differ by {gap:.2g}",
        hint="the seed must decide the first weights and what is drawn on the way",
    )


def expect_adam_steps(
    train: Train, image: torch.Tensor, batches: int, lr: float, seed: int, networks: Sequence[str]
) -> None:
    """An epoch with lr = 0 and one with `lr` differ by so many steps of Adam in one direction.

    Adam moves a weight by lr as long as its gradient stays about the same, whatever its size; on
    copies of one image and few batches the largest change of a weight is lr times the updates.
    `networks` names the first items of what training returns.
    """
    images = image.repeat(4 * batches, 1)
    still, moved = (train(images, 1, 4, rate, seed) for rate in (0.0, lr))
    for index, what in enumerate(networks):
        changes = _changes(still.item(index), moved.item(index))
        change = float(max(c.max() for c in changes.values()))
        holds(
            0.7 * batches * lr <= change <= 1.03 * batches * lr,
            law=f"{what} takes one Adam step of size lr = {lr:g} for each of the epoch's batches",
            got=f"after {batches} batches its weights moved by up to {change:.3g}",
            expected=f"about {batches * lr:.3g}",
            hint=_why_steps(change / lr, batches),
        )


def _why_steps(steps: float, batches: int) -> str | None:
    """The likeliest reason for weights that moved by so many times lr."""
    if steps < 1e-3:
        return "lr = 0 gives the same weights: is the rate that was given used, and a step taken?"
    if batches > 1 and 0.7 <= steps <= 1.03:
        return "one step was taken in the epoch: go through its batches"
    return None


def expect_fresh_gradients(train: Train, lr: float, seed: int) -> None:
    """An epoch with lr = 0 and one with `lr` on a black and a white image, in batches of one.

    The second image pulls every pixel's bias the other way. Adam's second step is then 0.05 lr
    back; where the first gradient is still there, it goes 0.67 lr on.
    """
    import torch

    images = torch.cat([torch.zeros(1, 784), torch.ones(1, 784)])
    still, moved = (train(images, 1, 1, rate, seed).item(0) for rate in (0.0, lr))
    changes = [c for c in _changes(still, moved).values() if c.numel() == 784]
    holds(len(changes) == 1, law="the model has one bias for each of the 784 pixels")
    moves = changes[0].mean().item() / lr
    holds(
        0.75 < moves < 1.3,
        law="every update uses the gradients of its own batch",
        got=f"after a black and a white image the pixels' biases moved by {moves:.2f} lr",
        expected="0.95 lr",
        hint="are old gradients cleared before each backward pass?" if moves > 1.4 else None,
    )


def expect_defaults(
    train: Callable[..., Any],
    losses: Callable[[Any], Any],
    images: torch.Tensor,
    epochs: int,
    batch_size: int,
    lr: float,
) -> None:
    """Settings that are left out are those of the signature.

    `images` are one more than a batch: a batch size that is off by one is another run. `losses`
    reads them, one per epoch, from what a run returned.
    """
    import numpy as np

    # A whole batch, for those who drop a short one, and a small one: the epochs may be many.
    taken = len(as_list(losses(train(images[:2], batch_size=2)), what="losses"))
    law = f"without `epochs` training goes through the images {epochs} times"
    holds(taken == epochs, law, got=f"{taken} losses", expected=f"{epochs} losses")
    left_out, given = (
        np.array(losses_of(losses(train(images, 2, *settings)), 2))
        for settings in ((), (batch_size, lr))
    )
    agree(
        left_out,
        given,
        SAME_RUN,
        law=f"without `batch_size` and `lr` a batch is {batch_size} images and lr is {lr:g}: the"
        " losses are those of a run that is given these settings",
    )


def _changes(still: Any, moved: Any) -> dict[str, torch.Tensor]:
    """How far each parameter of two trained models is from the other's, by name."""
    before, after = still.parameters(), moved.parameters()
    shapes = [{name: t.shape for name, t in found.items()} for found in (before, after)]
    holds(shapes[0] == shapes[1], law="two runs give models with the same parameters")
    return {name: (after[name] - before[name]).abs() for name in before}


def expect_seeded_images(submission: Any, draw: Callable[[int], Any], seed: int, what: str) -> None:
    """`draw` gives four images: the same ones for a seed, others for another, all different."""

    def images(seed: int) -> torch.Tensor:
        return images_of(draw(seed), 4, "the images")

    def differ(a: torch.Tensor, b: torch.Tensor) -> bool:
        return bool((a - b).abs().max() > 1e-3)

    first = images(seed)
    submission.disturb(seed + 1)
    holds(not differ(first, images(seed)), law=f"{what} with the same seed gives the same images")
    holds(differ(first, images(seed + 1)), law=f"{what} with another seed gives other images")
    holds(differ(first[0], first[1]), law="the images of one set differ from each other")


def images_of(value: Any, n: int, what: str) -> torch.Tensor:
    """`n` images (n, 28, 28) in [0, 1], as a tensor or a numpy array."""
    import numpy as np
    import torch

    if type(value) is np.ndarray:
        value = torch.from_numpy(np.ascontiguousarray(value))
    images: torch.Tensor = as_tensor(value, (n, 28, 28), what=what).float()
    low, high = images.min().item(), images.max().item()
    holds(
        low >= -1e-6 and high <= 1 + 1e-6,
        law=f"{what}: pixels are in [0, 1]",
        got=f"from {low:.3f} to {high:.3f}",
        hint="tanh gives [-1, 1]: add 1 and halve" if low < -0.01 else None,
    )
    return images
