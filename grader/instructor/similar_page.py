"""Alike submissions as one HTML file: both modules of a pair side by side, what is alike marked."""

from collections.abc import Sequence

from grader.instructor.class_page import TEMPLATES
from grader.instructor.similar import Pair
from grader.report.html import environment

MAX_SHOWN = 100
"""Pairs with their code in the page; the others are in its table alone."""


def to_similar_html(pairs: Sequence[Pair], submissions: int, at_least: float) -> str:
    """The whole page. Whatever it shows of submissions is escaped text."""
    template = environment(TEMPLATES).get_template("similar.html.j2")
    return template.render(
        pairs=pairs, shown=pairs[:MAX_SHOWN], submissions=submissions, at_least=at_least
    )
