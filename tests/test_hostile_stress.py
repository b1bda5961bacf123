"""The grader under stress: interrupted, with parts of it killed, many times over, with no room.

`GRADER_GRADES` sets the number of grades in a row: 1000 for the full promise.
"""

import ast
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hostile_cases import honest
from processes import alive, descendants, fields

from grader.engine.session import Session
from grader.records import Outcome, Status
from grader.rubric import load_rubric
from grader.submission import Submission

GRADES = int(os.environ.get("GRADER_GRADES", "120"))
HANGS = honest("hw5_mle").replace(b"return 0.0, 1.0", b"\n    while True: pass")
ROOT_ONLY = pytest.mark.skipif(os.getuid() != 0, reason="only root can mount")


def of(session: Session) -> list[int]:
    """Every process of a session."""
    started = session.processes()
    return sorted(started.union(*map(descendants, started)))


def until(condition: Callable[[], Any], seconds: float = 60) -> Any:
    """The first true value of a condition."""
    stop = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < stop, "it did not happen"
        time.sleep(0.05)
    return found


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., "Run"]]:
    """Starts runs, and ends those that a failed test has left."""
    started: list[Run] = []

    def new(source: bytes, *arguments: str, **environment: str) -> Run:
        started.append(Run(tmp_path / str(len(started)), source, *arguments, **environment))
        return started[-1]

    yield new
    for run in started:
        run.process.kill()
        run.process.communicate()


class Run:
    """The command line grading a folder in the background, with everything it may write to."""

    def __init__(self, folder: Path, source: bytes, *arguments: str, **environment: str) -> None:
        self.temporary, self.home, self.cwd = (folder / name for name in ("tmp", "home", "cwd"))
        for made in (self.temporary, self.home, self.cwd, folder / "s"):
            made.mkdir(parents=True, exist_ok=True)
        (folder / "s" / "hw5_mle.py").write_bytes(source)
        command = [sys.executable, "-m", "grader", "grade", "../s", "--only", "hw5_mle"]
        self.process = subprocess.Popen(
            [*command, *arguments], cwd=self.cwd, start_new_session=True, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={
                "PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path),
                "TMPDIR": str(self.temporary), "HOME": str(self.home), **environment,
            },
        )  # fmt: skip

    def worker_hangs(self) -> bool:
        """Whether a process below has been computing for a second."""
        return any(ticks(pid) > 100 for pid in descendants(self.process.pid) if is_worker(pid))

    def ended(self, seconds: float = 60) -> tuple[int, str, str]:
        """Exit status and output; nothing of it is left, neither processes nor files."""
        below = descendants(self.process.pid)
        out, err = self.process.communicate(timeout=seconds)
        until(lambda: not [pid for pid in below if alive(pid)], 15)
        assert list(self.temporary.iterdir()) == []
        assert list(self.cwd.iterdir()) == []
        return self.process.returncode, out, err


def ticks(pid: int) -> int:
    """Hundredths of a second on the processor."""
    found = fields(pid)
    return int(found[11]) + int(found[12]) if found else 0


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def is_zygote(pid: int) -> bool:
    parent = descendants(pid)
    return "sandbox.zygote" in command_of(pid) and "bwrap" not in command_of(pid).split()[0] and (
        not parent or all("sandbox.zygote" in command_of(child) for child in parent)
    ) and not is_worker(pid)  # fmt: skip


