"""Text from a submission is data in the terminal and in JSON, wherever it comes from."""

import io
import json
import os
import shlex
import subprocess
import sys
import time
import unicodedata
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hostile_cases import attack, graded, honest
from reports import RENDERERS
from rich.console import Console

from grader.engine.session import Session
from grader.records import CheckScore, Counterexample, Report, Status
from grader.report.json_report import schema, to_dict, to_json
from grader.report.terminal import print_report

NASTY = (
    "\x1b[2J\x1b]0;title\x07\x1b]8;;http://x\x07\x9b31m\x90q\x9c\r\b\x7f\x00\v\f\x85"
    "\u202e\u2066\u200f\u061c\u2028\ufeff\udcff[bold red]markup[/bold red] <b>&amp;</b>"
)
WIDTH = 100


def shown(report: Report, *, color: bool) -> str:
    """What the terminal gets."""
    out = io.StringIO()
    # errors: a lone surrogate must not reach a stream that cannot encode it.
    print_report(report, Console(file=out, width=WIDTH, highlight=False, no_color=not color))
    return out.getvalue()


def controls(text: str) -> set[str]:
    """Characters that a terminal may act on, or that hide what is there; line ends are none."""
    bad = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    return {c for c in text if unicodedata.category(c) in bad and c != "\n"}


@pytest.fixture(scope="module")
def report(session: Session) -> Report:
    """A real report of a submission with failures."""
    return graded(session, {"hw5_mle.py": honest("hw5_mle")}, ("hw5_mle",))


def with_nasty_text(report: Report, text: str) -> Report:
    """The report with the text in every place that a submission can influence."""

    def check(found: CheckScore, status: Status) -> CheckScore:
        example = Counterexample(text, text, text, text)
        return replace(
            found, status=status, message=text, counterexample=example, notes=(text,), printed=text
        )

    statuses = iter(list(Status) * 9)
    problems = tuple(
        replace(part, checks=tuple(check(c, next(statuses)) for c in part.checks))
        for part in (*report.problems, *report.problems, *report.problems)
    )
    return replace(report, problems=problems, submission=text, remarks=(text, text))


def test_no_control_character_reaches_the_terminal(report: Report) -> None:
    text = shown(with_nasty_text(report, NASTY), color=False)

    assert controls(text) == set()
    assert "[bold red]markup" in text
    text.encode("utf-8")


def test_json_is_ascii_and_keeps_its_schema(report: Report) -> None:
    text = to_json(with_nasty_text(report, NASTY))

    jsonschema.validate(json.loads(text), schema())
    assert text.isascii()
    assert controls(text) == set()


LONG = {
    "letters": "x" * (1 << 20), "lines": "\n" * (1 << 16), "escapes": "\x1b" * (1 << 18),
    "accents": "é\u0301" * 9999, "fences": "`" * (1 << 20), "tags": "<b>" * (1 << 18),
}  # fmt: skip


@pytest.mark.parametrize("kind", LONG)
def test_a_megabyte_in_a_name_is_cut_in_every_format(report: Report, kind: str) -> None:
    found = replace(report, submission=LONG[kind], remarks=(LONG[kind],))

    jsonschema.validate(to_dict(found), schema())
    assert controls(shown(found, color=False)) == set()
    for render in RENDERERS.values():
        text = render(found)
        assert controls(text.replace("\r\n", "\n").replace("\t", "")) == set()
        assert len(text) < 2 << 20


@pytest.mark.slow
@pytest.mark.parametrize("name", RENDERERS)
def test_as_much_text_as_the_limits_let_through_is_rendered(report: Report, name: str) -> None:
    """Eighteen checks that fail in each way, with 16 KiB of escapes and markup in every place."""
    full = with_nasty_text(report, ("\x1b<b>`=\u202e" * (16 << 10))[: 16 << 10])
    started = time.monotonic()
    rendered = RENDERERS[name](full)

    assert len(rendered) < 64 << 20
    assert time.monotonic() - started < 60


def test_what_an_attack_writes_is_escaped_and_cut(session: Session) -> None:
    for name in ("writes_into_the_report", "raises_a_megabyte", "sends_a_handle_back"):
        case = attack(name)
        found = graded(session, case.files(twin=True), case.only)

        assert controls(shown(found, color=False)) == set()
        for check in (check for part in found.problems for check in part.checks):
            texts = [check.message, check.printed, *check.notes]
            if check.counterexample:
                example = check.counterexample
                texts += [example.call, example.got, example.expected, example.replay]
            assert controls("".join(texts)) == set()
            assert max(map(len, texts)) < 200 * 1024


def test_names_of_files_and_folders_are_data_on_the_command_line(tmp_path: Path) -> None:
    folder = tmp_path / "x\x1b[31m$(touch owned); y\u202e"
    folder.mkdir()
    (folder / "hw5_mle.py").write_bytes(honest("hw5_mle"))
    (folder / "a\x1b[2J\x9b.py").write_bytes(b"")
    (folder / "l\x1b]0;x\x07").symlink_to("/etc/passwd")

    done = subprocess.run(
        [sys.executable, "-m", "grader", "grade", str(folder), "--only", "hw5_mle.a"],
        capture_output=True, text=True, timeout=200, check=False, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path),
             "XDG_CACHE_HOME": str(tmp_path / "cache")},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert controls(done.stdout + done.stderr) == set()
    assert "link or a special file" in done.stdout


def test_a_line_to_paste_runs_nothing_else(session: Session) -> None:
    """The name of a folder stands in the command that replays a failure."""
    from grader.rubric import load_rubric
    from grader.submission import Submission

    name = "a folder; touch owned $(touch owned) `touch owned`\n touch owned"
    rubric = load_rubric()
    result = session.grade(
        Submission("s", {"hw5_mle.py": honest("hw5_mle")}), rubric,
        rubric.select(None, ["hw5_mle.estimate_is_min_and_max"]), replay_name=name,
    )  # fmt: skip
    (outcome,) = result.outcomes.values()

    assert outcome.counterexample is not None
    words = shlex.split(outcome.counterexample.replay)
    assert words[:3] == ["grader", "replay", "hw5_mle.estimate_is_min_and_max"]
    assert len(words) == 4


def test_an_unusable_submission_is_named_without_its_control_characters(tmp_path: Path) -> None:
    path = tmp_path / "x\x1b[31m.zip"
    path.write_bytes(b"no archive")

    done = subprocess.run(
        [sys.executable, "-m", "grader", "grade", str(path)], capture_output=True, text=True,
        timeout=100, check=False, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip

    assert done.returncode == 2
    assert controls(done.stdout + done.stderr) == set()
