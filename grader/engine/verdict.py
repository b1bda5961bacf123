"""The verdict on a check: what happened in its run as an outcome, in words for the student."""

from hypothesis.errors import Flaky

from grader.engine import margins
from grader.engine.examples import Examples
from grader.engine.failures import EndCheck, Mismatch, StudentError
from grader.engine.plain_text import clean
from grader.records import Counterexample, Outcome, Status

MAX_CALLS_SHOWN = 4
_SAYS_IT_ALL = (Status.NOT_IMPLEMENTED, Status.IMPORT_ERROR, Status.REFUSED)
"""Ends of which a call would tell nothing more."""


def outcome(
    check: str,
    examples: Examples,
    caught: BaseException | None,
    replay: str,
    seconds: float,
) -> Outcome:
    """The outcome of a run that ended with `caught`; `replay` is the command that replays it."""
    status, message, error = _judged(examples, caught)
    return Outcome(
        check=check,
        status=status,
        fraction=examples.entry.fraction if status is Status.PASSED else 0.0,
        message=clean(message),
        counterexample=None if error is None else _shown(error, examples, replay),
        notes=tuple(clean(note) for note in examples.entry.notes),
        printed=examples.proxy.printed(),
        seconds=seconds,
        figures=examples.figures(status),
        used=margins.taken(),
    )


def _judged(
    examples: Examples, caught: BaseException | None
) -> tuple[Status, str, BaseException | None]:
    """The status, the message, and what a counterexample has to show, if anything."""
    if caught is None:
        return Status.PASSED, "", None
    if examples.smallest is not None:
        # Also when shrinking ended in a hang or out of time: the failure itself is known.
        error = examples.smallest.error
        return Status.FAILED, _words(error, unsteady=isinstance(caught, Flaky)), error
    if isinstance(caught, EndCheck):
        return caught.status, caught.message, None if caught.status in _SAYS_IT_ALL else caught
    return Status.GRADER_ERROR, f"{type(caught).__name__}: {caught}", None


def _words(error: BaseException, *, unsteady: bool) -> str:
    if isinstance(error, Mismatch):
        text = error.law + (f"\nHint: {error.hint}" if error.hint else "")
    elif isinstance(error, StudentError):
        text = str(error) + (f"\n{error.frames}" if error.frames else "")
    else:
        text = str(error)
    if unsteady:
        text += "\nThe answers differ from call to call with the same arguments."
    return text


def _shown(error: BaseException, examples: Examples, replay: str) -> Counterexample | None:
    shown = examples.calls()[-MAX_CALLS_SHOWN:]
    if not shown:
        return None
    got = error.got if isinstance(error, Mismatch) else str(error)
    expected = error.expected if isinstance(error, Mismatch) else "an answer"
    return Counterexample(
        call=clean("\n".join(call.text() for call in shown)),
        got=clean(got),
        expected=clean(expected),
        replay=replay,
    )
