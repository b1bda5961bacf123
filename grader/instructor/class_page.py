"""The class report as one HTML file, in the look of a student's report: no script, no request."""

import statistics
from pathlib import Path

from grader.instructor.summary import BINS, CheckFigures, ClassSummary
from grader.report.html import environment

TEMPLATES = Path(__file__).parent / "templates"
WEAK = 0.2
"""Below this correlation, a check tells strong and weak submissions hardly apart."""


def to_class_html(summary: ClassSummary) -> str:
    """The whole page. Whatever it shows of submissions is escaped text."""
    crashing = [check for check in summary.checks if check.crashes or check.timeouts]
    return (
        environment(TEMPLATES)
        .get_template("class.html.j2")
        .render(
            summary=summary,
            figures=_figures(summary),
            bars=_bars(summary),
            slowest=sorted(summary.checks, key=lambda check: -check.max_s)[:10],
            crashing=sorted(crashing, key=lambda check: -(check.crashes + check.timeouts)),
            open=[mark for mark in summary.marks if mark.open and mark.total is not None],
            verdict=_verdict,
            share=_share,
        )
    )


def _figures(summary: ClassSummary) -> list[tuple[str, str]]:
    """The figures at the top, as names and texts."""
    totals = summary.totals
    rows = [
        ("Submissions graded", f"{summary.graded} of {len(summary.marks)} students"),
        ("Needs a person", _students(len(summary.attention))),
    ]
    if totals:
        low, high = totals[0], totals[-1]
        rows += [
            ("Median", f"{statistics.median(totals):g} of {summary.possible:g}"),
            ("Mean", f"{statistics.fmean(totals):.1f} of {summary.possible:g}"),
            ("Lowest and highest", f"{low:g} and {high:g}"),
        ]
    return rows


def _students(count: int) -> str:
    return "1 student" if count == 1 else f"{count} students"


def _bars(summary: ClassSummary) -> list[tuple[str, int, float]]:
    """The histogram's rows: the tenth in words, the count, and the bar's length in percent."""
    most = max(summary.histogram)
    bars = []
    for number, count in enumerate(summary.histogram):
        low = 100 * number // BINS
        words = f"{low} to {low + 100 // BINS} %" if number < BINS - 1 else f"{low} % and more"
        bars.append((words, count, 100 * count / most if most else 0.0))
    return bars


def _verdict(check: CheckFigures) -> str:
    """What a check's correlation says, for a person who does not know it by heart."""
    if check.discrimination is None:
        return "all the same"
    if check.discrimination < 0:
        return "look at this check"
    return "weak" if check.discrimination < WEAK else ""


def _share(count: int, of: int) -> str:
    return f"{100 * count / of:.0f} %" if of else "none judged"
