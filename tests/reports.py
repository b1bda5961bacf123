"""Reports for the tests of the renderers: a small one, hostile ones, and any that could occur."""

import json
from collections.abc import Callable
from typing import Any, get_args

from hypothesis import strategies as st

from grader.figures import (
    MAX_TEXT,
    MAX_VALUE,
    Bars,
    Chart,
    Figure,
    Histogram,
    ImageGrid,
    Marker,
    Role,
    Row,
    Series,
    Tile,
)
from grader.records import (
    CheckScore,
    Counterexample,
    Isolation,
    ProblemScore,
    Provenance,
    Report,
    Status,
)
from grader.report.canvas import to_canvas
from grader.report.github import classroom_result, to_annotations
from grader.report.gradescope import to_gradescope
from grader.report.html import to_html
from grader.report.junit import to_junit
from grader.report.markdown import to_markdown

RENDERERS: dict[str, Callable[[Report], str]] = {
    "report.html": to_html,
    "junit.xml": to_junit,
    "results.json": to_gradescope,
    "summary.md": to_markdown,
    "annotations.txt": to_annotations,
    "classroom.json": lambda report: json.dumps(classroom_result(report), indent=2) + "\n",
    "canvas.csv": to_canvas,
}
PROVENANCE = Provenance("0.1.0", "c" * 64, 7, {"numpy": "2.4.6", "torch": "2.13.0"})
ISOLATION = Isolation("kernel", {"namespaces": False, "seccomp": True})

# What a submission can write into its messages, results, output and file names.
HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07\r\x00\x7f\x9b1m",
    "</pre></code></script><script>alert(1)</script><img src=x onerror=alert(2)>",
    "'\" onmouseover=alert(1) {{ 7 * 7 }} {% raw %}",
    "```\n````\n~~~\n# heading\n[link](javascript:alert(1)) <b>bold</b> | cell |",
    "=HYPERLINK(1)\n+1\n-1\n@SUM(1)\t=1",
    "::error title=forged::Points 100/100\n::set-output name=result::forged",
    "##[add-mask]e ##[notice title=Autograding complete]Points 100/100",
    "%0A::notice::forged%0D %25",
    "\u202eright to left\u202c \u2066isolated\u2069 \u200f",
    "]]><failure/> &amp; &#0; \ufffe\uffff \ud800",
    "W" * 3000,
    "{}[],\"score\": 100",
)  # fmt: skip


def check(name: str, status: Status = Status.PASSED, **changes: Any) -> CheckScore:
    most = changes.pop("max_points", 2.0)
    parts: dict[str, Any] = {
        "id": f"topic.{name}",
        "title": f"The check {name}",
        "kind": "property",
        "functions": ("f",),
        "status": status,
        "points": most if status is Status.PASSED else 0.0,
        "max_points": most,
        "seconds": 0.25,
        "message": "",
        "counterexample": None,
        "visibility": "public",
    }
    return CheckScore(**(parts | changes))


def problem(name: str, *checks: CheckScore, extra_credit: bool = False) -> ProblemScore:
    return ProblemScore(
        id=f"topic.{name}",
        topic="topic",
        title=f"Q1 ({name}): a part",
        points=round(sum(c.points for c in checks), 4),
        max_points=round(sum(c.max_points for c in checks), 4),
        extra_credit=extra_credit,
        checks=checks,
    )


def report(*problems: ProblemScore, **changes: Any) -> Report:
    def total(extra: bool, points: bool) -> float:
        return round(
            sum(
                c.points if points else c.max_points
                for p in problems if p.extra_credit is extra
                for c in p.checks if c.status is not Status.PENDING
            ), 4)  # fmt: skip

    pending = [c for p in problems for c in p.checks if c.status is Status.PENDING]
    parts: dict[str, Any] = {
        "submission": "alice",
        "submission_sha256": "a" * 64,
        "provenance": PROVENANCE,
        "isolation": ISOLATION,
        "problems": problems,
        "score": total(False, True),
        "max_score": total(False, False),
        "extra_credit": total(True, True),
        "max_extra_credit": total(True, False),
        "pending": round(sum(c.max_points for c in pending), 4),
        "seconds": 3.5,
    }
    return Report(**(parts | changes))


FOUND = Counterexample(
    call="predict(\n    array([[0.2]]),\n    array([0.4, -0.4]),\n)",
    got="array([-0.32])",
    expected="array([0.32])",
    replay="grader replay topic.wrong alice",
)


def small() -> Report:
    """One check of each kind of outcome that reads differently."""
    law = "one value per row\nHint: the intercept comes first"
    return report(
        problem(
            "a",
            check("right", notes=("accuracy 0.95 of 0.9",), points=1.5),
            check("wrong", Status.FAILED, message=law, counterexample=FOUND, printed="x = 1\n"),
            check("slow", Status.TIMEOUT, message="f: no answer within 10 s"),
            check("essay", Status.PENDING, kind="manual", max_points=5.0),
        ),
        problem(
            "b",
            check("absent", Status.NOT_IMPLEMENTED, message="topic.py has no f"),
            check("next", Status.SKIPPED, message="f is needed first"),
            check("secret", Status.CRASHED, visibility="hidden", message="a hidden check"),
        ),
        problem("c", check("more", max_points=3.0), extra_credit=True),
        remarks=("link.py is a link or a special file: not followed",),
    )


def broken() -> Report:
    """A report that is not final: the grader itself failed in one check."""
    ours = check("ours", Status.GRADER_ERROR, message="RuntimeError: the oracle", max_points=4.0)
    return report(problem("a", check("right"), ours))


