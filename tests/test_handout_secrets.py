"""The handout gives nothing away: no answer, no hidden check, nothing that is for staff."""

import hashlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from handouts import HIDDEN, TOPIC, WHOLLY, public
from test_architecture import imported, modules

from grader import outputs
from grader.author import checkout as checkout_module
from grader.rubric import load_rubric

IDIOMS = {
    "rng = np.random.default_rng(seed)",
    'for name in ("generator_loss", "discriminator_loss"):',
}
"""Lines of the reference that anybody writes, and that the checks have for their own purpose."""


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in (".pt", ".gz", ".pyc"):
            yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")


def squeezed(line: str) -> str:
    return re.sub(r"\s+", "", line)


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


def test_what_nobody_has_put_on_the_list_stays_at_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "grader"
    for name in (*checkout_module.GRADING, *(f"cli/{name}" for name in checkout_module.COMMANDS)):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).touch()
    for name in ("oracle.py", "cli/oracle.py"):
        (package / name).write_text("the answers")
    for name in ("LICENSE", "pyproject.toml"):
        shutil.copy(checkout_module.PROJECT / name, tmp_path)
    monkeypatch.setattr(checkout_module, "PACKAGE", package)
    monkeypatch.setattr(checkout_module, "PROJECT", tmp_path)

    checkout_module.copy_package(tmp_path / "out")

    assert (tmp_path / "out" / "grader" / "cli" / "grading.py").is_file()
    assert list((tmp_path / "out").rglob("oracle.py")) == []
