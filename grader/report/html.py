"""The report as one HTML file: no script, no request, readable on a phone, on paper and aloud."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from grader.records import CheckScore, ProblemScore, Report, Status
from grader.report.digest import (
    NOT_FINAL,
    WORDS,
    by_topic,
    counts,
    deductions,
    facts,
    in_full,
    isolation,
    plain,
    share,
    tally,
    totals,
    unwritten,
)
from grader.report.hidden import for_students
from grader.report.pictures import Picture, picture, weight
from grader.scoring import has_grader_error, percent

LONG = 1200
"""Texts with more characters, or more than LONG_LINES lines, are folded away."""
LONG_LINES = 24
MAX_PICTURES = 1_500_000
"""Characters of all pictures of a page together; what does not fit is left out, and counted."""

_TONES = {
    Status.PASSED: "good",
    Status.PENDING: "open",
    Status.NOT_IMPLEMENTED: "open",
    Status.SKIPPED: "open",
    Status.GRADER_ERROR: "ours",
}
_SIGNS = {"good": "✓", "open": "○", "ours": "!", "bad": "✗"}


def to_html(report: Report) -> str:
    """The whole page. Whatever it shows of a submission is escaped text."""
    report = for_students(report)
    checks = report.checks
    pictures, left_out = _pictures(checks)
    return _template().render(
        report=report,
        topics=by_topic(report),
        checks=checks,
        told={check.id for check in in_full(checks)},
        failures=list(in_full(checks)),
        unwritten=unwritten(report),
        percent=percent(report),
        not_final=NOT_FINAL if has_grader_error(report) else "",
        totals=totals(report),
        deductions=deductions(report),
        isolation=isolation(report),
        pictures=pictures,
        left_out=left_out,
    )


@cache
def _template() -> jinja2.Template:
    return environment().get_template("report.html.j2")


@cache
def environment(*folders: Path) -> jinja2.Environment:
    """The pages' templates and filters: all that they print is escaped, and shown plainly.

    `folders` hold templates besides the report's own.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([Path(__file__).with_name("templates"), *folders]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters |= {
        "points": lambda points: f"{points:g}",
        "words": lambda check: WORDS[check.status],
        "tone": lambda check: _tone(check.status),
        "sign": lambda check: _SIGNS[_tone(check.status)],
        "facts": facts,
        "tally": tally,
        "counts": _counts,
        "long": _long,
        "of": lambda points, most: share(points, most, " of "),
        "share": _sum,
        "beside": _beside,
    }
    return environment


def _pictures(checks: Iterable[CheckScore]) -> tuple[dict[str, list[Picture]], int]:
    """The pictures of each check by its id, and how many more there was no room for."""
    drawn: dict[str, list[Picture]] = {}
    room, left_out = MAX_PICTURES, 0
    for check in checks:
        drawn[check.id] = []
        for figure in check.figures:
            found = picture(figure)
            if weight(found) > room:
                left_out += 1
                continue
            room -= weight(found)
            drawn[check.id].append(found)
    return drawn, left_out


def _beside(
    checks: Iterable[CheckScore], pictures: dict[str, list[Picture]]
) -> list[tuple[CheckScore, list[Picture], bool]]:
    """Checks with their pictures, to be shown under the checks' names."""
    return [(check, pictures[check.id], True) for check in checks]


def _finalize(value: Any) -> Any:
    """Whatever the template prints: control characters and bidi overrides end here."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _tone(status: Status) -> str:
    return _TONES.get(status, "bad")


def _counts(checks: Iterable[CheckScore]) -> list[tuple[str, str, int]]:
    return [(WORDS[status], _tone(status), count) for status, count in counts(checks)]


def _long(text: str) -> bool:
    return len(text) > LONG or text.count("\n") >= LONG_LINES


def _sum(problems: list[ProblemScore]) -> str:
    """The points of some parts, extra credit told apart."""
    parts = []
    for extra, name in ((False, ""), (True, " extra")):
        chosen = [problem for problem in problems if problem.extra_credit is extra]
        if chosen:
            points, most = (sum(p.points for p in chosen), sum(p.max_points for p in chosen))
            parts.append(f"{share(points, most, ' of ')}{name}")
    return ", ".join(parts)
