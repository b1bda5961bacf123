"""Measures what trained files score: the reference over many seeds, and models that are too weak.

The thresholds of the artifact checks come from this table. Every line that is printed is also kept
in the cache folder, and a line that is there is not measured again.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from grader.author.train_models import DAE, GAN, RECIPES, VAE, Recipe, Run, checkpoint, progress_bar
from grader.checks.support import generative
from grader.data import mnist
from grader.data.optional import cache_folder

if TYPE_CHECKING:
    import torch

SAMPLES = 10_000
NOISE = 0.5
JUDGE_SEED = 20_260
# epochs at which a run is looked at: the first ones are the weak models
LOOKS = {"hw5_gan": (0, 1, 5, 15, 25, 35, 50), "hw5_dAE": (0, 1, 2, 10), "hw5_vae": (0, 1, 2, 10)}

Scores = dict[str, float]
Line = dict[str, Any]


def judge_gan(networks: dict[str, Any]) -> Scores:
    """Scores of 10,000 samples, and the discriminator's mean answers."""
    import torch

    seeded = torch.Generator().manual_seed(JUDGE_SEED)
    generator, discriminator = networks["Generator"], networks["Discriminator"]
    fakes = generator(torch.randn(SAMPLES, generator.z_dim, generator=seeded))
    real = mnist.test_images() * 2 - 1
    noise = torch.rand(real.shape, generator=seeded) * 2 - 1
    return _sample_scores(generative.rescaled(fakes)) | {
        "d_real": discriminator(real).mean().item(),
        "d_fake": discriminator(fakes).mean().item(),
        "d_noise": discriminator(noise).mean().item(),
    }


def judge_dae(networks: dict[str, Any]) -> Scores:
    """Cross entropy and squared error of restored test images."""
    import torch

    clean = mnist.test_images()
    noise = torch.randn(clean.shape, generator=torch.Generator().manual_seed(JUDGE_SEED))
    restored = networks["DenoisingAutoencoder"](clean + NOISE * noise)
    bce, mse = generative.restoration(restored, clean)
    return {"bce": bce, "mse": mse, "mse_ratio": mse / (NOISE * noise).square().mean().item()}


def judge_vae(networks: dict[str, Any]) -> Scores:
    """Test negative ELBO and the scores of 10,000 samples."""
    import torch

    model = networks["VAE"]
    seeded = torch.Generator().manual_seed(JUDGE_SEED)
    images = mnist.test_images()
    mu, logvar = model.encode(images)
    elbo = generative.negative_elbo(model.decode, images, mu, logvar, JUDGE_SEED)
    samples = model.decode(torch.randn(SAMPLES, model.z_dim, generator=seeded))
    return {"negative_elbo": elbo} | _sample_scores(samples)


JUDGES = {"hw5_gan": judge_gan, "hw5_dAE": judge_dae, "hw5_vae": judge_vae}


def _sample_scores(images: torch.Tensor) -> Scores:
    scores = generative.sample_scores(images)
    return {"clear": scores.clear, "digits": scores.digits, "frechet": scores.frechet}


def _no_noise(module: ModuleType) -> None:
    module.add_noise = lambda x, *_: x  # type: ignore[attr-defined]


def _double_noise(module: ModuleType) -> None:
    original = module.add_noise
    module.add_noise = lambda x, *_: original(x, 2 * NOISE)  # type: ignore[attr-defined]


def _no_kl(module: ModuleType) -> None:
    module.kl_divergence = lambda mu, logvar: (0 * mu).sum()  # type: ignore[attr-defined]


# what is changed in the reference's module before it is trained
VARIANTS: dict[str, dict[str, Callable[[ModuleType], None]]] = {
    "hw5_gan": {},
    "hw5_dAE": {"no noise": _no_noise, "noise of 1.0": _double_noise},
    "hw5_vae": {"KL dropped": _no_kl},
}


def measure(topic: str, variant: str, seed: int) -> list[Line]:
    """Train one run up to its last look, and keep a line for each that is not known yet."""
    import torch

    torch.set_num_threads(1)
    known = {(line["topic"], line["variant"], line["seed"], line["epoch"]) for line in read_lines()}
    looks = [epoch for epoch in LOOKS[topic] if (topic, variant, seed, epoch) not in known]
    if not looks:
        return []
    recipe = RECIPES[topic]
    module = recipe.module()
    if variant != "reference":
        VARIANTS[topic][variant](module)
    path = checkpoint(recipe, seed, variant.replace(" ", "_"))
    run = Run(recipe, module, recipe.images(), seed, path)
    lines = []
    for epoch in looks:
        for _ in run.epochs(epoch):
            pass
        # A run whose checkpoint is further on cannot be looked at where it was.
        if len(run.losses) == epoch:
            lines.append(_line(recipe, variant, seed, epoch, run.networks))
            keep(lines[-1])
    return lines


def _line(recipe: Recipe, variant: str, seed: int, epoch: int, networks: dict[str, Any]) -> Line:
    import torch

    with torch.no_grad():
        scores = JUDGES[recipe.topic](networks)
    keys = {"topic": recipe.topic, "variant": variant, "seed": seed, "epoch": epoch}
    return keys | {name: round(value, 5) for name, value in scores.items()}


def collapsed() -> Iterator[Line]:
    """Samples that are perfect digits, but only a few of them: real images of some classes."""
    import torch

    images, labels = mnist.train_images(), mnist.train_labels()
    for count in (1, 3, 5, 8):
        chosen = images[labels < count]
        drawn = torch.randint(len(chosen), (SAMPLES,), generator=torch.Generator().manual_seed(0))
        scores = _sample_scores(chosen[drawn])
        yield {
            "topic": "samples",
            "variant": f"{count} of 10 digits",
            "seed": 0,
            "epoch": 0,
        } | scores


def lines_file() -> Path:
    """Where every line is kept."""
    return cache_folder() / "calibration.jsonl"


def read_lines() -> list[Line]:
    """The lines that are kept."""
    path = lines_file()
    return [json.loads(line) for line in path.read_text().splitlines()] if path.is_file() else []


def keep(line: Line) -> None:
    """Keep a line; runs that go on side by side write whole lines."""
    lines_file().parent.mkdir(parents=True, exist_ok=True)
    with lines_file().open("a") as file:
        file.write(json.dumps(line) + "\n")


def main() -> None:
    """Measure the named topics, seeds 0, 1, ..., and print the lines that are new."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("topics", nargs="*", metavar="TOPIC", help=", ".join(RECIPES))
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=2, help="runs that go on side by side")
    options = parser.parse_args()
    if unknown := set(options.topics) - set(RECIPES):
        parser.error(f"no such topic: {', '.join(sorted(unknown))}")
    runs = [
        run
        for topic in options.topics or (DAE.topic, VAE.topic, GAN.topic)
        for run in [
            *((topic, "reference", seed) for seed in range(options.seeds)),
            *((topic, variant, 0) for variant in VARIANTS[topic]),
        ]
    ]
    # The progress bar is a thread: a fork would have its locks and not the thread.
    pool = ProcessPoolExecutor(options.jobs, mp_context=multiprocessing.get_context("spawn"))
    with pool, progress_bar("runs") as progress:
        task = progress.add_task("calibration", total=len(runs))
        for done in as_completed([pool.submit(measure, *run) for run in runs]):
            for line in done.result():
                progress.console.print_json(data=line, indent=None)
            progress.advance(task)
    if not any(line["topic"] == "samples" for line in read_lines()):
        for line in collapsed():
            keep(line)
            print(json.dumps(line))


if __name__ == "__main__":
    main()
