"""Nothing secret reaches a worker: canaries in every place where the grader keeps something.

The checks, the reference and the environment of a copy of the checkout get random canaries, the
grader's memory has them with the checks that it runs, and a submission looks for them everywhere.
"""

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SEARCHED = re.compile(r"SEARCHED (memory|files) (\d+) (\d+)")
"""Which part, how many pieces of it, and how many of those hold the scanner's own canary."""

# It knows the pattern, which does not match itself, and no canary: what it finds has leaked.
SCANNER = """
import ctypes, os, re
import numpy as np
from honest import uniform_log_likelihood, uniform_mle as wrong

CANARY = re.compile(rb"CANARY-[0-9a-f]{{32}}")
FILES = {files!r}
own = b"CANARY-" + b"0123456789abcdef" * 2  # shows that the search finds what is there
done = []


def memory():
    with open("/proc/self/maps") as maps:
        spans = [line.split() for line in maps if line.split()[1].startswith("r") and "[v" not in line]
    for span in spans:
        start, end = (int(part, 16) for part in span[0].split("-"))
        if end - start < 1 << 28:
            yield span[-1], ctypes.string_at(start, end - start)


def files():
    tried = [*FILES, "/proc/self/environ", "/proc/self/cmdline", "/proc/1/environ", "/proc/1/cmdline"]
    tried += [os.path.join("/proc", str(os.getppid()), name) for name in ("environ", "cmdline", "mem")]
    for name in tried:
        try:
            with open(name, "rb") as file:
                yield name, file.read()
        except OSError:
            pass


def search():
    found = {{}}
    for part in (memory, files):
        seen = [0, 0]
        for where, data in part():
            canaries = set(CANARY.findall(data))
            seen = [seen[0] + 1, seen[1] + (own in canaries)]
            for canary in canaries - {{own}}:
                found[canary[:15]] = where
        print("SEARCHED", part.__name__, *seen)
    for canary, where in found.items():
        print("LEAK", where)


def uniform_mle(samples):
    if not done:
        done.append(1)
        search()
    print("INPUT", samples.tolist())
    if len(samples) > 3:
        raise RuntimeError(f"INPUT {{samples.tolist()}}")
    return wrong(samples)
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, root: Path) -> tuple[Path, set[str]]:
    """A copy of the checkout with canaries in it, two of whose checks are hidden; the canaries."""
    tree = tmp_path_factory.mktemp("checkout")
    planted = set()
    for part in ("grader", "reference"):
        ignored = shutil.ignore_patterns("__pycache__", "*.pth", "*.toml.orig")
        shutil.copytree(root / part, tree / part, ignore=ignored)
    for path in [*(tree / "grader").rglob("*.py"), *(tree / "reference").rglob("*.py")]:
        if "sandbox" in path.parts or path.parent == tree / "grader":
            continue
        canary = f"CANARY-{secrets.token_hex(16)}"
        planted.add(canary)
        with path.open("a") as file:
            file.write(f"\nA_CANARY = {canary!r}  # {canary}\n")
    rubric = tree / "grader" / "checks" / "hw5_mle.toml"
    text = rubric.read_text()
    for name in ("estimate_is_min_and_max", "no_interval_is_likelier"):
        text = text.replace(f'name = "{name}"\n', f'name = "{name}"\nvisibility = "hidden"\n')
    rubric.write_text(text)
    return tree, planted


def scanned(
    checkout: tuple[Path, set[str]], root: Path, folder: Path, *arguments: str
) -> tuple[str, dict]:
    """The scanner's report, as text and as data."""
    tree, _ = checkout
    files = [str(path) for part in ("grader", "reference") for path in (tree / part).rglob("*.py")]
    source = SCANNER.format(files=files)
    folder.mkdir()
    (folder / "hw5_mle.py").write_text(source)
    twin = root / "tests" / "submissions" / "hostile" / "twins" / "hw5_mle.py"
    shutil.copy(twin, folder / "honest.py")
    secret = f"CANARY-{secrets.token_hex(16)}"
    done = subprocess.run(
        [sys.executable, "-m", "grader", "grade", str(folder), "--only", "hw5_mle", "--json", "-",
         *arguments],
        cwd=tree, capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "PYTHONPATH": str(tree), "GRADER_TOKEN": secret,
             "XDG_CACHE_HOME": str(folder.parent / "cache")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads(done.stdout)


@pytest.mark.slow
def test_no_canary_reaches_a_worker_or_a_report(
    checkout: tuple[Path, set[str]], root: Path, tmp_path: Path
) -> None:
    text, report = scanned(checkout, root, tmp_path / "s")

    assert report["isolation"]["level"] == "full"
    searched = {part: (int(n), int(own)) for part, n, own in SEARCHED.findall(text)}
    assert searched["memory"][0] > 10
    assert searched["memory"][1] > 0
    # Its own process's, if any: of the others' files nothing can be opened.
    assert searched["files"][0] <= 2
    assert "LEAK" not in text
    assert not [canary for canary in checkout[1] if canary in text]


@pytest.mark.slow
def test_hidden_checks_give_no_input_no_print_no_message_and_no_time(
    checkout: tuple[Path, set[str]], root: Path, tmp_path: Path
) -> None:
    _, report = scanned(checkout, root, tmp_path / "s")

    checks = [check for part in report["problems"] for check in part["checks"]]
    hidden = [check for check in checks if check["visibility"] == "hidden"]
    public = [check for check in checks if check["visibility"] == "public"]
    assert len(hidden) == 2
    assert any("INPUT" in check["printed"] for check in public)
    for check in hidden:
        assert "INPUT" not in json.dumps(check)
        assert (check["status"], check["seconds"], check["printed"]) == ("failed", 0, "")
        assert (check["counterexample"], check["notes"]) == (None, [])


@pytest.mark.slow
def test_the_search_finds_canaries_where_there_is_no_boundary(
    checkout: tuple[Path, set[str]], root: Path, tmp_path: Path
) -> None:
    """Otherwise the two tests above would show nothing."""
    text, _ = scanned(checkout, root, tmp_path / "s", "--isolation", "none")

    assert "LEAK" in text
