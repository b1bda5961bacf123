"""The command line: what it prints, what it writes, and how it exits."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.report.json_report import schema

RIGHT = """import numpy as np


def uniform_log_likelihood(samples, a, b):
    '''Log likelihood.'''
    # The support decides first.
    if not a < b:
        raise ValueError("a must be below b")
    samples = np.asarray(samples)
    if samples.size and (samples.min() < a or samples.max() > b):
        return float("-inf")
    return float(-samples.size * np.log(b - a))


def uniform_mle(samples):
    '''Smallest and largest.'''
    if len(samples) == 0:
        raise ValueError("no samples")
    return float(min(samples)), float(max(samples))
"""
TOPIC = "hw5_mle"


def submission(folder: Path, source: str = RIGHT) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{TOPIC}.py").write_text(source)
    return folder


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "grader", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, **options
    )  # type: ignore[call-overload]


def report_of(*arguments: str) -> dict:
    done = run("grade", *arguments, "--json", "-")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_right_submission_gets_full_marks_and_exit_0(tmp_path: Path) -> None:
    done = run("grade", submission(tmp_path / "s"), "--only", TOPIC)

    assert done.returncode == 0
    assert "Score 5 of 5" in done.stdout


def test_json_on_standard_output_is_all_that_is_there(tmp_path: Path) -> None:
    report = report_of(str(submission(tmp_path / "s")), "--only", TOPIC)

    jsonschema.validate(report, schema())
    assert report["score"] == 5


def test_a_wrong_submission_is_graded_and_exits_0_or_1(tmp_path: Path) -> None:
    wrong = submission(tmp_path / "s", RIGHT.replace("max(samples)", "min(samples)"))

    assert run("grade", wrong, "--only", TOPIC).returncode == 0
    assert run("grade", wrong, "--only", TOPIC, "--fail-under", "100").returncode == 1


def test_a_failure_shows_call_got_expected_and_replay(tmp_path: Path) -> None:
    wrong = submission(tmp_path / "s", RIGHT.replace("max(samples)", "min(samples)"))

    report = report_of(str(wrong), "--only", TOPIC)
    checks = [check for problem in report["problems"] for check in problem["checks"]]
    failed = [c for c in checks if c["status"] == "failed" and c["kind"] == "property"]

    assert failed
    for check in failed:
        assert "uniform_mle(" in check["counterexample"]["call"]
        assert check["counterexample"]["got"]
        assert check["counterexample"]["replay"].startswith(f"grader replay {check['id']} ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "does not exist"),
        ([__file__], "not a folder, a zip or a tar"),
        ([".", "--only", "hw5_mel"], "did you mean hw5_mle"),
        ([".", "--fail-under", "101"], "--fail-under"),
        ([".", "--isolation", "maximal"], "maximal"),
        ([".", "--assignment", "hw9"], "hw9"),
        ([".", "--jobs", "-1"], "--jobs"),
    ],
)
def test_unusable_arguments_exit_2_and_say_why(arguments: list[str], words: str) -> None:
    result = CliRunner().invoke(app, ["grade", *arguments])

    assert result.exit_code == 2
    assert words in result.output


def test_an_empty_folder_is_zero_points_and_exit_0(tmp_path: Path) -> None:
    report = report_of(str(tmp_path), "--only", TOPIC)

    assert (report["score"], report["max_score"]) == (0, 5)


def test_a_misspelt_file_name_is_named(tmp_path: Path) -> None:
    (tmp_path / "HW5_mle (1).py").write_text(RIGHT)

    done = run("grade", tmp_path, "--only", TOPIC)

    assert done.returncode == 0
    assert "HW5_mle (1).py" in done.stdout


def test_two_runs_differ_in_nothing_but_seconds(tmp_path: Path) -> None:
    wrong = submission(tmp_path / "s", RIGHT.replace("max(samples)", "min(samples)"))
    texts = []
    for jobs in ("1", "2"):
        done = run("grade", wrong, "--only", TOPIC, "--json", "-", "--jobs", jobs)
        texts.append(re.sub(r'"seconds": [0-9.e-]+', '"seconds": 0', done.stdout))

    assert texts[0] == texts[1]


def test_isolation_none_is_stamped_and_gives_the_same_verdicts(tmp_path: Path) -> None:
    folder = str(submission(tmp_path / "s"))

    report = report_of(folder, "--only", TOPIC, "--isolation", "none")

    assert report["isolation"]["level"] == "none"
    assert not any(report["isolation"]["layers"].values())
    assert report["score"] == 5


def test_a_seed_draws_other_inputs_and_the_score_stays(tmp_path: Path) -> None:
    folder = str(submission(tmp_path / "s"))

    assert {report_of(folder, "--only", TOPIC, "--seed", str(n))["score"] for n in (1, 2)} == {5}


def test_a_json_report_is_written_whole(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "report.json"

    run("grade", submission(tmp_path / "s"), "--only", TOPIC, "--json", str(out))

    jsonschema.validate(json.loads(out.read_text()), schema())
    assert [path.name for path in out.parent.iterdir()] == ["report.json"]


def test_plain_text_in_a_pipe_and_with_no_color(tmp_path: Path) -> None:
    done = run("grade", submission(tmp_path / "s"), "--only", TOPIC)

    assert "\x1b" not in done.stdout


def test_what_a_submission_prints_cannot_reach_the_terminal_raw(tmp_path: Path) -> None:
    nasty = '\\x1b[2J\\x1b]0;owned\\x07 {\\"score\\": 100}'
    source = RIGHT.replace("samples = np.asarray", f'print("{nasty}")\n    samples = np.asarray')
    source = source.replace("max(samples)", "min(samples)")

    done = run("grade", submission(tmp_path / "s", source), "--only", TOPIC)

    assert "\x1b" not in done.stdout


def test_points_by_hand_are_read_and_wrong_ones_refused(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("check,points\nhw2_digits.analysis,4\n")
    bad.write_text("check,points\nhw2_digits.analysis,9\n")

    done = run("grade", tmp_path, "--only", "hw2_digits.e", "--manual", good)
    refused = run("grade", tmp_path, "--only", "hw2_digits.e", "--manual", bad)

    assert "Score 4 of" in done.stdout
    assert refused.returncode == 2
    assert "not between 0 and 5" in refused.stderr


def test_replay_makes_the_smallest_failing_call_here(tmp_path: Path) -> None:
    wrong = submission(tmp_path / "s", RIGHT.replace("max(samples)", "min(samples)"))
    report = report_of(str(wrong), "--only", TOPIC)
    failed = next(c for p in report["problems"] for c in p["checks"] if c["status"] == "failed")

    done = run("replay", failed["id"], wrong)

    assert done.returncode == 0
    assert ">>> uniform_mle(" in done.stdout
    assert failed["counterexample"]["expected"].splitlines()[0] in done.stdout


def test_the_replay_of_an_archive_with_another_seed_can_be_pasted(tmp_path: Path) -> None:
    wrong = submission(tmp_path / "s", RIGHT.replace("max(samples)", "min(samples)"))
    archive = shutil.make_archive(str(tmp_path / "hand in"), "zip", wrong)
    report = report_of(archive, "--only", TOPIC, "--seed", "7")
    failed = next(c for p in report["problems"] for c in p["checks"] if c["status"] == "failed")
    command = shlex.split(failed["counterexample"]["replay"])

    done = run(*command[1:])

    assert command[3:] == [archive, "--seed", "7"]
    assert failed["counterexample"]["got"].splitlines()[0] in done.stdout
    assert f">>> {failed['counterexample']['call'].splitlines()[0]}" in done.stdout


@pytest.mark.parametrize("command", [["grade", "."], ["watch", TOPIC]])
def test_elsewhere_the_way_out_is_named(
    command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "darwin")

    result = CliRunner().invoke(app, command)

    assert result.exit_code == 2
    assert "grading needs Linux" in result.output


def test_replay_of_a_passing_check_says_so(tmp_path: Path) -> None:
    report = report_of(str(submission(tmp_path / "s")), "--only", TOPIC)
    name = report["problems"][0]["checks"][0]["id"]

    assert "passes" in run("replay", name, tmp_path / "s").stdout


def test_replay_stops_in_the_debugger_at_the_students_line(tmp_path: Path) -> None:
    wrong = submission(tmp_path / "s", RIGHT.replace("max(samples)", "min(samples)"))
    report = report_of(str(wrong), "--only", TOPIC)
    failed = next(c for p in report["problems"] for c in p["checks"] if c["status"] == "failed")

    done = run("replay", failed["id"], wrong, "--pdb", input="p len(samples)\ncontinue\n")

    assert f"{TOPIC}.py(" in done.stdout
    assert "if len(samples) == 0" in done.stdout


def test_checks_lists_them() -> None:
    done = run("checks", "--only", TOPIC)

    assert f"{TOPIC}." in done.stdout