def is_worker(pid: int) -> bool:
    """A worker leads a session of its own, below a zygote with the same command."""
    found = fields(pid)
    own = "sandbox.zygote" in command_of(pid) and "bwrap" not in command_of(pid).split(" ")[0]
    return bool(found) and own and command_of(int(found[1])) == command_of(pid)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_an_interrupted_run_reports_what_was_done_and_leaves_nothing(
    start: Callable[..., Run], number: signal.Signals
) -> None:
    run = start(HANGS, "--json", "-")
    until(run.worker_hangs)
    if number == signal.SIGINT:
        os.killpg(run.process.pid, number)  # as a terminal does
    else:
        run.process.send_signal(number)

    started = time.monotonic()
    status, out, _ = run.ended()
    print(f"{number.name}: ended after {time.monotonic() - started:.1f} s")

    report = json.loads(out)
    checks = {c["id"]: c["status"] for part in report["problems"] for c in part["checks"]}
    assert status == 3
    assert report["score"] == 2
    assert list(checks.values()).count("passed") == 2
    assert "grader_error" in checks.values()
    assert any("interrupted" in remark for remark in report["remarks"])


@pytest.mark.slow
def test_a_killed_command_line_leaves_no_process(start: Callable[..., Run]) -> None:
    run = start(HANGS)
    until(run.worker_hangs)
    below = descendants(run.process.pid)
    run.process.kill()
    run.process.communicate(timeout=20)

    until(lambda: not [pid for pid in below if alive(pid)], 15)


@pytest.mark.slow
def test_two_grades_at_once_in_one_checkout_agree(start: Callable[..., Run]) -> None:
    runs = [start(honest("hw5_mle"), "--json", "-") for _ in range(2)]

    texts = [run.ended(200)[1] for run in runs]

    assert len({re.sub(r'"seconds": [0-9.e-]+', "", text) for text in texts}) == 1
    assert json.loads(texts[0])["score"] == 2


@pytest.mark.slow
@pytest.mark.parametrize("home", ["/proc", "/nonexistent", "relative", ""])
def test_a_home_that_cannot_be_written_is_no_obstacle(start: Callable[..., Run], home: str) -> None:
    run = start(honest("hw5_mle"), "--json", "-", HOME=home)

    status, out, err = run.ended(200)

    assert status == 0, err
    assert json.loads(out)["score"] == 2


@pytest.fixture
def one() -> Iterator[Session]:
    """A session of one runner, with its zygote started."""
    with Session(1) as session:
        list(graded(session, honest("hw5_mle"), "hw5_mle.log_likelihood_formula"))
        yield session


def graded(
    session: Session, source: bytes, *only: str,
    on_outcome: Callable[[Outcome], None] = lambda outcome: None,
) -> dict[str, Outcome]:  # fmt: skip
    rubric = load_rubric()
    submission = Submission("s", {"hw5_mle.py": source})
    chosen = rubric.select(None, only or ["hw5_mle"])
    return session.grade(submission, rubric, chosen, on_outcome=on_outcome).outcomes


@pytest.mark.slow
def test_a_killed_worker_costs_its_check_alone(one: Session) -> None:
    """Killed by the kernel for memory, for example."""
    killed: list[int] = []

    def kill_all() -> None:
        for pid in filter(is_worker, of(one)):
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)

    # The runner takes its next check when the session has heard of the last one.
    soon = threading.Timer(2.0, kill_all)

    def begin(outcome: Outcome) -> None:
        if outcome.check == answers:
            soon.start()

    answers, hangs = "hw5_mle.log_likelihood_formula", "hw5_mle.estimate_is_min_and_max"
    found = graded(one, HANGS, answers, hangs, on_outcome=begin)
    soon.join()

    assert killed
    assert [found[check].status for check in (answers, hangs)] == [Status.PASSED, Status.CRASHED]
    assert "SIGKILL" in found[hangs].message


@pytest.mark.slow
def test_a_killed_zygote_costs_one_check_and_never_the_student(one: Session) -> None:
    killed: list[int] = []
    right = honest("hw5_mle").replace(b"0.0, 1.0", b"float(min(samples)), float(max(samples))")

    found = graded(one, right, on_outcome=_killer(one, is_zygote, killed))

    assert killed
    lost = [o for o in found.values() if o.status is not Status.PASSED]
    assert len(lost) <= 1
    assert {o.status for o in lost} <= {Status.GRADER_ERROR}


