"""The archive that Gradescope builds an autograder from."""

import importlib.metadata
import io
import shlex
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from grader.author.checkout import copy_package
from grader.author.rendering import TEMPLATES, render
from grader.doctor import read_pins
from grader.errors import UsageError
from grader.files import write_whole

LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every entry, so that the same grader gives the same archive."""
PROGRAMS = ("setup.sh", "run_autograder")


def write_archive(out: Path, assignment: str | None, seed: int, isolation: str) -> None:
    """Write the archive: the grader with all its checks, how to install it, and how to run it.

    UsageError when this is not a checkout, a package is missing, or `out` cannot be written.
    """
    arguments = ["--seed", str(seed), "--isolation", isolation]
    if assignment is not None:
        arguments += ["--assignment", assignment]
    with tempfile.TemporaryDirectory(prefix="grader-gradescope-") as made:
        folder = Path(made)
        copy_package(folder)
        (folder / "constraints.txt").write_text("\n".join(installed_versions()) + "\n")
        shutil.copy(TEMPLATES / "gradescope" / "setup.sh", folder)
        text = render("gradescope/run_autograder.j2", arguments=shlex.join(arguments))
        (folder / "run_autograder").write_text(text)
        try:
            write_whole(out, _zipped(folder))
        except OSError as error:
            raise UsageError(f"{out} cannot be written: {error}") from error


def installed_versions() -> list[str]:
    """`name==version` of every package that the grader needs, those that they need included.

    These are the versions here, without the part that tells a build for one kind of machine.
    """
    todo = list(_applying(read_pins().requirements, set()))
    found: dict[str, str] = {}
    seen: set[str] = set()
    while todo:
        wanted = todo.pop()
        name = canonicalize_name(wanted.name)
        if str(wanted) in seen:
            continue
        seen.add(str(wanted))
        try:
            distribution = importlib.metadata.distribution(wanted.name)
        except importlib.metadata.PackageNotFoundError:
            raise UsageError(f"{wanted.name} is not installed here: `make setup`") from None
        found[name] = f"{name}=={Version(distribution.version).public}"
        todo += _applying(distribution.requires or (), wanted.extras)
    return [found[name] for name in sorted(found)]


def _applying(lines: Iterable[str], extras: set[str]) -> Iterator[Requirement]:
    """What this machine needs of some requirements, and of those that these extras ask for."""
    for line in lines:
        wanted = Requirement(line)
        told = [{"extra": extra} for extra in (extras or {""})]
        if wanted.marker is None or any(wanted.marker.evaluate(one) for one in told):
            yield wanted


def _zipped(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = path.relative_to(folder).as_posix()
            info = zipfile.ZipInfo(name, LONG_AGO)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (0o100755 if name in PROGRAMS else 0o100644) << 16
            archive.writestr(info, path.read_bytes())
    return buffer.getvalue()
