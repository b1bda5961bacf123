"""Whether grading works on this machine, and what mends what does not.

A package at another version or a missing layer of isolation is a warning: grading works, and the
report says what it had. Whatever a check could not do without is broken.
"""

import importlib.metadata
import shlex
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.report.doctor_table import Finding, State

DISTRIBUTION = "ml-homework-grader"
PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"
RESTORE = "git checkout -- grader/data/files, or install the grader again"

LAYER_FIXES = {
    "namespaces": (
        "apt-get install bubblewrap; where user namespaces are forbidden,"
        " sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or in Docker"
        " --cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined"
    ),
    "landlock": (
        "boot a kernel of 6.2 or newer with landlock in its list of modules:"
        " cat /sys/kernel/security/lsm shows it, the boot parameter lsm= sets it"
    ),
    "seccomp": "boot a kernel with CONFIG_SECCOMP_FILTER, on x86_64 or aarch64",
    "rlimits": (
        "ulimit -Hv unlimited, as root, before grading: this shell's hard limit of memory is lower"
        " than the grader's own"
    ),
    "unprivileged_user": (
        "grade as an ordinary user, or chmod o+x the folders above this interpreter's, which"
        " another user cannot enter"
    ),
}
OTHER_LAYER_FIX = "report this machine's kernel (uname -a): no known one lacks it"


@dataclass(frozen=True, slots=True)
class Pins:
    """What the project asks of its interpreter and packages."""

    python: str
    requirements: tuple[str, ...]


def examine() -> list[Finding]:
    """Everything that grading needs; what cannot even be looked at is broken."""
    findings: list[Finding] = []
    for area, look in AREAS.items():
        try:
            findings += look()
        except Exception as error:  # a broken installation breaks in any way it likes
            findings.append(Finding(area, "examination", State.BROKEN, _said(error), "make setup"))
    return findings


def works(findings: list[Finding]) -> bool:
    """Whether nothing is broken."""
    return all(finding.state is not State.BROKEN for finding in findings)


def read_pins() -> Pins:
    """The pins of the checkout, else those that the installed distribution was built with."""
    if PYPROJECT.is_file():
        project: dict[str, Any] = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
        if project["name"] == DISTRIBUTION:
            return Pins(project["requires-python"], tuple(project["dependencies"]))
    installed = importlib.metadata.distribution(DISTRIBUTION)
    return Pins(installed.metadata["Requires-Python"], tuple(installed.requires or ()))


def _interpreter() -> Iterator[Finding]:
    from packaging.specifiers import SpecifierSet

    wanted = read_pins().python
    found = ".".join(map(str, sys.version_info[:3]))
    right = SpecifierSet(wanted).contains(found, prereleases=True)
    fix = "" if right else "make setup PYTHON=/path/to/a/newer/python3"
    yield Finding("interpreter", f"Python {wanted}", _state(right), found, fix)
    linux = sys.platform == "linux"
    fix = "" if linux else "use Linux: WSL, a container or a virtual machine"
    yield Finding("interpreter", "Linux", _state(linux), sys.platform, fix)


def _packages() -> Iterator[Finding]:
    from packaging.requirements import Requirement

    for line in read_pins().requirements:
        requirement = Requirement(line)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        pin = f"{requirement.name}{requirement.specifier}"
        fix = f"python -m pip install {shlex.quote(pin)}"
        try:
            found = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            yield Finding("packages", pin, State.BROKEN, "not installed", fix)
            continue
        right = requirement.specifier.contains(found, prereleases=True)
        state = State.OK if right else State.WARNING
        yield Finding("packages", pin, state, found, "" if right else fix)


def _data() -> Iterator[Finding]:
    yield _tried("MNIST's test images", _mnist, RESTORE)
    yield _tried("digit classifier", _digit_classifier, RESTORE)
    yield _tried("ImageNet classifier", _imagenet_classifier, "make setup")


def _mnist() -> str:
    from grader.data import mnist

    return f"{len(mnist.test_images())} images, {len(mnist.test_labels())} labels, as published"


def _digit_classifier() -> str:
    from grader.data import classifier

    return "-".join(str(len(bias)) for _, bias in classifier.layers()) + " units, as shipped"


def _imagenet_classifier() -> str:
    from grader.data import imagenet

    return imagenet.best_available()


def _isolation() -> Iterator[Finding]:
    from grader.engine.zygotes import ZygotePool
    from grader.sandbox.client import CONFINING

    # What `auto` would refuse is told as well, layer by layer.
    pool = ZygotePool("process")
    try:
        found = pool.isolation(("numpy",))
    finally:
        pool.close()
    for layer, held in found.layers.items():
        fix = "" if held else LAYER_FIXES.get(layer, OTHER_LAYER_FIX)
        needed = layer in CONFINING and not any(found.layers[name] for name in CONFINING)
        state = State.OK if held else State.BROKEN if needed else State.WARNING
        yield Finding("isolation", layer, state, "holds" if held else "missing", fix)


AREAS: dict[str, Callable[[], Iterator[Finding]]] = {
    "interpreter": _interpreter,
    "packages": _packages,
    "data": _data,
    "isolation": _isolation,
}


def _tried(what: str, look: Callable[[], str], fix: str) -> Finding:
    try:
        return Finding("data", what, State.OK, look())
    except Exception as error:  # absent, damaged, or a package that does not import
        return Finding("data", what, State.BROKEN, _said(error), fix)


def _state(right: bool) -> State:
    return State.OK if right else State.BROKEN


def _said(error: Exception) -> str:
    lines = str(error).splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
