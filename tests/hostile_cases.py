"""The hostile submissions: what each file's header says of it, and how it is graded.

A file is a whole module of a topic. Its docstring tells what it does; comments tell the rest:

    # class: A7                 the class of shared attacks that it stands for
    # topic: hw5_pca            the module that it is (hw5_mle if there is no such line)
    # only: hw5_mle.a, ...      the checks that it is graded by (all of its topic)
    # also: conftest.py, ...    other names under which the same file is submitted
    # expects: failed, ...      the statuses that its wrong answers may end in
    # says: words               what a message of a disaster must contain

An attack imports the wrong answers of its honest twin from `honest`, and gives the right ones where
its act succeeded: it can score more than the twin only by breaking something.
"""

import argparse
import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.engine.session import Session
from grader.grading import provenance
from grader.records import Mode, Report
from grader.rubric import load_rubric
from grader.scoring import score
from grader.submission import Submission

HOSTILE = Path(__file__).parent / "submissions" / "hostile"
HEADER = re.compile(rb"^# (class|topic|only|also|expects|says|file): (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Case:
    """One hostile submission."""

    name: str
    source: bytes
    kind: str
    topic: str
    only: tuple[str, ...]
    also: tuple[str, ...]
    expects: frozenset[str]
    says: str
    file: str

    def files(self, *, twin: bool) -> dict[str, bytes]:
        """What is submitted: the file, under its other names too, and its twin beside it."""
        beside = {"honest.py": honest(self.topic)} if twin else {}
        return beside | dict.fromkeys((self.file, *self.also), self.source)


def cases(folder: str) -> list[Case]:
    """The cases in a folder of `hostile/`, by name."""
    return [_read(path) for path in sorted((HOSTILE / folder).glob("*.py"))]


def attack(name: str) -> Case:
    """One attack."""
    return _read(HOSTILE / "attacks" / f"{name}.py")


def honest(topic: str) -> bytes:
    """The honest twin's source."""
    return (HOSTILE / "twins" / f"{topic}.py").read_bytes()


def _read(path: Path) -> Case:
    source = path.read_bytes()
    said = {key.decode(): value.decode().strip() for key, value in HEADER.findall(source)}
    topic = said.get("topic", "hw5_mle")
    return Case(
        name=path.stem,
        source=source,
        kind=said["class"],
        topic=topic,
        only=_names(said.get("only", topic)),
        also=_names(said.get("also", "")),
        expects=frozenset(_names(said["expects"])),
        says=said.get("says", ""),
        file=said.get("file", f"{topic}.py"),
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def docstring(source: bytes) -> str:
    """The first sentence of a case that Python can parse."""
    return ast.get_docstring(ast.parse(source)) or ""


def graded(
    session: Session,
    files: dict[str, bytes],
    only: tuple[str, ...],
    seed: int = 0,
    mode: Mode = "auto",
) -> Report:
    """The report of a submission of these files.

    Policies without points are left out: they read the source, whatever it does.
    """
    rubric = load_rubric()
    chosen = {
        topic: tuple(
            c for c in checks if rubric.index[c].points or rubric.index[c].kind != "policy"
        )
        for topic, checks in rubric.select(None, only).items()
    }
    submission = Submission("hostile", files)
    result = session.grade(submission, rubric, chosen, seed=seed, mode=mode)
    return score(
        chosen,
        result.outcomes,
        name=submission.name,
        sha256=submission.sha256,
        provenance=provenance(seed),
        isolation=result.isolation,
        seconds=result.seconds,
    )


def statuses(report: Report) -> dict[str, str]:
    """Each check's status, less those that read the source and run nothing of it."""
    return {c.id: c.status.value for p in report.problems for c in p.checks if c.kind != "policy"}


def main() -> None:
    """Grade what the command line names, and print what came of it as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mode", default="auto")
    parser.add_argument("what", choices=("attacks", "wheats"))
    parser.add_argument("names", nargs="+", help="of attacks, or of topics")
    given = parser.parse_args()
    with Session(1) as session:
        grade = _attacks if given.what == "attacks" else _wheats
        print(json.dumps(grade(session, given.names, given.mode)))


def _attacks(session: Session, names: list[str], mode: Mode) -> dict[str, Any]:
    """Attacks beside their twins."""
    found, twins = {}, {}
    for case in cases("attacks"):
        if case.name in names:
            report = graded(session, case.files(twin=True), case.only, mode=mode)
            if case.only not in twins:
                files = {case.file: honest(case.topic)}
                twins[case.only] = graded(session, files, case.only, mode=mode)
            found[case.name] = {"twin": twins[case.only].score, **_summary(report)}
    return found


def _wheats(session: Session, topics: list[str], mode: Mode) -> dict[str, Any]:
    """The right solutions of topics, by the first property of each."""
    found = {}
    for topic in map(load_rubric().topic, topics):
        only = tuple([check.id for check in topic.checks if check.kind == "property"][:1])
        for path in sorted((HOSTILE.parent / "wheats" / topic.name).glob("*.py")):
            files = {f"{topic.name}.py": path.read_bytes()}
            found[f"{topic.name}/{path.stem}"] = _summary(graded(session, files, only, mode=mode))
    return found


def _summary(report: Report) -> dict[str, Any]:
    return {
        "points": report.score,
        "statuses": statuses(report),
        "level": report.isolation.level,
        "layers": dict(report.isolation.layers),
    }


if __name__ == "__main__":
    main()
