"""The `entry` of a check: thresholds and rules to read, and where it leaves what it measured."""

from collections.abc import Mapping
from typing import Any

from grader.figures import MAX_FIGURES, Figure
from grader.rubric import CheckEntry


class Entry:
    """What a check knows of its rubric entry; where it leaves notes, pictures, partial credit."""

    def __init__(self, entry: CheckEntry) -> None:
        self.thresholds: Mapping[str, Any] = entry.thresholds
        self.rules: Mapping[str, Any] = entry.rules
        self.functions = entry.functions
        self.notes: list[str] = []
        self.figures: list[Figure] = []
        self.fraction = 1.0

    def note(self, text: str) -> None:
        """Leave a measured figure for the report."""
        self.notes.append(text)

    def draw(self, figure: Figure) -> None:
        """Leave a picture for the report, before judging what it shows.

        Of a check that failed the report has the pictures of the smallest failing input, of one
        that passed those of the input with the most to see.
        """
        if len(self.figures) == MAX_FIGURES:
            raise ValueError(f"more than {MAX_FIGURES} pictures of one input")
        self.figures.append(figure)

    def award(self, fraction: float) -> None:
        """Earn this share of the points, from 0 to 1, if the check passes."""
        if not 0.0 <= fraction <= 1.0:
            raise ValueError(f"a share of {fraction}")
        self.fraction = float(fraction)
