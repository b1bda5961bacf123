"""How long after a save `grader watch` shows the first outcome, and the whole result.

    python benchmarks/watch.py [TOPIC ...]

Each save breaks the reference: one of the topic's functions returns None. The first run starts the
runners; the figures are of saves after that, when those that failed come first.
"""

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from grader.engine.session import Session
from grader.grading import Request
from grader.records import CheckScore, Report, Status
from grader.rubric import load_rubric
from grader.watch import watch

SAVES = 4


class Stopwatch:
    """A screen that saves again when a run is over, and keeps the times."""

    def __init__(self, file: Path, function: str) -> None:
        self._file, self._source = file, file.read_text(encoding="utf-8")
        self._broken = f"{self._source}\n\ndef {function}(*args, **kwargs):\n    return None\n"
        self._saved = time.perf_counter()
        self._failed = 0.0
        self.cold = 0.0
        self.first: list[float] = []
        self.whole: list[float] = []

    def begin(self, checks: int) -> None:
        self._failed = 0.0

    def tell(self, check: CheckScore) -> None:
        if not self._failed and check.status is not Status.PASSED:
            self._failed = time.perf_counter() - self._saved

    def end(self, report: Report | None) -> None:
        seconds = time.perf_counter() - self._saved
        if not self.cold:
            self.cold = seconds
        else:
            self.whole.append(seconds)
            self.first.append(self._failed)
        if len(self.whole) > SAVES:
            raise KeyboardInterrupt
        self._saved = time.perf_counter()
        self._file.write_text(f"{self._broken}# {len(self.whole)}\n", encoding="utf-8")


def measure(name: str) -> Stopwatch:
    """Watch a copy of the reference's topic for a few saves."""
    topic = load_rubric().topic(name)
    with tempfile.TemporaryDirectory() as folder:
        for file in (f"{name}.py", *topic.files):
            shutil.copy(Path("reference", file), folder)
        stopwatch = Stopwatch(Path(folder, f"{name}.py"), next(iter(topic.functions)))
        try:
            with Session() as session:
                watch(Request(Path(folder), only=(name,)), session, stopwatch)
        except KeyboardInterrupt:
            pass
    return stopwatch


def main() -> None:
    topics = sys.argv[1:] or [topic.name for topic in load_rubric().topics]
    print(f"{'':20} {'cold s':>8} {'first failure s':>16} {'all s':>8}")
    for name in topics:
        found = measure(name)
        # The first save finds the failure where it stands in the order, the others at once.
        first, whole = statistics.median(found.first[1:]), statistics.median(found.whole[1:])
        print(f"{name:20} {found.cold:8.2f} {first:16.2f} {whole:8.2f}", flush=True)


if __name__ == "__main__":
    main()
