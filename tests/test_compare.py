"""Answers are compared in one place, and a hint names the mistake that gives the same answer."""

from typing import Any, cast

import numpy as np
import pytest

from grader.checks.support.compare import (
    EXACT,
    FLOAT32,
    FLOAT64,
    TOO_COARSE,
    Tolerance,
    agree,
    as_array,
    as_float,
    as_int,
    as_list,
    at_least,
    at_most,
    close,
    expect_error,
    raises,
)
from grader.checks.support.laws import agree_with_one
from grader.checks.support.purity import left_alone
from grader.engine.failures import Mismatch, StudentError
from grader.engine.proxy import SubmissionProxy

RIGHT = np.array([1.0, 2.0])


def hint_of(got: Any, tolerance: Tolerance = FLOAT64, **how: Any) -> str | None:
    """The hint that comes with a wrong answer."""
    with pytest.raises(Mismatch) as error:
        agree(got, RIGHT, tolerance, "law", **how)
    return error.value.hint


def test_the_mistake_that_gives_the_answer_is_named() -> None:
    mistakes = {"reversed": RIGHT[::-1], "doubled": lambda: 2 * RIGHT}

    assert hint_of(np.array([2.0, 1.0]), mistakes=mistakes) == "reversed"
    assert hint_of(np.array([2.0, 4.0]), mistakes=mistakes) == "doubled"
    assert hint_of(np.array([7.0, 7.0]), mistakes=mistakes) is None
    assert hint_of(np.array([7.0, 7.0]), mistakes=mistakes, otherwise="else") == "else"


def test_mistakes_that_give_one_answer_are_all_named_up_to_three() -> None:
    mistakes = dict.fromkeys("abcd", np.zeros(2))

    assert hint_of(np.zeros(2), mistakes=mistakes) == "a; or: b; or: c"


def test_an_answer_of_too_few_digits_is_told_so() -> None:
    nearly = RIGHT * (1 + 1e-7)

    assert hint_of(nearly) == TOO_COARSE
    assert hint_of(nearly, otherwise="else") == "else"
    agree(nearly, RIGHT, FLOAT32, "law")
    assert hint_of(RIGHT * (1 + 1e-4), FLOAT32) is None


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ([np.nan], [np.nan], False),
        ([np.inf, 1.0], [np.inf, 1.0], True),
        ([np.inf], [-np.inf], False),
        ([1.0], [[1.0]], False),
        ([1e-10, 1.0], [0.0, 1.0], True),
        ([1e-10], [0.0], False),
    ],
)
def test_what_is_close(a: Any, b: Any, same: bool) -> None:
    assert close(a, b, Tolerance(1e-9, 0.0, "of the largest entry")) is same


@pytest.mark.parametrize("value", [None, "1", [1.0], 1j, np.ones(1)])
def test_what_is_no_number(value: Any) -> None:
    with pytest.raises(Mismatch):
        as_float(value)


def test_a_missing_return_is_named() -> None:
    for read in (as_float, as_array, as_list):
        with pytest.raises(Mismatch, match="is a return missing"):
            read(None)


def test_a_fraction_is_no_whole_number() -> None:
    assert as_int(np.array(3.0)) == 3
    with pytest.raises(Mismatch, match="wrong type"):
        as_int(2.5)


def test_a_number_that_is_none_keeps_no_bound() -> None:
    for law in (at_most, at_least):
        with pytest.raises(Mismatch):
            law(float("nan"), 1.0, "law")


def test_any_accepted_answer_will_do() -> None:
    agree_with_one(RIGHT, [RIGHT + 1, RIGHT], EXACT, "law")

    with pytest.raises(Mismatch) as error:
        agree_with_one(2 * RIGHT, [RIGHT], EXACT, "law", [("twice", 2 * RIGHT)], "else")
    assert error.value.hint == "twice"


class Answers:
    """A submission of which every call returns a value or raises an error."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if isinstance(self.value, StudentError):
            raise self.value
        return self.value


def submission(value: Any) -> SubmissionProxy:
    return cast(SubmissionProxy, Answers(value))


def error_of(builtin: str) -> StudentError:
    return StudentError("f", builtin, builtin, "why", "")


def test_an_error_that_is_asked_for_may_be_a_derived_one() -> None:
    expect_error(ValueError, "here", submission(error_of("UnicodeError")), "f")

    assert raises(ValueError, submission(error_of("UnicodeError")), "f")
    assert not raises(ValueError, submission(error_of("KeyError")), "f")
    assert not raises(ValueError, submission(1), "f")


def test_a_missing_error_says_when_it_is_asked_for_and_why_it_may_be_missing() -> None:
    with pytest.raises(Mismatch) as error:
        expect_error(ValueError, "for 0", submission(7), "f", 0, hint=lambda value: f"not {value}")

    found = error.value
    assert (found.law, found.got, found.hint) == ("f must raise ValueError for 0", "7", "not 7")


def test_another_error_is_shown() -> None:
    with pytest.raises(Mismatch) as error:
        expect_error(ValueError, "for 0", submission(error_of("KeyError")), "f", 0)

    assert error.value.got == "raised KeyError: why"


def state(**changes: Any) -> dict[str, Any]:
    """What is read of a model with one weight, its gradient filled."""
    plain: dict[str, Any] = {
        "parameters": {"w": np.ones(2)},
        "gradients": {"w": np.ones(2)},
        "buffers": {"mean": np.zeros(2)},
        "requires_grad": {"w": True},
        "training": True,
    }
    return plain | changes


@pytest.mark.parametrize(
    ("change", "law", "hint"),
    [
        ({"training": False, "parameters": {"w": np.zeros(2)}}, "training mode", "mode back"),
        ({"requires_grad": {"w": False}}, "requires_grad", "lasts after the call"),
        ({"parameters": {"w": np.zeros(2)}}, "parameters", "only the input"),
        ({"gradients": {"w": None}}, "gradients", "zero_grad"),
        ({"gradients": {"w": np.zeros(2)}}, "gradients", "zero_grad"),
        ({"gradients": {"w": 2 * np.ones(2)}}, "gradients", "loss.backward"),
        ({"buffers": {"mean": np.ones(2)}}, "buffers", "running statistics"),
        ({"buffers": {}}, "buffers", "running statistics"),
    ],
)
def test_a_model_that_was_changed_is_told_in_which_part(
    change: dict[str, Any], law: str, hint: str
) -> None:
    left_alone("f", state(), state())

    with pytest.raises(Mismatch, match=law) as error:
        left_alone("f", state(), state(**change))
    assert hint in (error.value.hint or "")
