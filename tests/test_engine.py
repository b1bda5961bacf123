"""The engine: every way in which a submission can end a check, and that the next check goes on."""

import importlib
import os
import signal
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from mle import ESTIMATE, LIKELIHOOD, RIGHT, TOPIC

from grader.engine import plugin, runner
from grader.engine.result import Result
from grader.engine.session import Session
from grader.records import Isolation, Outcome, Status
from grader.rubric import load_rubric
from grader.sandbox.inprocess import InProcess
from grader.sandbox.limits import Limits
from grader.submission import Submission

CANCELS = f"import signal\nsignal.raise_signal({int(runner.CANCEL)})\n"


def graded(session: Session, source: str, topic: str = TOPIC, **options: Any) -> Result:
    rubric = load_rubric()
    files = {f"{topic}.py": source.encode()} if source is not None else {}
    return session.grade(Submission("s", files), rubric, rubric.select(None, [topic]), **options)


def by_function(result: Result, function: str) -> list[Outcome]:
    index = load_rubric().index
    return [o for o in result.outcomes.values() if index[o.check].functions == (function,)]


def statuses(result: Result) -> Counter[Status]:
    return Counter(outcome.status for outcome in result.outcomes.values())


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("raise NotImplementedError('HW5 P2')", Status.NOT_IMPLEMENTED),
        ("import os; os._exit(0)", Status.CRASHED),
        ("import ctypes; ctypes.string_at(0)", Status.CRASHED),
        ("return bytearray(1 << 34)", Status.OUT_OF_MEMORY),
        ("return np.zeros(1 << 24)", Status.OUTPUT_LIMIT),
        ("import os; os.write(3, b'{\"score\": 100}')", Status.VIOLATION),
        ("return 1 / 0", Status.FAILED),
        ("raise SystemExit(0)", Status.FAILED),
        ("return None", Status.FAILED),
        ("return (i for i in samples)", Status.FAILED),
        ("return (float('nan'), float('nan'))", Status.FAILED),
    ],
)
def test_each_way_to_end_has_its_status_and_the_next_check_goes_on(
    session: Session, body: str, status: Status
) -> None:
    result = graded(session, f"{LIKELIHOOD}\ndef uniform_mle(samples):\n    {body}\n")

    assert {o.status for o in by_function(result, "uniform_mle")} <= {status, Status.FAILED}
    assert status in {o.status for o in by_function(result, "uniform_mle")}
    assert {o.status for o in by_function(result, "uniform_log_likelihood")} == {Status.PASSED}


@pytest.mark.slow
def test_a_hang_ends_its_check_alone(session: Session) -> None:
    result = graded(session, f"{LIKELIHOOD}\ndef uniform_mle(samples):\n    while True: pass\n")

    assert Status.TIMEOUT in {o.status for o in by_function(result, "uniform_mle")}
    assert {o.status for o in by_function(result, "uniform_log_likelihood")} == {Status.PASSED}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def broken(:\n", "SyntaxError"),
        ("import torhc\n", "torhc"),
        ("raise SystemExit\n", "SystemExit"),
        ("x = 1 / 0\n", "ZeroDivisionError"),
        ("# -*- coding: klingon -*-\n", "klingon"),
        ("\0", "null"),
    ],
)
def test_a_module_that_does_not_load_says_why(session: Session, source: str, words: str) -> None:
    result = graded(session, source)

    # Policies read a source whether it loads or not.
    index = load_rubric().index
    ran = [o for o in result.outcomes.values() if index[o.check].kind != "policy"]
    assert {o.status for o in ran} == {Status.IMPORT_ERROR}
    assert all(words in o.message for o in ran)


def test_a_submission_never_causes_a_grader_error(session: Session) -> None:
    values = ["None", "object()", "{}", "[[]]", "'text'", "np.array(['a'])", "float('nan')",
              "10**400", "np.zeros((0, 3))", "(None, None)", "lambda: 1", "b''", "1j"]  # fmt: skip
    for value in values:
        source = (
            "import numpy as np\n"
            f"def uniform_mle(samples): return {value}\n"
            f"def uniform_log_likelihood(samples, a, b): return {value}\n"
        )
        result = graded(session, source)

        bad = [o for o in result.outcomes.values() if o.status is Status.GRADER_ERROR]
        assert bad == [], value


