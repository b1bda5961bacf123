"""How long grading takes from a cold start, and what isolation adds.

    python benchmarks/grading.py [TOPIC ...]

Each line is a whole `grader grade reference` in a process of its own, the way `make grade` runs it.
The last column is the share of isolation: the same checks sandboxed over in-process, one runner.
"""

import statistics
import subprocess
import sys
import time

from grader.rubric import load_rubric

RUNS = 3


def grade(*arguments: str) -> float:
    """Median wall seconds of grading the reference."""
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        command = [sys.executable, "-m", "grader", "grade", "reference", "--no-cache", *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def main() -> None:
    topics = sys.argv[1:] or [topic.name for topic in load_rubric().topics]
    print(f"{'':20} {'wall s':>8} {'isolated / in process':>22}")
    for name in topics:
        isolated = grade("--only", name, "--jobs", "1")
        plain = grade("--only", name, "--jobs", "1", "--isolation", "none")
        print(f"{name:20} {isolated:8.2f} {isolated / plain:22.2f}")
    if not sys.argv[1:]:
        for homework in load_rubric().assignments:
            print(f"{'all of ' + homework:20} {grade('--assignment', homework):8.2f}")


if __name__ == "__main__":
    main()
