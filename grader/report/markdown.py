"""The report as Markdown: for a job summary, an issue or a mail.

Text that a submission can influence stands in code, between fences or backticks longer than any run
of backticks inside: it can neither close them nor be read as Markdown or HTML.
"""

import re
import string

from grader.records import CheckScore, ProblemScore, Report, Status
from grader.report.digest import (
    NOT_FINAL,
    WORDS,
    as_text,
    by_topic,
    deductions,
    in_full,
    isolation,
    one_line,
    plain,
    share,
    tally,
    totals,
    unwritten,
)
from grader.report.hidden import for_students
from grader.scoring import has_grader_error

MAX_BYTES = 900_000
"""A job summary on GitHub holds 1 MiB, and one that is longer is not shown at all."""


def to_markdown(report: Report, limit: int = MAX_BYTES) -> str:
    """GitHub-flavoured Markdown; failures past `limit` bytes are counted instead of told."""
    report = for_students(report)
    blocks = [f"# Grade report: {code(report.submission)}", f"**{escaped(totals(report))}**"]
    if has_grader_error(report):
        blocks.append(f"**{escaped(NOT_FINAL)}**")
    blocks += [f"- {escaped(line)}" for line in deductions(report)]
    blocks += [f"- {code(remark, 500)}" for remark in report.remarks]
    for topic, problems in by_topic(report):
        blocks += [f"## {escaped(topic)}", _table(problems)]
    blocks += _unwritten(report)
    blocks += _failures(list(in_full(report.checks)), limit - _bytes(blocks))
    blocks.append(_provenance(report))
    return "\n\n".join(blocks) + "\n"


def code(text: str, limit: int = 200) -> str:
    """Text as inline code that nothing inside can end."""
    line = one_line(text, limit) or " "
    ticks = "`" * (_longest_run(line) + 1)
    return f"{ticks} {line} {ticks}" if "`" in line else f"{ticks}{line}{ticks}"


def fenced(text: str) -> str:
    """Text as a code block that nothing inside can end."""
    body = plain(text).strip("\n")
    fence = "`" * max(3, _longest_run(body) + 1)
    return f"{fence}text\n{body}\n{fence}"


def escaped(text: str) -> str:
    """The grader's own words, with Markdown's signs taken literally."""
    return re.sub(f"([{re.escape(_SIGNS)}])", r"\\\1", one_line(text, 500))


_SIGNS = "".join(set(string.punctuation) - set(",.;:()/%'\"?-")) + "-"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _table(problems: list[ProblemScore]) -> str:
    rows = ["| Part | Points | Checks |", "| --- | ---: | --- |"]
    for problem in problems:
        extra = " (extra credit)" if problem.extra_credit else ""
        points = share(problem.points, problem.max_points)
        cells = [escaped(problem.title) + extra, points, escaped(tally(problem.checks))]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _unwritten(report: Report) -> list[str]:
    found = unwritten(report)
    lines = []
    for topic in found:
        names = ", ".join(code(name) for name in topic.functions) or "hidden checks"
        lines.append(f"- {escaped(topic.topic)}: {names}")
        lines += [f"  - {code(message)}" for message in topic.absent]
    return ["## Not implemented yet", "\n".join(lines)] if found else []


def _failures(checks: list[CheckScore], room: int) -> list[str]:
    blocks = ["## What went wrong"] if checks else []
    for number, check in enumerate(checks):
        points = share(check.points, check.max_points)
        if check.status is Status.GRADER_ERROR:
            points = f"{check.max_points:g} points not judged"
        head = f"### {WORDS[check.status].capitalize()}: {escaped(check.title)} ({points})"
        block = f"{head}\n\n{code(check.id)}\n\n{fenced(as_text(check))}"
        room -= _bytes([block])
        if room < 0:
            return [*blocks, f"{len(checks) - number} more are in the other reports."]
        blocks.append(block)
    return blocks


def _bytes(blocks: list[str]) -> int:
    return sum(len(block.encode()) + 2 for block in blocks)


def _provenance(report: Report) -> str:
    made = report.provenance
    facts = (
        f"grader {made.version}, checks {made.checks_sha256[:12]}, seed {made.seed},"
        f" {isolation(report)}, submission {report.submission_sha256[:12]}"
    )
    return f"---\n\n{escaped(facts)}"
