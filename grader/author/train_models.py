"""Trains the reference's generative models and ships their weights: what `make train` runs."""

from __future__ import annotations

import argparse
import importlib.util
import inspect
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from grader.data import mnist
from grader.data.optional import cache_folder
from grader.files import write_whole

if TYPE_CHECKING:
    import torch

REFERENCE = Path(__file__).parents[2] / "reference"


@dataclass(frozen=True)
class Recipe:
    """How one topic's reference is trained: its public trainer, its networks and their files."""

    topic: str
    trainer: str
    files: dict[str, str]
    scaled_to: tuple[float, float] = (0.0, 1.0)

    def module(self) -> ModuleType:
        """The reference's module, loaded from its file."""
        spec = importlib.util.spec_from_file_location(self.topic, REFERENCE / f"{self.topic}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def default(self, name: str) -> Any:
        """What the public trainer takes when it is not told: epochs, batch_size, lr."""
        return inspect.signature(getattr(self.module(), self.trainer)).parameters[name].default

    def images(self) -> torch.Tensor:
        """MNIST's training images in the range that this topic trains on."""
        low, high = self.scaled_to
        return mnist.train_images() * (high - low) + low


GAN = Recipe(
    "hw5_gan",
    "train_gan",
    {"Generator": "hw5_gan_gen.pth", "Discriminator": "hw5_gan_dis.pth"},
    scaled_to=(-1.0, 1.0),
)
DAE = Recipe("hw5_dAE", "train_dae", {"DenoisingAutoencoder": "hw5_dAE.pth"})
VAE = Recipe("hw5_vae", "train_vae", {"VAE": "hw5_vae.pth"})
RECIPES = {recipe.topic: recipe for recipe in (DAE, VAE, GAN)}


class Run:
    """One training run, epoch by epoch, that goes on where its checkpoint stopped.

    It does what the reference's public trainer does, in the same order, so that the trainer called
    with the same seed gives the same weights.
    """

    def __init__(
        self,
        recipe: Recipe,
        module: ModuleType,
        images: torch.Tensor,
        seed: int,
        checkpoint: Path,
    ) -> None:
        import torch

        self._epoch = module._train_epoch
        self._images, self._checkpoint = images, checkpoint
        self._batch_size = recipe.default("batch_size")
        torch.manual_seed(seed)
        self.networks = {name: getattr(module, name)() for name in recipe.files}
        self._optimizers = [
            torch.optim.Adam(network.parameters(), lr=recipe.default("lr"))
            for network in self.networks.values()
        ]
        self.losses: list[Any] = []
        if checkpoint.is_file():
            self._restore()

    def epochs(self, count: int) -> Iterator[int]:
        """Train up to epoch `count`, yielding after each one the number of finished epochs."""
        while len(self.losses) < count:
            self.losses.append(
                self._epoch(
                    *self.networks.values(), self._images, self._batch_size, *self._optimizers
                )
            )
            self._save()
            yield len(self.losses)

    def _save(self) -> None:
        import torch

        state = {
            "networks": {name: network.state_dict() for name, network in self.networks.items()},
            "optimizers": [optimizer.state_dict() for optimizer in self._optimizers],
            "random": torch.get_rng_state(),
            "losses": self.losses,
        }
        save(state, self._checkpoint)

    def _restore(self) -> None:
        import torch

        state = torch.load(self._checkpoint, weights_only=True)
        for name, network in self.networks.items():
            network.load_state_dict(state["networks"][name])
        for optimizer, saved in zip(self._optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        torch.set_rng_state(state["random"])
        self.losses = state["losses"]


def save(state: Any, path: Path) -> None:
    """Write a torch file in one step: a reader sees the old one or the whole new one."""
    import torch

    buffer = io.BytesIO()
    torch.save(state, buffer)
    write_whole(path, buffer.getvalue())


def checkpoint(recipe: Recipe, seed: int, variant: str = "reference") -> Path:
    """Where a run keeps its state between epochs."""
    return cache_folder() / "training" / f"{recipe.topic}-{variant}-seed{seed}.pt"


def progress_bar(unit: str = "epochs") -> Progress:
    """What is done, of how much, and the time that is left."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    return Progress(*columns, TextColumn(unit), TimeRemainingColumn())


def train(recipe: Recipe, progress: Progress, seed: int = 0) -> Run:
    """Train one topic to its default number of epochs, going on from its checkpoint."""
    epochs = recipe.default("epochs")
    run = Run(recipe, recipe.module(), recipe.images(), seed, checkpoint(recipe, seed))
    task = progress.add_task(recipe.topic, total=epochs, completed=len(run.losses))
    for done in run.epochs(epochs):
        progress.update(task, completed=done)
        progress.console.print(f"{recipe.topic} epoch {done}: {run.losses[-1]}")
    return run


def main() -> None:
    """Train the topics that are named (all of them when none is) and ship their weights."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("topics", nargs="*", metavar="TOPIC", help=", ".join(RECIPES))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if unknown := set(options.topics) - set(RECIPES):
        parser.error(f"no such topic: {', '.join(sorted(unknown))}")
    # one thread: sums are then taken in one order, and a run repeats itself to the last bit
    torch.set_num_threads(1)
    with progress_bar() as progress:
        for topic in options.topics or RECIPES:
            run = train(RECIPES[topic], progress, options.seed)
            for name, network in run.networks.items():
                save(network.state_dict(), REFERENCE / RECIPES[topic].files[name])


if __name__ == "__main__":
    main()
