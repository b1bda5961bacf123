"""Gradescope's archive, run in the layout that Gradescope gives it, under another root."""

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.author.gradescope import installed_versions, write_archive
from grader.cli import app
from grader.errors import UsageError
from grader.rubric import checks_hash

TOPIC = "hw5_mle"
# https://gradescope-autograders.readthedocs.io/en/latest/submission_metadata/
METADATA = {
    "id": 123456,
    "created_at": "2026-11-01T14:22:32.365935-08:00",
    "assignment": {"id": 25828, "title": "HW5", "total_points": "58.0", "group_submission": False},
    "submission_method": "upload",
    "users": [{"email": "student@example.com", "id": 1234, "name": "A $(touch owned) Student"}],
    "previous_submissions": [],
}
OFFLINE = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--net", "--map-root-user"]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("archive") / "hw5.zip"
    write_archive(out, "hw5", seed=11, isolation="auto")
    return out


def executable(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def autograder(archive: Path, tmp_path: Path) -> Path:
    """The folder /autograder as an image has it after setup.sh, which is a test of its own."""
    root = tmp_path / "autograder"
    shutil.unpack_archive(archive, root / "source")
    shutil.copy(root / "source" / "run_autograder", root / "run_autograder")
    (root / "run_autograder").chmod(0o755)
    executable(root / "venv" / "bin" / "python", f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    for name in ("submission", "results"):
        (root / name).mkdir()
    (root / "submission_metadata.json").write_text(json.dumps(METADATA))
    return root


def run(root: Path, *prefix: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return subprocess.run(
        [*prefix, "./run_autograder"], cwd=root, env={**kept, "AUTOGRADER_ROOT": str(root)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def results(root: Path) -> dict:
    return json.loads((root / "results" / "results.json").read_text())


def test_a_submission_is_graded_into_results_json(autograder: Path, root: Path) -> None:
    shutil.copy(root / "reference" / f"{TOPIC}.py", autograder / "submission")
    # A name that a shell would run, had it been given one.
    (autograder / "submission" / "$(touch owned); x.py").write_text("")

    done = run(autograder)

    assert done.returncode == 0, done.stderr
    found = results(autograder)
    mine = [test for test in found["tests"] if TOPIC in test["tags"]]
    assert found["score"] == sum(test["score"] for test in mine) == 5
    assert {test["status"] for test in mine} == {"passed"}
    assert found["extra_data"]["seed"] == 11
    assert found["extra_data"]["checks_sha256"] == checks_hash()
    assert not any("hw2" in tag for test in found["tests"] for tag in test["tags"])
    assert not list(autograder.rglob("owned"))


@pytest.mark.skipif(
    subprocess.run([*OFFLINE, "true"], capture_output=True, check=False).returncode != 0,
    reason="this machine gives no network namespace",
)
def test_grading_needs_no_network(autograder: Path, root: Path) -> None:
    shutil.copy(root / "reference" / f"{TOPIC}.py", autograder / "submission")

    done = run(autograder, *OFFLINE)

    assert done.returncode == 0, done.stderr
    assert results(autograder)["score"] == 5


def test_an_empty_submission_is_zero_points(autograder: Path) -> None:
    done = run(autograder)

    assert done.returncode == 0, done.stderr
    assert results(autograder)["score"] == 0


def test_a_submission_that_cannot_be_read_tells_its_author_why(autograder: Path) -> None:
    for number in range(2001):
        (autograder / "submission" / f"{number}.txt").touch()

    done = run(autograder)

    assert done.returncode == 0, done.stderr
    found = results(autograder)
    assert found["score"] == 0
    assert "more than 2000 files: submit the modules alone" in found["output"]


def test_a_grader_that_breaks_leaves_no_score(autograder: Path) -> None:
    (autograder / "source" / "grader" / "checks" / "rubric.toml").write_text("broken")

    done = run(autograder)

    assert done.returncode != 0
    assert not list((autograder / "results").iterdir())
    assert "rubric.toml" in done.stderr


def test_the_archive_holds_the_official_grader_and_no_answer(archive: Path, root: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        names = set(opened.namelist())
        modes = {info.filename: info.external_attr >> 16 for info in opened.infolist()}
        checks = {n: opened.read(n) for n in names if n.startswith("grader/checks/")}

    assert {name.split("/")[0] for name in names} == {
        "LICENSE", "constraints.txt", "grader", "pyproject.toml", "run_autograder", "setup.sh",
    }  # fmt: skip
    assert modes["setup.sh"] == modes["run_autograder"] == 0o100755
    assert not [name for name in names if name.startswith("grader/author")]
    for name in (f"{TOPIC}.py", f"{TOPIC}.toml"):
        here = root / "grader" / "checks" / name
        assert checks[f"grader/checks/{name}"] == here.read_bytes()


def test_the_same_grader_gives_the_same_archive(archive: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.zip"

    write_archive(again, "hw5", seed=11, isolation="auto")

    assert again.read_bytes() == archive.read_bytes()


def test_every_package_that_is_needed_is_pinned_to_its_version_here() -> None:
    pins = dict(line.split("==") for line in installed_versions())

    assert {"numpy", "torch", "pytest", "nbformat"} <= set(pins)
    assert {"pluggy", "traitlets", "pillow"} <= set(pins), "what those need is pinned too"
    for name in ("numpy", "pytest", "pluggy"):
        assert pins[name] == importlib.metadata.version(name)
    assert not {"mypy", "cosmic-ray"} & set(pins)


def test_an_archive_that_cannot_take_its_place_leaves_nothing(tmp_path: Path) -> None:
    out = tmp_path / "hw5.zip"
    out.mkdir()

    with pytest.raises(UsageError, match="cannot be written"):
        write_archive(out, "hw5", seed=0, isolation="auto")
    assert list(tmp_path.iterdir()) == [out]


FAKE = """#!/bin/sh
echo "$@" >> {log}
if [ "$2" = venv ]; then mkdir -p "$3/bin" && cp "$0" "$3/bin/python"; fi
if [ "$2" = pip ]; then exit {pip}; fi
"""


@pytest.mark.parametrize("pip", [0, 1])
def test_setup_installs_the_pins_and_stops_where_it_cannot(autograder: Path, pip: int) -> None:
    shutil.rmtree(autograder / "venv")
    log, python = autograder / "log", autograder / "python"
    executable(python, FAKE.format(log=log, pip=pip))

    done = subprocess.run(
        ["bash", autograder / "source" / "setup.sh"], capture_output=True, text=True, check=False,
        env={**os.environ, "AUTOGRADER_ROOT": str(autograder), "AUTOGRADER_PYTHON": str(python)},
    )  # fmt: skip

    venv, install, *rest = log.read_text().splitlines()
    assert done.returncode == pip
    assert venv == f"-m venv {autograder}/venv"
    assert f"--constraint {autograder}/source/constraints.txt" in install
    assert install.endswith(f"--editable {autograder}/source")
    assert rest == ([] if pip else ["-m grader doctor"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--isolation", "none"], "'auto', 'strict'"),
        (["--isolation", "process"], "'auto', 'strict'"),
        (["--assignment", "hw9"], "hw9"),
        (["--seed", "-1"], "--seed"),
    ],
)
def test_what_would_not_run_there_is_refused_here(
    tmp_path: Path, arguments: list[str], words: str
) -> None:
    command = ["gradescope-zip", str(tmp_path / "a.zip"), *arguments]

    result = CliRunner().invoke(app, command, env={"COLUMNS": "200"})

    assert result.exit_code == 2
    assert words in result.output
    assert list(tmp_path.iterdir()) == []
