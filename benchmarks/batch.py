"""What grading a class costs: submissions a minute and core, memory, scaling, start-up.

    python benchmarks/batch.py [--topic hw5_mle] [--only CHECK] [--sizes 50 200] [--jobs 1 2]
                               [--after]

A class is made of copies of varied submissions (the reference, other right ones, wrong ones, the
stub), each different by a comment, and graded by `grader batch` in a process of its own, pinned to
as many processors as it has jobs. Two figures a line do not depend on what else the machine does:
CPU seconds a submission, all processes counted, and the submissions a minute and core that they
allow. Start-up is a class of one, graded first; its share is of the CPU time. Memory is the largest
sum over all processes, shared pages counted once, for each job. With `--after`, below each class
the seconds of what an instructor does with it next: another run of the same command, which finds
nothing left to do, the class's page, what changed between the runs.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from grader.author.cases import cases

ROOT = Path(__file__).parent.parent
SAMPLE_S = 2.0


@dataclass(frozen=True)
class Cost:
    wall_s: float
    cpu_s: float
    mib: float


def make_class(folder: Path, topic: str, size: int) -> Path:
    """`size` submissions, in turn one of each kind."""
    made = cases(ROOT, only=topic, short=True, seeds=(0,))
    # Chaffs outnumber the rest in the audit; in a class, right answers do.
    right = [case for case in made if case.role in ("reference", "wheat")]
    wrong = [case for case in made if case.role == "chaff"]
    kinds = [case.files for pair in zip(right, wrong, strict=False) for case in pair]
    kinds += [case.files for case in right]
    kinds.append({f"{topic}.py": (ROOT / "student" / f"{topic}.py").read_bytes()})
    for number in range(size):
        one = folder / f"s{number:05}"
        one.mkdir(parents=True)
        # Of the reference's folder, what a student hands in for this topic.
        for name, data in kinds[number % len(kinds)].items():
            if name.startswith(topic):
                mark = f"\n# {number}\n".encode() if name.endswith(".py") else b""
                (one / name).write_bytes(data + mark)
    return folder


def gradebook(folder: Path) -> Path:
    return folder.with_suffix(".sqlite")


def grade(folder: Path, only: Sequence[str], jobs: int) -> Cost:
    """What a run over a class takes."""
    command = [
        sys.executable, "-m", "grader", "batch", str(folder), "--jobs", str(jobs),
        *(word for name in only for word in ("--only", name)),
        "--gradebook", str(gradebook(folder)),
    ]  # fmt: skip
    processors = sorted(os.sched_getaffinity(0))[:jobs]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    process = psutil.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, processors),
    )
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, memory_mib(process))
        time.sleep(SAMPLE_S if time.perf_counter() - started > 10 else 0.2)
    wall = time.perf_counter() - started
    assert process.returncode == 0, f"{' '.join(command)} ended with {process.returncode}"
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, cpu, peak)


def afterwards(folder: Path, only: Sequence[str], jobs: int) -> dict[str, float]:
    """Seconds of each command over a class that is graded."""
    book = ["--gradebook", str(gradebook(folder))]
    page = folder.with_suffix(".html")
    took = {"batch again": grade(folder, only, jobs).wall_s}
    for name, words in (
        ("class-report", ["class-report", *book, "--html", str(page)]),
        ("diff", ["diff", *book]),
    ):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "grader", *words], check=True, capture_output=True)
        took[name] = time.perf_counter() - started
    return took


def memory_mib(process: psutil.Process) -> float:
    """The memory of a process and all that it started, NaN where this user may not see it."""
    total = 0
    try:
        for one in (process, *process.children(recursive=True)):
            try:
                total += one.memory_full_info().pss
            except psutil.NoSuchProcess:
                continue
    except psutil.AccessDenied:
        return float("nan")
    except psutil.NoSuchProcess:
        return 0.0
    return total / (1 << 20)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--topic", default="hw5_mle")
    parser.add_argument("--only", nargs="+", help="checks, instead of the whole topic")
    parser.add_argument("--sizes", type=int, nargs="+", default=[50, 200])
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--after", action="store_true", help="time the class's commands too")
    options = parser.parse_args()
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print(
        f"{'submissions':>11} {'jobs':>4} {'wall s':>8} {'CPU s':>8} {'CPU s each':>10}"
        f" {'/ min, core':>11} {'/ min, wall':>11} {'MiB / job':>9} {'start-up':>8}"
    )
    with tempfile.TemporaryDirectory() as name:
        for jobs in options.jobs:
            only = options.only or [options.topic]
            first = make_class(Path(name, f"one{jobs}"), options.topic, 1)
            start = grade(first, only, jobs)
            print_cost(1, jobs, start, start)
            for size in options.sizes:
                folder = make_class(Path(name, f"class{size}x{jobs}"), options.topic, size)
                print_cost(size, jobs, grade(folder, only, jobs), start)
                if options.after:
                    took = afterwards(folder, only, jobs)
                    print(", ".join(f"{name} {s:.2f} s" for name, s in took.items()), flush=True)


def print_cost(size: int, jobs: int, cost: Cost, start: Cost) -> None:
    each = cost.cpu_s / size
    print(
        f"{size:11} {jobs:4} {cost.wall_s:8.1f} {cost.cpu_s:8.1f} {each:10.3f} {60 / each:11.0f}"
        f" {60 * size / cost.wall_s:11.0f} {cost.mib / jobs:9.0f}"
        f" {min(1.0, start.cpu_s / cost.cpu_s):8.1%}",
        flush=True,
    )


if __name__ == "__main__":
    main()