def _killer(
    session: Session, wanted: Callable[[int], bool], killed: list[int]
) -> Callable[[Outcome], None]:
    """Kills one such process of the session after the first outcome."""

    def kill(_: Outcome) -> None:
        if not killed:
            killed.extend(until(lambda: [pid for pid in of(session) if wanted(pid)])[:1])
            os.kill(killed[0], signal.SIGKILL)

    return kill


@pytest.mark.slow
def test_many_grades_in_a_row_take_no_more_than_a_few(one: Session, tmp_path: Path) -> None:
    pid = one.runners()[0].process.pid
    sources = [honest("hw5_mle"), b"raise SystemExit", b"import os; os._exit(0)", b"def broken(:"]

    def settled() -> list[int]:
        """The processes, once the last worker has ended and the next one waits."""
        found = of(one)
        time.sleep(0.25)
        return found if found == of(one) else []

    def used() -> dict[str, int]:
        below = until(settled)
        memory = Path(f"/proc/{pid}/statm").read_text().split()[1]
        return {
            "processes": len(below),
            "files": sum(len(os.listdir(f"/proc/{p}/fd")) for p in (os.getpid(), *below)),
            "folders": sum(len(names) for _, names, _ in os.walk(one.runners()[0].scratch.path)),
            "memory_mib": int(memory) * os.sysconf("SC_PAGE_SIZE") >> 20,
        }

    before: dict[str, int] = {}
    for number in range(GRADES):
        if number == 20:
            before = used()
        graded(one, sources[number % len(sources)], "hw5_mle.log_likelihood_formula")
    after = used()

    print(f"{GRADES} grades: {before} -> {after}")
    assert one.runners()[0].process.pid == pid
    for name in ("processes", "files", "folders"):
        assert after[name] <= before[name], name
    assert after["memory_mib"] <= before["memory_mib"] + 30


@pytest.mark.slow
@ROOT_ONLY
@pytest.mark.parametrize("size", ["1m", "16k"])
def test_a_full_disk_is_told_in_words(tmp_path: Path, size: str) -> None:
    """A report where grading needs no more room than there is, otherwise one sentence."""
    folder, full = tmp_path / "s", tmp_path / "full"
    folder.mkdir()
    full.mkdir()
    (folder / "hw5_mle.py").write_bytes(honest("hw5_mle"))
    command = f"{sys.executable} -m grader grade {folder} --only hw5_mle --json {full}/report.json"
    script = (
        f"mount -t tmpfs -o size={size},nr_inodes=12 none {full} && "
        f"dd if=/dev/zero of={full}/rest bs=4k 2>/dev/null; {command}"
    )
    done = subprocess.run(
        [shutil.which("unshare") or "unshare", "--mount", "sh", "-c", script],
        capture_output=True, text=True, timeout=200, check=False, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(full)},
    )  # fmt: skip

    assert "Traceback" not in done.stderr
    assert "error:" in done.stderr
    assert done.returncode in (2, 3)
    if done.returncode == 2:
        assert "report.json cannot be written" in done.stderr
        assert "Score 2 of 5" in done.stdout


@pytest.mark.slow
@ROOT_ONLY
def test_no_network_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "hw5_mle.py").write_bytes(honest("hw5_mle"))
    done = subprocess.run(
        [shutil.which("unshare") or "unshare", "--net", sys.executable, "-m", "grader", "grade",
         str(tmp_path), "--only", "hw5_mle"],
        capture_output=True, text=True, timeout=200, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "Score 2 of 5" in done.stdout


@pytest.mark.parametrize("part", ["engine", "sandbox"])
def test_limits_use_a_clock_that_never_jumps(root: Path, part: str) -> None:
    jumping = {"time", "now", "utcnow", "today"}

    found = [
        (path.name, ast.unparse(node))
        for path in (root / "grader" / part).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in jumping
    ]

    assert found == []
