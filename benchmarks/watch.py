"""How long after a save `grader watch` shows the first failure, the score, and that it is certain.

    python benchmarks/watch.py [TOPIC ...]

For each function of a topic two saves: one breaks it (it returns None), one mends it again. The
first run starts the runners; the figures are of the saves after that, the median and the slowest.
The score is shown once what a save may have changed is judged, but for benchmarks; after `all s`
everything has run.
"""

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from grader.engine.session import Session
from grader.grading import Request
from grader.records import CheckScore, Report, Status
from grader.rubric import load_rubric
from grader.watch import watch


class Stopwatch:
    """A screen that saves again when a run is over, and keeps the times."""

    def __init__(self, file: Path, functions: Iterable[str]) -> None:
        self._file, right = file, file.read_text(encoding="utf-8")
        broken = "\n\ndef {}(*args, **kwargs):\n    return None\n"
        self._saves = [text for name in functions for text in (right + broken.format(name), right)]
        self._saved = time.perf_counter()
        self._failed = self._scored = 0.0
        self.cold = 0.0
        self.first: list[float] = []
        self.score: list[float] = []
        self.whole: list[float] = []

    def begin(self, checks: int) -> None:
        self._failed = self._scored = 0.0

    def tell(self, check: CheckScore) -> None:
        if not self._failed and check.status is not Status.PASSED:
            self._failed = time.perf_counter() - self._saved

    def soon(self, report: Report, left: int) -> None:
        self._scored = time.perf_counter() - self._saved

    def end(self, report: Report | None) -> None:
        seconds = time.perf_counter() - self._saved
        if not self.cold:
            self.cold = seconds
        else:
            self.whole.append(seconds)
            self.score.append(self._scored or seconds)
            if self._failed:
                self.first.append(self._failed)
        if not self._saves:
            raise KeyboardInterrupt
        self._file.write_text(self._saves.pop(0), encoding="utf-8")
        self._saved = time.perf_counter()


def measure(name: str) -> Stopwatch:
    """Watch a copy of the reference's topic for a few saves."""
    topic = load_rubric().topic(name)
    with tempfile.TemporaryDirectory() as folder:
        for file in (f"{name}.py", *topic.files):
            shutil.copy(Path("reference", file), folder)
        stopwatch = Stopwatch(Path(folder, f"{name}.py"), topic.functions)
        try:
            with Session() as session:
                watch(Request(Path(folder), only=(name,)), session, stopwatch)
        except KeyboardInterrupt:
            pass
    return stopwatch


def main() -> None:
    topics = sys.argv[1:] or [topic.name for topic in load_rubric().topics]
    print(f"{'':20} {'cold s':>8} {'first failure s':>16} {'score s':>16} {'all s':>16}")
    for name in topics:
        found = measure(name)
        figures = (_both(found.first), _both(found.score), _both(found.whole))
        print(f"{name:20} {found.cold:8.2f} " + " ".join(f"{both:>16}" for both in figures))


def _both(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.2f}, {max(seconds):.2f}" if seconds else "none"


if __name__ == "__main__":
    main()