def test_an_answer_that_depends_on_earlier_calls_is_caught(session: Session) -> None:
    source = LIKELIHOOD + (
        "seen = []\n"
        "def uniform_mle(samples):\n"
        "    seen.append(1)\n"
        "    if len(samples) == 0: raise ValueError\n"
        "    bump = 1e-3 if len(seen) > 20 else 0.0\n"
        "    return float(min(samples)) - bump * 0, float(max(samples)) + (0 if bump == 0 else 1)\n"
    )

    assert Status.FAILED in {o.status for o in by_function(graded(session, source), "uniform_mle")}


def test_an_echo_of_the_process_id_fails_when_asked_again(session: Session) -> None:
    """Random answers that happen to satisfy a law still fail: the same question, another answer."""
    source = LIKELIHOOD + ESTIMATE.replace(
        "return", "import os\n    noise = os.getpid() * 1e-3\n    return"
    )
    source = source.replace("float(max(samples))", "float(max(samples)) + noise")

    assert Status.FAILED in {o.status for o in by_function(graded(session, source), "uniform_mle")}


def test_the_smallest_failing_input_is_found(session: Session) -> None:
    source = LIKELIHOOD + ESTIMATE.replace(
        "max(samples)", "sorted(samples)[-2] if len(samples) > 1 else samples[0]"
    )

    failed = [
        o for o in by_function(graded(session, source), "uniform_mle") if o.status is Status.FAILED
    ]

    assert failed
    shown = min((o.counterexample.call for o in failed if o.counterexample), key=len)
    assert len(shown) < 80


def test_outcomes_are_the_same_whatever_the_order_and_the_number_of_runners() -> None:
    source = LIKELIHOOD + ESTIMATE.replace("max(samples)", "samples[-1]")
    found = []
    for jobs in (1, 2):
        with Session(jobs) as session:
            result = graded(session, source, seed=5)
        found.append(
            {c: (o.status, o.message, o.counterexample) for c, o in result.outcomes.items()}
        )

    assert found[0] == found[1]


