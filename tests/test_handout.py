"""The handout: it works on its own, counts what it does not hold, and gives no answer away."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from test_architecture import imported, modules
from typer.testing import CliRunner

from grader import outputs
from grader.author.handout import write_handout
from grader.author.hidden_checks import without_hidden
from grader.cli import app
from grader.errors import RubricError, UsageError
from grader.rubric import Topic, load_rubric

TOPIC = "hw5_mle"
WHOLLY = "hw2_least_squares"
"""A topic all of whose checks are hidden."""
HIDDEN = {
    name: check.title
    for name, check in load_rubric().index.items()
    if name.startswith(f"{WHOLLY}.")
    or name in (f"{TOPIC}.estimate_is_min_and_max", f"{TOPIC}.errors_are_raised")
}
IDIOMS = {
    "rng = np.random.default_rng(seed)",
    'for name in ("generator_loss", "discriminator_loss"):',
}
"""Lines of the reference that anybody writes, and that the checks have for their own purpose."""


def run(folder: Path, *command: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(map(str, command)), cwd=folder, capture_output=True, text=True, timeout=120,
        env={**os.environ, "PYTHONPATH": str(folder), **variables}, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def checkout(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose rubric hides two checks of one topic, and all of another."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("grader", "reference"):
        shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("LICENSE", "pyproject.toml"):
        shutil.copy(root / name, folder)
    for topic, name in (check.split(".") for check in HIDDEN):
        path = folder / "grader" / "checks" / f"{topic}.toml"
        line = f'name = "{name}"\n'
        assert line in path.read_text()
        path.write_text(path.read_text().replace(line, f'{line}visibility = "hidden"\n'))
    return folder


@pytest.fixture(scope="module")
def handout(checkout: Path) -> Path:
    done = run(checkout, sys.executable, "-m", "grader", "handout", "out")
    assert done.returncode == 0, done.stderr
    return checkout / "out"


@pytest.fixture
def environment(tmp_path: Path, handout: Path) -> Path:
    """An environment as `make setup` leaves it, with this interpreter's packages."""
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    (tmp_path / "venv" / ".installed").touch()
    return tmp_path / "venv"


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in (".pt", ".gz", ".pyc"):
            yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")


def squeezed(line: str) -> str:
    return re.sub(r"\s+", "", line)


