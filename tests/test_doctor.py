"""The doctor: grading works here, and what would be said where it does not."""

import importlib.metadata
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from rich.console import Console
from typer.testing import CliRunner

from grader import doctor
from grader.cli import app
from grader.data import classifier, mnist
from grader.engine.zygotes import ZygotePool
from grader.errors import IsolationError
from grader.records import Isolation
from grader.report.doctor_table import Finding, State, print_findings
from grader.sandbox.process import LAYERS


def found(area: str) -> dict[str, Finding]:
    return {finding.what: finding for finding in doctor.AREAS[area]()}


def test_grading_works_here_and_the_exit_status_says_so() -> None:
    result = CliRunner().invoke(app, ["doctor"])

    assert result.exit_code == 0, result.output
    assert "Grading works here" in result.output


def test_something_broken_is_exit_2_and_every_mend_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def look() -> Iterator[Finding]:
        yield Finding("data", "a file", State.BROKEN, "not there", "grader data")

    monkeypatch.setattr(doctor, "AREAS", {"data": look})

    result = CliRunner().invoke(app, ["doctor"])

    assert result.exit_code == 2
    assert "grader data" in result.output
    assert "does not work here. Broken: 1" in result.output


def test_a_warning_alone_still_works() -> None:
    findings = [Finding("isolation", "landlock", State.WARNING, "missing", "a newer kernel")]
    out = io.StringIO()

    print_findings(Console(file=out, width=100), findings)

    assert doctor.works(findings)
    assert "works here. Warnings: 1" in out.getvalue()


def test_a_package_at_another_version_is_a_warning_and_an_absent_one_broken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def version(name: str) -> str:
        if name == "numpy":
            return "1.0"
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    monkeypatch.setattr(
        doctor, "read_pins", lambda: doctor.Pins(">=3.11", ("numpy==2.4.6", "torch==2.13.0"))
    )

    packages = found("packages")

    assert packages["numpy==2.4.6"].state is State.WARNING
    assert packages["numpy==2.4.6"].fix == "python -m pip install numpy==2.4.6"
    assert packages["torch==2.13.0"].state is State.BROKEN


def test_the_pins_of_another_platform_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    pins = doctor.Pins(">=3.11", ("x==1; sys_platform == 'nowhere'", "y==1; extra == 'dev'"))
    monkeypatch.setattr(doctor, "read_pins", lambda: pins)

    assert found("packages") == {}


def test_without_a_checkout_the_pins_are_the_distributions(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(doctor, "PYPROJECT", tmp_path / "pyproject.toml")

    assert any(line.startswith("numpy==") for line in doctor.read_pins().requirements)


def test_an_old_interpreter_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 1))

    (python,) = [f for what, f in found("interpreter").items() if what.startswith("Python")]

    assert (python.state, python.detail) == (State.BROKEN, "3.10.1")
    assert "make setup PYTHON=" in python.fix


def test_damaged_data_is_broken_and_can_be_restored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(mnist, "SHIPPED", tmp_path)
    mnist._shipped.cache_clear()
    classifier._loaded.cache_clear()
    (tmp_path / "classifier.pt").write_bytes(b"other")
    monkeypatch.setattr(classifier, "FILE", tmp_path / "classifier.pt")

    data = found("data")

    for what in ("MNIST's test images", "digit classifier"):
        assert data[what].state is State.BROKEN
        assert "git checkout" in data[what].fix


def test_a_missing_layer_is_a_warning_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    little = Isolation("partial", {name: name == "landlock" for name in LAYERS})
    monkeypatch.setattr(ZygotePool, "isolation", lambda self, preload: little)

    layers = found("isolation")

    assert layers.pop("landlock").state is State.OK
    assert {finding.state for finding in layers.values()} == {State.WARNING}
    assert all(finding.fix for finding in layers.values())
    assert set(doctor.LAYER_FIXES) <= {"landlock", *layers}


def test_where_nothing_confines_grading_does_not_work(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = Isolation("none", dict.fromkeys(LAYERS, False))
    monkeypatch.setattr(ZygotePool, "isolation", lambda self, preload: nothing)

    broken = {name for name, one in found("isolation").items() if one.state is State.BROKEN}

    assert broken == {"namespaces", "landlock", "seccomp"}


def test_a_sandbox_that_does_not_start_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def isolation(self: ZygotePool, preload: object) -> NoReturn:
        raise IsolationError("the sandbox did not start\nat all")

    monkeypatch.setattr(ZygotePool, "isolation", isolation)
    monkeypatch.setattr(doctor, "AREAS", {"isolation": doctor.AREAS["isolation"]})

    (finding,) = doctor.examine()

    assert finding.state is State.BROKEN
    assert finding.detail == "IsolationError: the sandbox did not start"