@pytest.mark.parametrize("runners", [1, 2])
def test_a_runner_that_is_killed_costs_the_check_that_it_was_at(
    runners: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it had judged counts, and others judge the rest."""
    hand_out = Session._hand_out
    taken: list[str] = []

    def kill_at_the_fourth(session: Session, worker: Any) -> None:
        hand_out(session, worker)
        taken.extend(worker.open)
        if len(taken) == 4:
            worker.process.kill()

    monkeypatch.setattr(Session, "_hand_out", kill_at_the_fourth)
    with Session(runners) as session:
        result = graded(session, RIGHT)

    lost = {c: o.message for c, o in result.outcomes.items() if o.status is Status.GRADER_ERROR}
    assert lost == {taken[3]: "the grader's runner ended"}
    assert sorted(taken) == sorted(result.outcomes)


def test_what_a_runner_leaves_when_the_time_is_over_is_no_timeout(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The submission has not used that time up: the grader has."""
    hand_out = Session._hand_out

    def kill(session: Session, worker: Any) -> None:
        hand_out(session, worker)
        worker.process.kill()

    monkeypatch.setattr("grader.engine.session.SUBMISSION_S", 0.0)
    monkeypatch.setattr(Session, "_hand_out", kill)
    with Session(1) as session:
        result = graded(session, RIGHT)

    assert set(statuses(result)) == {Status.GRADER_ERROR}


def test_runners_of_a_topic_take_its_checks_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is taken once, whichever runner asks for it."""
    hand_out = Session._hand_out
    taken: dict[int, list[str]] = {}

    def note(session: Session, worker: Any) -> None:
        hand_out(session, worker)
        taken.setdefault(worker.process.pid, []).extend(worker.open)

    monkeypatch.setattr(Session, "_hand_out", note)
    with Session(2) as session:
        result = graded(session, f"import time\ntime.sleep(0.1)\n{RIGHT}")

    assert len(taken) == 2
    assert sorted(check for checks in taken.values() for check in checks) == sorted(result.outcomes)
    assert Status.GRADER_ERROR not in statuses(result)


def test_a_runner_that_dies_before_its_job_costs_that_job_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connect = Session._connect

    def too_late(session: Session, worker: Any, *arguments: Any) -> None:
        worker.process.kill()
        os.waitid(os.P_PID, worker.process.pid, os.WEXITED | os.WNOWAIT)
        connect(session, worker, *arguments)

    with Session(1) as session:
        with monkeypatch.context() as patch:
            patch.setattr(Session, "_connect", too_late)
            lost = graded(session, RIGHT)
        found = graded(session, RIGHT)

    assert set(statuses(lost)) == {Status.GRADER_ERROR}
    assert Status.GRADER_ERROR not in statuses(found)


def test_runners_share_a_zygote_and_a_dead_one_of_either_is_replaced(root: Path) -> None:
    rubric = load_rubric()
    topics = [TOPIC, "hw5_pca"]
    files = {f"{topic}.py": (root / "reference" / f"{topic}.py").read_bytes() for topic in topics}
    submission, chosen = Submission("s", files), rubric.select(None, topics)
    with Session(2) as session:
        for _ in range(2):
            result = session.grade(submission, rubric, chosen)
            started = session.processes()

            assert Status.GRADER_ERROR not in statuses(result)
            assert len(started) == 3
            for pid in started:
                os.kill(pid, signal.SIGKILL)
                os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


@pytest.mark.parametrize("cancelled", [True, False])
def test_a_cancelled_job_ends_whatever_pytest_makes_of_the_interrupt(
    cancelled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Describing an interrupt at a place without a line number, pytest raises a TypeError."""
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    cancellation = runner.Cancellation()

    def run_job(*_: object) -> None:
        cancellation.happened = cancelled
        raise TypeError

    monkeypatch.setattr(runner, "run_job", run_job)
    pool: Any = SimpleNamespace(isolation=lambda preload: Isolation("none", {}))
    job = runner.Job(7, TOPIC, {}, "", 0, "none", 1.0)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        if not cancelled:
            with pytest.raises(TypeError):
                runner._serve(theirs, job, pool, cancellation)
            return
        runner._serve(theirs, job, pool, cancellation)

        assert "isolation" in runner.receive(ours)
        assert runner.receive(ours) == {"done": 7, "error": ""}


@pytest.fixture
def cancellation() -> Iterator[runner.Cancellation]:
    """One of a runner that is at a check."""
    before = signal.getsignal(runner.CANCEL)
    found = runner.Cancellation()
    found.heard(lambda: "a check")
    yield found
    signal.signal(runner.CANCEL, before)


def test_a_cancellation_waits_for_an_import_to_end(
    cancellation: runner.Cancellation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library that is half imported, as torch, could not be imported again."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "slow_library.py").write_text(CANCELS + "WHOLE = True\n")

    assert importlib.import_module("slow_library").WHOLE
    assert not cancellation.happened
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(runner.CANCEL)
    assert cancellation.happened


def test_a_cancellation_does_not_wait_for_a_submission_that_is_imported(
    cancellation: runner.Cancellation,
) -> None:
    """In mode `none` that happens in the runner, and may hang."""
    channel = InProcess(Limits())
    try:
        channel.request("files", {"files": {"s.py": CANCELS.encode()}}, 1.0)
        status, _ = channel.request("load", {"module": "s", "seed": 0}, 1.0)
    finally:
        channel.close()

    assert (status, cancellation.happened) == ("import_error", True)


def test_a_cancellation_that_is_dropped_comes_again(
    cancellation: runner.Cancellation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is raised in a finaliser is printed and forgotten."""
    now = [100.0]
    monkeypatch.setattr(runner, "time", SimpleNamespace(monotonic=lambda: now[0]))
    for later, heard in ((0.0, True), (0.5, False), (2.0, True)):
        now[0] += later
        with pytest.raises(KeyboardInterrupt) if heard else nullcontext():
            signal.raise_signal(runner.CANCEL)


def test_a_parametrised_check_is_refused() -> None:
    """All but its last case would go unasked."""
    item = SimpleNamespace(stash={plugin._ENTRY: SimpleNamespace(id="topic.check")})
    context: Any = None
    setup: Any = plugin._setup(context, iter([]))

    with pytest.raises(pytest.UsageError, match="parametrised"):
        setup.pytest_runtestloop(SimpleNamespace(items=[item, item]))


def test_every_check_was_run_in_the_sandbox(session: Session) -> None:
    assert graded(session, RIGHT).isolation.level == "full"


def test_inputs_do_not_depend_on_the_modules_that_happen_to_be_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hypothesis.internal.conjecture import providers

    (tmp_path / "odd_numbers.py").write_text("NUMBERS = (123457, 0.123457, 'odd numbers')\n")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("odd_numbers")

    assert len(providers._get_local_constants()) == 0