def pictured(text: str = "") -> tuple[Figure, ...]:
    """A picture of every kind; with a text, that text wherever a picture has one."""

    def words(usual: str) -> str:
        return text[:MAX_TEXT] or usual

    epsilons = (0.0, 0.05, 0.1, 0.2)
    curves = (
        Series(words("the reference"), epsilons, (0.98, 0.72, 0.29, 0.05), "reference"),
        Series(words("yours"), epsilons, (0.98, 0.9, 0.95, 1e9)),
        Series(words("second"), (0.0, 0.2), (0.5, 0.4), "second"),
        Series(words("data"), (0.07, 0.17, -0.1), (0.3, 0.2, 0.9), "data", joined=False),
    )
    grey = tuple(Tile(bytes((k * step) % 256 for k in range(64)), words("7")) for step in range(5))
    colours = tuple(Tile(bytes(range(192)), words("palace, 33%")) for _ in range(2))
    edges = tuple(k / 8 for k in range(-1, 24))
    bars = (
        Bars(words("generated"), tuple(float(k % 7) for k in range(24))),
        Bars(words("real"), tuple(float(k % 5) for k in range(24)), "reference"),
    )
    return (
        Chart(words("Accuracy"), words("epsilon"), words("accuracy"), curves),
        Histogram(words("Radii"), words("radius"), words("images"), edges, bars,
                  (Marker(words("yours, image 1"), 0.5, "second"),)),
        ImageGrid(words("Digits"), 8, 8, 1, (Row(words("noisy"), grey), Row("", grey[:3]))),
        ImageGrid(words("Photos"), 8, 8, 3, (Row(words("attacked"), colours),)),
    )  # fmt: skip


def illustrated() -> Report:
    """Every kind of picture, of a check that passed and of one that failed."""
    wrong = check("wrong", Status.FAILED, message="law", counterexample=FOUND, figures=pictured())
    return report(problem("a", check("right", figures=pictured()), wrong))


def texts() -> st.SearchStrategy[str]:
    """Words of a picture."""
    return st.sampled_from(("", "loss", *(text[:MAX_TEXT] for text in HOSTILE)))


@st.composite
def figures(draw: Callable[..., Any]) -> Figure:
    """Any picture that a check could leave."""
    numbers = st.floats(-MAX_VALUE, MAX_VALUE) | st.integers(-9, 9).map(float)
    roles = st.sampled_from(get_args(Role))
    kind = draw(st.sampled_from(("chart", "histogram", "images")))
    if kind == "chart":
        series = []
        for _ in range(draw(st.integers(1, 4))):
            points = draw(st.lists(st.tuples(numbers, numbers), max_size=20))
            x, y = tuple(p[0] for p in points), tuple(p[1] for p in points)
            series.append(Series(draw(texts()), x, y, draw(roles), draw(st.booleans())))
        ends = draw(st.none() | st.just((0.0, 1.0)))
        return Chart(draw(texts()), draw(texts()), draw(texts()), tuple(series), ends)
    if kind == "histogram":
        edges = tuple(sorted(draw(st.sets(numbers, min_size=2, max_size=40))))
        heights = st.lists(numbers.map(abs), min_size=len(edges) - 1, max_size=len(edges) - 1)
        bars = tuple(
            Bars(draw(texts()), tuple(draw(heights)), draw(roles))
            for _ in range(draw(st.integers(1, 3)))
        )
        markers = tuple(Marker(draw(texts()), at) for at in draw(st.lists(numbers, max_size=3)))
        return Histogram(draw(texts()), draw(texts()), draw(texts()), edges, bars, markers)
    width, height = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    channels = draw(st.sampled_from((1, 3)))
    size = width * height * channels
    tiles = st.builds(Tile, st.binary(min_size=size, max_size=size), texts())
    rows = tuple(
        Row(draw(texts()), tuple(draw(st.lists(tiles, min_size=1, max_size=5))))
        for _ in range(draw(st.integers(1, 3)))
    )
    return ImageGrid(draw(texts()), width, height, channels, rows)


def hostile(text: str) -> Report:
    """The text wherever a submission can put it, and more: a picture's words are the grader's."""
    found = Counterexample(text, text, text, f"grader replay topic.x {text}")
    checks = [
        check(str(number), status, message=text, counterexample=found, notes=(text,), printed=text,
              figures=pictured(text))
        for number, status in enumerate(Status)
    ]  # fmt: skip
    return report(problem("a", *checks), submission=text, remarks=(text,))


@st.composite
def reports(draw: Callable[..., Any]) -> Report:
    """Any report that scoring could make: some parts of some checks of any status."""
    problems = []
    for number in range(draw(st.integers(0, 3))):
        checks = []
        for inner in range(draw(st.integers(1, 4))):
            most = draw(st.integers(0, 20)) / 4
            status = draw(st.sampled_from(Status))
            share = draw(st.sampled_from((0.25, 0.5, 1.0))) if status is Status.PASSED else 0.0
            visibility = draw(st.sampled_from(("public", "hidden")))
            checks.append(
                check(
                    f"c{number}_{inner}",
                    status,
                    max_points=most,
                    points=round(most * share, 4),
                    visibility=visibility,
                    message=draw(st.sampled_from(("", "why", *HOSTILE))),
                    figures=draw(st.sampled_from(((), pictured()[:1], pictured()[:2]))),
                )
            )
        problems.append(problem(f"p{number}", *checks, extra_credit=draw(st.booleans())))
    return report(*problems)
