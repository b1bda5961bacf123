"""How much of each tolerance right answers use up: the evidence that a tolerance rests on.

A comparison that accepts an answer says here which share of what is allowed its error was; the
plugin reads it once per check. `grader calibrate` keeps the largest share over all right answers.
"""

_used: dict[str, float] = {}


def note(tolerance: str, share: float) -> None:
    """An answer was accepted with this share, in [0, 1], of what the tolerance allows."""
    _used[tolerance] = max(share, _used.get(tolerance, 0.0))


def taken() -> dict[str, float]:
    """The largest share of each tolerance since the last call."""
    found = dict(_used)
    _used.clear()
    return found