def test_it_grades_on_its_own_and_counts_the_hidden_checks(
    handout: Path, environment: Path, root: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    shutil.copy(root / "reference" / f"{TOPIC}.py", mine)
    out = tmp_path / "report.json"

    done = run(
        handout, "make", "grade", f"VENV={environment}", f"SUBMISSION={mine}",
        f"GRADE_ARGS=--only {TOPIC} --json {out}",
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    report = json.loads(out.read_text())
    assert (report["score"], report["max_score"]) == (3, 3)
    assert "every check here also runs officially" in done.stdout.lower()
    assert report["remarks"] == [
        "Every check here also runs officially, perhaps on other inputs."
        f" Only there run 2 hidden checks, 2 points ({TOPIC}: 2)."
    ]
    (problem,) = [part for part in report["problems"] if not part["id"].endswith(".rules")]
    assert problem["title"].endswith("(and officially 2 hidden checks, 2 points)")
    assert not {check["id"] for check in problem["checks"]} & set(HIDDEN)


def test_its_workflow_grades_into_githubs_files(
    handout: Path, environment: Path, root: Path, tmp_path: Path
) -> None:
    workflow = YAML(typ="safe").load((handout / ".github" / "workflows" / "grade.yml").read_text())
    (line,) = [s["run"] for s in workflow["jobs"]["grade"]["steps"] if s.get("id") == "grade"]
    (tmp_path / "mine").mkdir()
    shutil.copy(root / "reference" / f"{TOPIC}.py", tmp_path / "mine")
    summary, output = tmp_path / "summary", tmp_path / "output"
    repository = shutil.copytree(handout, tmp_path / "repository")

    done = run(
        repository, "bash", "-c", line, VENV=str(environment), SUBMISSION=str(tmp_path / "mine"),
        GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary), GITHUB_OUTPUT=str(output),
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert f"Only there run {len(HIDDEN)} hidden checks" in summary.read_text()
    assert output.read_text().startswith("result=")
    for name in ("report.html", "report.json"):
        assert (repository / name).stat().st_size


def test_its_stubs_earn_nothing_and_make_grade_needs_no_argument(
    handout: Path, environment: Path
) -> None:
    done = run(handout, "make", "grade", f"VENV={environment}", "GRADE_ARGS=--only hw5_pca")

    assert done.returncode == 0, done.stderr
    assert "Score 0 of 7" in done.stdout
    assert "No check is hidden." in " ".join(done.stdout.split())


def test_the_official_checks_are_those_of_the_handout_and_the_hidden_ones(
    checkout: Path, handout: Path
) -> None:
    official, public = (load_rubric(folder / "grader" / "checks") for folder in (checkout, handout))

    assert (official.handout, public.handout) == (False, True)
    assert set(official.index) - set(public.index) == set(HIDDEN)
    for entry in public.index.values():
        same = official.index[entry.id]
        assert (entry.points, entry.title, entry.limits, entry.thresholds, entry.examples) == (
            same.points, same.title, same.limits, same.thresholds, same.examples,
        )  # fmt: skip
    hidden = public.topic(TOPIC).hidden
    assert (hidden.checks, hidden.points) == (2, 2.0)
    assert public.topic(WHOLLY).checks == ()
    assert public.topic(WHOLLY).hidden.points == 30


def test_no_line_of_the_reference_is_in_it(root: Path, handout: Path) -> None:
    given = {squeezed(line) for _, text in texts(handout / "student") for line in text.split("\n")}
    answers = {
        squeezed(line): f"{path.name}: {line.strip()}"
        for path in (root / "reference").glob("*.py")
        for line in path.read_text(encoding="utf-8").split("\n")
        if len(squeezed(line)) >= 24
        and not line.startswith(("import ", "from "))
        and line.strip() not in IDIOMS
    }
    answers = {line: where for line, where in answers.items() if line not in given}

    leaked = [
        f"{name} has {answers[squeezed(line)]}"
        for name, text in texts(handout)
        for line in text.split("\n")
        if squeezed(line) in answers
    ]

    assert len(answers) > 300
    assert leaked == []


def test_no_file_of_the_author_is_in_it(root: Path, handout: Path) -> None:
    def hashes(folder: Path) -> set[str]:
        files = [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size]
        # The files that are handed out lie among the author's own.
        files = [path for path in files if "templates" not in path.parts]
        return {hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    for name in ("reference", "tests", "benchmarks", "grader/author"):
        assert not hashes(root / name) & (hashes(handout) - hashes(root / "student")), name
    assert {path.name for path in handout.iterdir()} == {
        ".github", ".gitignore", "LICENSE", "Makefile", "README.md", "grader", "pyproject.toml",
        "student",
    }  # fmt: skip


def test_nothing_tells_of_a_hidden_check(handout: Path) -> None:
    public = [check for name, check in load_rubric().index.items() if name not in HIDDEN]
    # Topics share some checks: what is public in one is no secret of another.
    shared = {check.id.split(".")[1] for check in public} | {check.title for check in public}
    shared |= {"pinv_agrees_with_svd"}  # an example in the help of `grader replay`
    secret = {part for name, title in HIDDEN.items() for part in (name.split(".")[1], title)}

    assert len(secret - shared) > 40
    for name, text in texts(handout):
        assert not [words for words in secret - shared if words in text], name
    assert not (handout / "grader" / "checks" / f"{WHOLLY}.py").exists()
    source = (handout / "grader" / "checks" / f"{TOPIC}.py").read_text()
    # The generator and the comparison that only the hidden ones use.
    assert "shuffled" not in source
    assert "expect_error" not in source
    assert "def estimate(" in source


def test_nothing_tells_how_answers_measure(root: Path, handout: Path) -> None:
    notes = [
        line.strip()
        for check in load_rubric().index.values()
        for note in (check.calibration, check.tolerance)
        for line in note.split("\n")
        if len(line.strip()) > 12
    ]
    checks = "".join(text for _, text in texts(handout / "grader" / "checks"))
    files = [path for path in (handout / "grader" / "checks").rglob("*") if path.is_file()]
    kept = [path.read_text() for path in files if path.suffix in (".py", ".toml")]

    assert len(notes) > 20
    assert not [note for note in notes if note in checks]
    assert not [line for text in kept for line in text.split("\n") if line.strip()[:2] == "# "]
    assert {path.suffix for path in files} - {".pyc"} == {".py", ".toml", ".ini"}


def test_no_right_or_wrong_submission_of_the_audit_is_named_in_it(
    root: Path, handout: Path
) -> None:
    chaffs = {path.stem for path in (root / "tests" / "submissions" / "chaffs").rglob("*_*.py")}
    words = {word for _, text in texts(handout) for word in re.findall(r"\w+", text)}

    assert len(chaffs) > 50
    assert not chaffs & words


def test_its_modules_import_only_what_is_there(root: Path, handout: Path) -> None:
    there, known = modules(handout), modules(root)

    missing = [
        f"{name} imports {other}"
        for name, path in there.items()
        for other in imported(path, known)
        # The one place that asks first whether the author's tools are there.
        if other not in there and name != "grader.cli"
    ]

    assert missing == []


def needed_by(path: Path, known: dict[str, Path]) -> set[str]:
    """The grader's modules that a file imports, starts, or names in a text."""
    named = set(re.findall(r"grader(?:\.\w+)+", path.read_text(encoding="utf-8"))) & set(known)
    return imported(path, known) | named


def test_every_module_is_one_that_grading_needs(handout: Path) -> None:
    there = modules(handout)
    needed = {"grader.__main__", *(f"grader.checks.{topic.name}" for topic in public(handout))}
    # Renderers are imported by the name of the option that asks for them.
    needed |= {f"grader.report.{module}" for module, _ in outputs.RENDERERS.values()}
    todo = [name for name in needed if name in there]
    while todo:
        found = needed_by(there[todo.pop()], there) - needed
        needed |= found
        todo += found
    packages = {name.rpartition(".")[0] for name in needed}

    assert sorted(set(there) - needed - packages) == []


def public(handout: Path) -> tuple[Topic, ...]:
    return load_rubric(handout / "grader" / "checks").topics


def test_its_commands_are_the_students(handout: Path) -> None:
    program = (
        "from grader.cli import COMMANDS;"
        "print(*(command.__name__ for panel in COMMANDS.values() for command in panel))"
    )

    done = run(handout, sys.executable, "-c", program)

    assert done.stdout.split() == [
        "grade", "watch", "replay", "checks", "notebook", "doctor", "data",
    ]  # fmt: skip


def test_a_student_makes_a_notebook_of_every_module(handout: Path, tmp_path: Path) -> None:
    done = run(handout, sys.executable, "-m", "grader", "notebook", tmp_path / "notebooks")

    assert done.returncode == 0, done.stderr
    made = {path.stem for path in (tmp_path / "notebooks").glob("*.ipynb")}
    assert made == {topic.name for topic in public(handout)}


def test_checks_tells_what_else_runs_officially(handout: Path) -> None:
    done = run(handout, sys.executable, "-m", "grader", "checks")

    wholly = len(HIDDEN) - 2
    assert (
        f"Only there run {len(HIDDEN)} hidden checks, 32 points ({WHOLLY}: {wholly}; {TOPIC}: 2)."
    ) in done.stdout


def test_its_readme_and_pins_are_its_own(root: Path, handout: Path) -> None:
    readme = (handout / "README.md").read_text()
    made = tomllib.loads((handout / "pyproject.toml").read_text())
    whole = tomllib.loads((root / "pyproject.toml").read_text())

    assert f"{len(HIDDEN)} more checks run only there, for 32 points" in readme
    assert re.search(rf"^\| `student/{WHOLLY}.py` \| .* \| 8 \| 8 \|$", readme, re.MULTILINE)
    assert "take off at most 1 point of this homework" in readme
    assert re.search(r"^\| `student/hw5_mle.py` \| .* \| 5 \| 2 \|$", readme, re.MULTILINE)
    assert "instructor" not in readme.lower()
    assert made["project"]["dependencies"] == whole["project"]["dependencies"]
    assert "optional-dependencies" not in made["project"]


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()

    with pytest.raises(UsageError, match="is there already"):
        write_handout(Path("reference"), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("command", ["handout", "notebook", "gradescope-zip"])
def test_what_cannot_be_written_is_one_sentence(
    root: Path, tmp_path: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    (tmp_path / "file").touch()

    result = CliRunner().invoke(app, [command, str(tmp_path / "file" / "out")])

    assert result.exit_code == 2
    assert "cannot be written" in " ".join(result.output.split())
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_handout_that_cannot_be_built_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="needs its reference"):
        write_handout(tmp_path / "no reference", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


SOURCES = {
    "one.py": (
        "from grader.checks.support.policies import (\n"
        "    test_loud as test_loud,\n    test_shown as test_shown,\n)\n"
        "from grader.checks.support import laws\n"
        "from grader.checks.support.compare import agree, near\n"
        "A, B = 1, 2\n"
        "# only for the hidden one\n"
        "def helper(x):\n    return inner(x) + A\n\n"
        "def inner(x):\n    return laws.secret(x)\n\n"
        "def test_public(given):\n    agree(B)  # measured: 3\n\n"
        "def test_hidden(fixture):\n    near(helper(1))\n\n"
        "def fixture():\n    return 1\n\n"
        "def nobody():\n    return A\n"
    ),
    "support/compare.py": "def agree(x):\n    return near(x)\n\ndef near(x):\n    return x\n",
    "support/laws.py": "from grader.checks.support import oracle\n"
    "def secret(x):\n    return oracle.answer(x)\n",
    "support/policies.py": "def test_loud():\n    pass\n\ndef test_shown():\n    pass\n",
    "support/oracle.py": "import math\ndef answer(x):\n    return math.pi\n",
}


def test_what_only_hidden_checks_reach_goes_from_every_module() -> None:
    hidden = [("one.py", "test_hidden"), ("one.py", "test_loud"), ("one.py", "by_a_person")]

    left = without_hidden(SOURCES, hidden)

    assert set(left) == {"one.py", "support/compare.py", "support/policies.py"}
    assert "test_loud" not in left["support/policies.py"]
    gone_words = "helper inner test_hidden test_loud fixture near laws # measured"
    for gone in gone_words.split():
        assert gone not in left["one.py"], gone
    for kept in (
        "A, B = 1, 2",
        "def test_public(given)",
        "def nobody()",
        "import agree",
        "test_shown",
    ):
        assert kept in left["one.py"], kept
    assert "def near" in left["support/compare.py"]


def test_with_nothing_hidden_every_definition_stays() -> None:
    left = without_hidden(SOURCES, [])

    assert set(left) == set(SOURCES)
    for name in ("helper", "inner", "test_hidden", "fixture", "near", "laws"):
        assert name in left["one.py"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("handout = true\n", "", "`hidden` is for a handout"),
        ("points = 2.0\n\n[[problem.check]]", "points = 3.0\n\n[[problem.check]]", "points"),
        ("checks = 2\n", "", "with `checks` and `points`"),
        ('kind = "property"', 'kind = "property"\nvisibility = "hidden"', "has no hidden check"),
    ],
)
def test_a_handouts_rubric_that_contradicts_itself_does_not_load(
    handout: Path, tmp_path: Path, old: str, new: str, words: str
) -> None:
    shutil.copytree(handout / "grader" / "checks", tmp_path / "checks")
    found = [p for p in (tmp_path / "checks").glob("*.toml") if old in p.read_text()]
    path = next(p for p in found if p.stem in (TOPIC, "rubric"))
    path.write_text(path.read_text().replace(old, new, 1))

    with pytest.raises(RubricError, match=words):
        load_rubric(tmp_path / "checks")


def collected(folder: Path) -> set[str]:
    """The checks that pytest finds in the checks' folder, each by file and name."""
    files = sorted((folder / "grader" / "checks").glob("hw*.py"))
    done = run(
        folder, sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider",
        "-p", "grader.engine.plugin", "-c", "grader/checks/pytest.ini", "--submission", "student",
        *files,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    return {line.split("/")[-1] for line in done.stdout.splitlines() if "::" in line}


@pytest.mark.slow
def test_every_public_check_is_there_and_imports(checkout: Path, handout: Path) -> None:
    official, public = collected(checkout), collected(handout)

    assert len(public) > 100
    assert official - public == {name.replace(".", ".py::test_") for name in HIDDEN}
    assert public <= official
