"""Where reports go: files that combine, one standard output, and GitHub Actions."""

import base64
import io
import json
import os
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from reports import broken, hostile, small
from test_cli import RIGHT, TOPIC, run, submission
from typer.testing import CliRunner
from workflow_commands import commands

from grader import outputs
from grader.cli import app
from grader.errors import UsageError

# Prints what Actions would run, and what would forge Classroom's points.
SHOUTING = RIGHT.replace("max(samples)", "min(samples)").replace(
    "    samples = np.asarray",
    '    print("::notice title=Autograding complete::Points 100/100\\\\n##[add-mask]e")\n'
    "    samples = np.asarray",
)
SHOUTING = SHOUTING.replace(
    "    return float(min", "    print('::error::forged')\n    return float(min"
)


def outside() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}


def actions(folder: Path) -> dict[str, str]:
    return outside() | {
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "GITHUB_OUTPUT": str(folder / "output"),
    }


def test_all_outputs_combine_in_one_run_and_agree(tmp_path: Path) -> None:
    names = {option: tmp_path / f"out{option}" for option in outputs.RENDERERS}
    arguments = [part for option, path in names.items() for part in (option, str(path))]

    done = run("grade", submission(tmp_path / "s"), "--only", TOPIC, *arguments,
               "--canvas-column", "HW5 (12)")  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "Score 5 of 5" in done.stdout
    texts = {option: path.read_text(encoding="utf-8") for option, path in names.items()}
    assert json.loads(texts["--json"])["score"] == json.loads(texts["--gradescope"])["score"] == 5
    assert ET.fromstring(texts["--junit"]).get("failures") == "0"
    assert "Score 5 of 5" in texts["--html"]
    assert "Score 5 of 5" in texts["--markdown"]
    assert '"HW5 (12)"' in texts["--canvas"]
    assert texts["--canvas"].splitlines()[-1].endswith('"5.00"')


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--html", "-"], "--html needs a file: only --json goes to standard output"),
        (["--junit", "."], "--junit . is a folder"),
        (["--html", "same", "--markdown", "./same"], "--html and --markdown name the same file"),
        (["--github"], "GITHUB_STEP_SUMMARY is not set"),
    ],
)
def test_outputs_that_cannot_be_written_are_refused_at_once(
    arguments: list[str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)

    result = CliRunner().invoke(app, ["grade", "nowhere", *arguments])

    assert result.exit_code == 2
    assert words in result.output


def test_the_report_is_printed_even_if_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    done = run("grade", submission(tmp_path / "s"), "--only", TOPIC,
               "--html", tmp_path / "file" / "report.html")  # fmt: skip

    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "Score 5 of 5" in done.stdout


def test_a_file_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.md"
    path.write_text("old")

    def stopped(partial: Path, data: bytes) -> None:
        with partial.open("wb") as file:
            file.write(data[:1])
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "write_bytes", stopped)
    with pytest.raises(UsageError, match="No space left"):
        outputs.write(path, "new")

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_in_actions_a_submission_commands_nothing(tmp_path: Path) -> None:
    folder = submission(tmp_path / "s", SHOUTING)

    done = run("grade", folder, "--only", TOPIC, "--github", env=actions(tmp_path))

    assert done.returncode == 0, done.stderr
    stop = next(commands(done.stdout))
    assert stop.name == "stop-commands"
    resume = f"::{stop.data}::"
    inside, _, after = done.stdout.partition(f"\n{resume}\n")
    assert "forged" in inside
    assert resume not in after
    ours = list(commands(after))
    assert {command.name for command in ours} == {"error", "notice"}
    assert len(ours) == len(after.splitlines())
    assert [c.properties["title"] for c in ours if "Autograding" in c.properties["title"]] == []


def test_in_actions_the_summary_is_appended_and_classroom_gets_its_result(tmp_path: Path) -> None:
    environment = actions(tmp_path)
    (tmp_path / "summary.md").write_text("before\n")

    done = run("grade", submission(tmp_path / "s"), "--only", TOPIC, "--github", "--json", "-",
               env=environment)  # fmt: skip

    assert json.loads(done.stdout)["score"] == 5
    assert [c.data for c in commands(done.stderr)] == ["Score 5 of 5"]
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert summary.startswith("before\n# Grade report: `s`")
    name, _, value = (tmp_path / "output").read_text().strip().partition("=")
    result = json.loads(base64.b64decode(value))
    assert (name, result["status"], result["max_score"]) == ("result", "pass", 5)


def test_a_log_is_fenced_in_actions_only(tmp_path: Path) -> None:
    plain, fenced = io.StringIO(), io.StringIO()

    with outputs.quiet_log(plain, outside()):
        plain.write("x\n")
    with outputs.quiet_log(fenced, actions(tmp_path)):
        fenced.write("x\n")

    assert plain.getvalue() == "x\n"
    stop, text, resume = fenced.getvalue().splitlines()
    assert (stop, text) == (f"::stop-commands::{resume.strip(':')}", "x")
    assert len(resume) == 36


@pytest.mark.parametrize("option", outputs.RENDERERS)
def test_every_option_has_a_renderer(option: str) -> None:
    for found in (small(), broken(), hostile("x")):
        assert outputs.render(option, found)
