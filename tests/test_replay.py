"""Replay: the calls of a failure are made here, on objects that are made here too."""

import sys
from pathlib import Path
from typing import Any

import pytest

from grader.engine.calls import Call
from grader.engine.replay import Failure, replay
from grader.errors import UsageError
from grader.records import Outcome, Status
from grader.sandbox import wire

SOURCE = """
class Kept:
    def __init__(self, start): self.start = start
    def plus(self, other): return self.start + other
def same(value): return value
def total(kept, options): return kept.start + options["handle"]
"""
MODULE = "hw5_mle"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A submission; what loading it changes in this process is put back."""
    monkeypatch.setattr(sys, "argv", list(sys.argv))
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", sys.dont_write_bytecode)
    monkeypatch.setitem(sys.modules, MODULE, None)  # type: ignore[arg-type]
    (tmp_path / f"{MODULE}.py").write_text(SOURCE)
    return tmp_path


def called(name: str, *args: Any, keep: bool = False, value: Any = None) -> Call:
    payload = {"function": name, "args": list(args), "kwargs": {}, "keep": keep, "observe": False}
    return Call(name, args, {}, "call", payload, value=value, answered=True)


def said(folder: Path, *calls: Call) -> list[str]:
    lines: list[str] = []
    failure = Failure(Outcome(f"{MODULE}.x", Status.FAILED), calls, {})
    assert replay(failure, folder, MODULE, lines.append, debug=False)
    return lines


def test_a_kept_object_has_another_number_here(folder: Path) -> None:
    handle = wire.Handle(41, f"{MODULE}.Kept")
    payload = {"handle": 41, "steps": [["attr", "plus"], ["call", [2], {}]], "keep": False}

    lines = said(
        folder,
        called("Kept", 3, keep=True, value=handle),
        Call("Kept(...).plus", (2,), {}, "use", payload, value=5, answered=True),
        called("same", [handle], value=None),
    )

    assert lines[:4] == [">>> Kept(3)", f"<{MODULE}.Kept>", ">>> Kept(...).plus(2)", "5"]
    assert lines[-1].startswith("[<")


def test_a_key_of_that_name_in_an_argument_is_the_students(folder: Path) -> None:
    handle = wire.Handle(41, f"{MODULE}.Kept")

    lines = said(
        folder,
        called("Kept", 3, keep=True, value=handle),
        called("total", handle, {"handle": 41}, value=44),
    )

    assert lines[-1] == "44"


def test_a_call_that_raises_ends_the_replay(folder: Path) -> None:
    lines: list[str] = []
    failure = Failure(Outcome(f"{MODULE}.x", Status.FAILED), (called("total", 1, 2),), {})

    assert not replay(failure, folder, MODULE, lines.append, debug=False)
    assert "AttributeError" in lines[-1]


def test_files_that_cannot_lie_beside_each_other_are_refused_in_words(tmp_path: Path) -> None:
    files = {f"{MODULE}.py": SOURCE.encode(), f"{MODULE}.py/x.txt": b""}
    failure = Failure(Outcome(f"{MODULE}.x", Status.FAILED), (), files)

    with pytest.raises(UsageError, match="cannot be unpacked"):
        replay(failure, tmp_path, MODULE, print, debug=False)
