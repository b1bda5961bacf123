"""Whatever a worker answers, a check ends in words and nobody is blamed for another; it is asked twice."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.engine import forms
from grader.engine.calls import MAX_REMEMBERED
from grader.engine.failures import EndCheck, StudentError
from grader.engine.proxy import SubmissionProxy
from grader.engine.zygotes import ZygotePool
from grader.records import Status
from grader.sandbox import describe, kits, outline, wire
from grader.sandbox.channel import WorkerDied
from grader.sandbox.limits import MIB, Limits

ANSWER = {"value": 1.0}


class Told:
    """A channel whose answers are given; it keeps what it was asked, with the time allowed."""

    def __init__(self, answers: Callable[[str], tuple[str, Any]]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, float]] = []

    def request(self, operation: str, payload: dict[str, Any], timeout: float) -> tuple[str, Any]:
        self.asked.append((operation, timeout))
        return self.answers(operation)

    def printed(self) -> str:
        return ""

    def close(self) -> None:
        pass


def asking(channel: Any, **limits: Any) -> SubmissionProxy:
    """A submission behind this channel."""
    return SubmissionProxy(
        "m", {"m.py": b""}, {"m.pth": b""}, lambda: channel, Limits(**limits), time.monotonic() + 60
    )


def answering(status: str, data: Any) -> SubmissionProxy:
    """A submission that loads, and gives this answer to everything else."""
    return asking(
        Told(lambda asked: ("ok", None) if asked in ("files", "load") else (status, data))
    )


@pytest.mark.parametrize(("size", "again"), [(9, 3), (MIB // 8 + 1, 0)])
def test_large_answers_are_judged_and_forgotten(size: int, again: int) -> None:
    answer = np.zeros(size)
    told = Told(lambda asked: ("ok", {"value": answer} if asked == "call" else None))
    calls = asking(told)
    for _ in range(3):
        assert calls.call("f") is answer
    kept = [call.value is answer for call in calls.calls]
    told.asked.clear()
    calls.ask_again()

    assert kept == [again > 0] * 3
    assert [asked for asked, _ in told.asked if asked == "call"] == ["call"] * again


def test_the_weight_of_an_answer_is_counted_no_further_than_wanted() -> None:
    assert forms.weight([np.zeros(100), "x" * 50, {"a": b"bc"}], 10**6) == pytest.approx(1200, 0.2)
    assert forms.weight([[[0] * 1000] * 1000] * 1000, 10**5) < 2 * 10**5


@pytest.mark.parametrize("name", ["message", "name", "builtin", "traceback"])
@pytest.mark.parametrize(
    "lie", [["x"] * 9, 3, b"bytes", {"a": 1}], ids=lambda lie: type(lie).__name__
)
def test_a_text_that_is_none_breaks_the_protocol(name: str, lie: Any) -> None:
    raised = {"builtin": "ValueError", "name": "ValueError", "message": "", "traceback": ""}

    with pytest.raises(EndCheck) as ended:
        answering("raised", {**raised, name: lie}).call("f")

    assert ended.value.status is Status.VIOLATION


@pytest.mark.parametrize(
    ("status", "data"), [("missing", {"near": [1]}), ("output_limit", {"message": 1}), ("x", None)]
)
def test_other_answers_without_a_text_break_it_too(status: str, data: Any) -> None:
    with pytest.raises(EndCheck) as ended:
        answering(status, data).call("f")

    assert ended.value.status is Status.VIOLATION


def test_an_outline_of_another_form_is_none() -> None:
    source = b"import numpy as np\nx = np.pi\ndef f(a):\n    return np.sum(a)\n"
    real = outline.outline(source)

    assert forms.is_outline(real)
    for part in (real, real["functions"]["f"]):
        for name, value in list(part.items()):
            for lie in (None, [[]], {"x": 3}, 2.0):
                part[name] = lie
                assert not forms.is_outline(real), (name, lie)
            part[name] = value
    assert forms.is_outline(real)


@pytest.mark.parametrize(
    "lie",
    [
        [],
        {1: [2]},
        {"a": (2, 3)},
        {"a": [-1]},
        {"a": [True]},
        {"a": [2.0]},
        {"a": [np.ones(2)]},
        {"a": [np.zeros((0, 3)), 0]},
        {"a": [1] * 9},
        {"a": [1 << 24], "b": [1]},
        {"a": [0, 1 << 15]},
        {"a": [0, 10**30]},
        {str(k): [1] for k in range(1025)},
    ],
)
def test_shapes_that_no_check_should_draw_are_none(lie: Any) -> None:
    """What is drawn for a network is bounded before the first number is drawn."""
    assert forms.are_shapes({"weight": [3, 2], "bias": [3], "scale": [], "empty": [0, 5]})
    assert not forms.are_shapes(lie)


def test_a_network_that_no_check_draws_says_so_itself() -> None:
    """An honest worker with too large a network raises; it does not break the protocol."""
    import torch
    from torch import nn

    assert describe.module_shapes([nn.Linear(2, 3)]) == {"0.weight": [3, 2], "0.bias": [3]}
    for large in ((1 << 12, 1 << 12), (0, 1 << 15), (1,) * 9):
        network = nn.Module()
        network.register_parameter("weight", nn.Parameter(torch.empty(large)))
        network.register_parameter("bias", nn.Parameter(torch.empty(1)))
        with pytest.raises(ValueError, match="16,777,216 numbers or 8 dimensions"):
            describe.module_shapes(network)


def test_all_that_is_sent_in_a_check_is_sent_in_its_time() -> None:
    told = Told(lambda _: ("ok", {}))
    calls = asking(told, check_s=0.5, import_s=20)
    calls.weights("m.pth")
    time.sleep(0.5)
    with pytest.raises(EndCheck, match="used up its"):
        calls.weights("m.pth")

    assert [operation for operation, _ in told.asked] == ["files", "load", "files", "weights"]
    assert max(seconds for _, seconds in told.asked) <= 0.5


def test_a_worker_that_dies_while_a_file_is_sent_is_no_error_of_the_grader() -> None:
    def die(operation: str) -> tuple[str, Any]:
        if len(told.asked) > 2:
            raise WorkerDied("crashed", "the process was ended by SIGKILL")
        return "ok", None

    told = Told(die)
    with pytest.raises(EndCheck, match=r"m\.pth.*SIGKILL") as ended:
        asking(told).weights("m.pth")

    assert ended.value.status is Status.CRASHED


def built(pool: ZygotePool, source: bytes, kit: wire.Kit) -> None:
    """A kit, by a worker that has loaded this source."""
    limits = Limits()
    calls = SubmissionProxy(
        "m", {"m.py": source}, {}, lambda: pool.channel(["numpy"], limits), limits,
        time.monotonic() + 60,
    )  # fmt: skip
    try:
        calls.build(kit)
    finally:
        calls.close()


def test_a_kit_that_cannot_be_built_is_the_graders_error(pool: ZygotePool) -> None:
    with pytest.raises(EndCheck, match="KeyError") as ended:
        built(pool, b"", kits.basis("nonesuch"))

    assert ended.value.status is Status.GRADER_ERROR


def test_a_kit_that_a_submission_broke_is_its_own_error(pool: ZygotePool) -> None:
    broken = b"from grader.sandbox import builders\nbuilders.BASIS.clear()\n"

    with pytest.raises(StudentError, match="KeyError"):
        built(pool, broken, kits.basis("sin"))
    built(pool, b"", kits.basis("sin"))


def test_a_worker_cannot_claim_that_the_grader_is_to_blame() -> None:
    words = {
        "builtin": "ImportError",
        "name": "ImportError",
        "message": "no torch",
        "traceback": "",
    }
    answers = {"files": ("ok", None), "load": ("ok", None), "build": ("ok", ANSWER)}
    calls = asking(Told(lambda operation: answers.get(operation, ("unbuilt", words))))

    with pytest.raises(StudentError, match="no torch"):
        calls.call("f", kits.basis("sin"))


class Counting(Told):
    """A worker that answers with its argument, and keeps what it was asked with."""

    def __init__(self) -> None:
        super().__init__(lambda _: ("ok", None))
        self.given: list[int] = []

    def request(self, operation: str, payload: dict[str, Any], timeout: float) -> tuple[str, Any]:
        if operation != "call":
            return super().request(operation, payload, timeout)
        (argument,) = payload["args"]
        self.given.append(argument)
        return "ok", {"value": argument}


@pytest.mark.parametrize("count", [3, MAX_REMEMBERED, 200])
def test_each_remembered_call_is_asked_again_once(count: int) -> None:
    told = Counting()
    calls = asking(told)
    for number in range(count):
        calls.call("f", number)
    told.given.clear()
    calls.ask_again()

    assert len(told.given) == len(set(told.given)) == min(count, MAX_REMEMBERED)
    # They are from all of the check.
    assert max(told.given) >= 0.9 * (count - 1)


def test_calls_are_asked_again_in_reverse() -> None:
    told = Counting()
    calls = asking(told)
    for number in range(5):
        calls.call("f", number)
    told.given.clear()
    calls.ask_again()

    assert told.given == [4, 3, 2, 1, 0]
