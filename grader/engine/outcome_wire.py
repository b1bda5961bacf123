"""Outcomes as plain data and back, for everything that sends or keeps them."""

from typing import Any

from grader import figures
from grader.records import Counterexample, Outcome, Status


def outcome_to_wire(outcome: Outcome) -> dict[str, Any]:
    """An outcome as plain data."""
    counter = outcome.counterexample
    return {
        "check": outcome.check,
        "status": outcome.status.value,
        "fraction": outcome.fraction,
        "message": outcome.message,
        "counterexample": None
        if counter is None
        else [counter.call, counter.got, counter.expected, counter.replay],
        "notes": list(outcome.notes),
        "printed": outcome.printed,
        "seconds": outcome.seconds,
        "used": dict(outcome.used),
        "figures": [figures.to_plain(figure) for figure in outcome.figures],
    }


def outcome_from_wire(data: dict[str, Any]) -> Outcome:
    """The outcome back from plain data."""
    counter = data["counterexample"]
    return Outcome(
        check=data["check"],
        status=Status(data["status"]),
        fraction=data["fraction"],
        message=data["message"],
        counterexample=None if counter is None else Counterexample(*counter),
        notes=tuple(data["notes"]),
        printed=data["printed"],
        seconds=data["seconds"],
        used=data["used"],
        figures=tuple(figures.from_plain(figure) for figure in data["figures"]),
    )
