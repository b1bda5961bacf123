"""A class of two in a gradebook, graded by an engine that takes no time."""

from pathlib import Path

from stand_in import SCOPE, StandIn

from grader.batch.engine import Engine
from grader.batch.given import Sources
from grader.batch.records import Scope
from grader.batch.run import Settings, Summary, grade_class

ONE = "hw5_mle.errors_are_raised"


def batch(book: Path, folder: Path, engine: Engine, seed: int = 0, scope: Scope = SCOPE) -> Summary:
    return grade_class(book, Sources([folder]), Settings(scope, seed), engine)


def asked(book: Path, folder: Path, **options: object) -> list[tuple[int, str]]:
    engine = StandIn(**options)  # type: ignore[arg-type]
    batch(book, folder, engine)
    return engine.asked
