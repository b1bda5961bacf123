"""Policies that all topics share: which packages and calls are in order, PEP 8, comments.

They read a submission's source and run nothing of it. A topic's rubric has the rules; its module
imports the checks at the end of this one. What a source cannot tell is left as a note and costs
nothing.
"""

import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from grader.checks.support import pep8
from grader.checks.support.compare import holds
from grader.engine.entry import Entry
from grader.engine.failures import EndCheck
from grader.engine.outline import Outline
from grader.engine.proxy import SubmissionProxy
from grader.records import Status

BY_NAME = frozenset({"__import__", "importlib.import_module", "eval", "exec", "getattr", "globals"})
"""What makes names while the code runs: nobody can read them in the source."""
SHOWN_RULES = 12
SHOWN_LINES = 5


@dataclass(frozen=True, slots=True)
class CallRule:
    """What functions must use, or must not; all functions of the check where none are named.

    Names are dotted, with aliases resolved; `*` stands for anything. `law` may hold `{function}`.
    """

    law: str
    functions: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    advisory: bool = False

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "CallRule":
        """The rule as a rubric has it."""
        known: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in data.items()
        }
        return cls(**known)


MOST_SHARED = 50
"""Helpers of a file that are looked at for other ways than the forbidden one."""


def keep_call_rules(submission: SubmissionProxy, entry: Entry, outline: Outline) -> None:
    """The functions use what their rules ask for and nothing that these forbid."""
    helpers = _local_files(submission.sources(), outline.imports)
    rules = [CallRule.read(rule) for rule in entry.rules["calls"]]
    for rule in rules:
        for function in rule.functions or entry.functions:
            if function not in _defined(outline):
                continue
            # what the file defines under a library's name is not the library's
            names = outline.reached(function) - _defined(outline)
            found = sorted(name for name in names if _matches(name, rule.forbidden))
            shared = _Shared(function, outline, entry, rules)
            used = [name for name in found if not shared.has(name)]
            missing = [p for p in rule.required if not any(_matches(n, [p]) for n in names)]
            law = rule.law.format(function=function)
            if rule.advisory:
                if found or missing:
                    entry.note(f"{law} ({_said(found, missing)})")
            elif missing and (helpers or names & BY_NAME):
                entry.note(f"{law}: whether it does cannot be read from {submission.file} alone")
            else:
                holds(not used and not missing, law=f"{law} ({_said(used, missing)})")
                if found:
                    entry.note(
                        f"{law} ({_said(found, missing)}, in code that it shares with a function"
                        " which must: a person has to see whether it gets there)"
                    )


class _Shared:
    """What `function` comes to only by helpers of another function, which must come to it.

    One helper, class or table may hold all the ways; which of them is taken the source cannot tell.
    """

    def __init__(
        self, function: str, outline: Outline, entry: Entry, rules: Collection[CallRule]
    ) -> None:
        self._function, self._outline, self._rules = function, outline, rules
        self._graded = set(entry.functions)
        self._alone: dict[frozenset[str], frozenset[str]] = {}

    def has(self, name: str) -> bool:
        """Whether `name` is not reached by code of the function's own."""
        others = {
            other
            for rule in self._rules
            if _matches(name, rule.required)
            for other in rule.functions or self._graded
        }
        key = frozenset(others - {self._function})
        if not key:
            return False
        if key not in self._alone:
            self._alone[key] = self._without_shared(key, name.rpartition(".")[0])
        return name not in self._alone[key]

    def _without_shared(self, others: Collection[str], library: str) -> frozenset[str]:
        outline = self._outline
        reached = {n for other in others for n in outline.reached(other)}
        shared = reached & _defined(outline) - self._graded
        required = [pattern for rule in self._rules for pattern in rule.required]
        # A helper that holds this way alone is no choice of ways.
        ways = {
            name
            for helper in sorted(shared)[:MOST_SHARED]
            for name in outline.reached(helper)
            if name.rpartition(".")[0] == library and not _matches(name, required)
        }
        if not ways:
            return outline.reached(self._function)
        rest = replace(
            outline,
            functions={n: f for n, f in outline.functions.items() if n.split(".")[0] not in shared},
            assigned={n: v for n, v in outline.assigned.items() if n not in shared},
        )
        return rest.reached(self._function)


def _said(used: list[str], missing: list[str]) -> str:
    parts = [f"{', '.join(used)} is used"] if used else []
    return "; ".join(parts + ([f"{', '.join(missing)} is not used"] if missing else []))


def _defined(outline: Outline) -> set[str]:
    """The names that the file gives at its top level."""
    return {name.split(".")[0] for name in outline.functions} | outline.assigned.keys()


def _matches(name: str, patterns: Collection[str]) -> bool:
    """`numpy.linalg.pinv` and a bare `pinv` both match `*.pinv`."""
    return any(fnmatchcase(name, p) or fnmatchcase(f"?.{name}", p) for p in patterns)


def _written(submission: SubmissionProxy, entry: Entry) -> Outline:
    """The outline of the topic's file; the check ends here if that still is the bare stubs."""
    outline = submission.outline()
    own = [f for name, f in outline.functions.items() if name.split(".")[0] in entry.functions]
    if all(function.stub for function in own):
        text = f"nothing is written in {submission.file} yet"
        raise EndCheck(Status.NOT_IMPLEMENTED, text)
    return outline


def _local_files(sources: Collection[str], imports: Collection[str]) -> set[str]:
    """The submission's own files among what is imported."""
    found = set()
    for name in imports:
        path = name.lstrip(".").replace(".", "/")
        top = path.split("/")[0]
        candidates = {f"{part}{end}" for part in (path, top) for end in (".py", "/__init__.py")}
        found |= candidates & set(sources)
    return found


def _imports(submission: SubmissionProxy, outline: Outline) -> Iterator[tuple[str, str]]:
    """Every top-level name that the topic's file imports, also through the submission's own files.

    Each comes with the file that imports it.
    """
    outlines = {submission.module: outline}
    todo = [submission.module]
    while todo:
        file = todo.pop()
        found = outlines.setdefault(file, outlines.get(file) or submission.outline(file))
        local = _local_files(submission.sources(), found.imports)
        own = {name.split("/")[0].removesuffix(".py") for name in local}
        tops = {n.split(".")[0] for n in found.imports if not n.startswith(".")}
        yield from ((top, file) for top in sorted(tops - own))
        todo += sorted(local - outlines.keys() - set(todo))


def test_allowed_imports(submission: SubmissionProxy, entry: Entry) -> None:
    """Only the standard library, the packages that the rules name, and the submission's files."""
    outline = _written(submission, entry)
    packages = entry.rules["packages"]
    allowed = sys.stdlib_module_names | set(packages)
    shown = {submission.module: submission.file}
    foreign = [
        f"{name} in {shown.get(file, file)}"
        for name, file in _imports(submission, outline)
        if name not in allowed
    ]
    holds(
        not foreign,
        law=f"{submission.file} may import {', '.join(packages)} and the standard library only; it"
        f" imports {', '.join(foreign[:SHOWN_RULES])}",
    )
    names = {name for function in outline.functions.values() for name in function.names}
    by_name = sorted(names & (BY_NAME - {"getattr", "globals"}))
    if by_name:
        entry.note(f"{', '.join(by_name)} may import more: a person has to look")


def test_calls(submission: SubmissionProxy, entry: Entry) -> None:
    """Required and forbidden calls."""
    keep_call_rules(submission, entry, _written(submission, entry))


def test_pep8(submission: SubmissionProxy, entry: Entry) -> None:
    """Ruff finds nothing in the topic's file; of a notebook, nothing inside its code cells."""
    _written(submission, entry)
    try:
        found = pep8.findings(submission.source(), entry.rules["line_length"])
    except pep8.Unjudged as error:
        raise EndCheck(Status.SKIPPED, f"PEP 8 was not judged: {error}") from None
    if submission.is_notebook:
        found = [finding for finding in found if finding.rule not in pep8.OF_WHOLE_FILES]
    places = "1 place is" if len(found) == 1 else f"{len(found)} places are"
    holds(
        not found,
        law="\n".join(
            [f"{places} against PEP 8 in {submission.file}", *_by_rule(found, submission)]
        ),
        hint="`ruff format` mends most of them",
    )


def _by_rule(found: list[pep8.Finding], submission: SubmissionProxy) -> Iterator[str]:
    rules: dict[str, list[pep8.Finding]] = {}
    for finding in found:
        rules.setdefault(finding.rule, []).append(finding)
    often = sorted(rules.items(), key=lambda item: (-len(item[1]), item[0]))
    for rule, places in often[:SHOWN_RULES]:
        lines = list(dict.fromkeys(submission.place(place.line) for place in places))
        more = "; ..." if len(lines) > SHOWN_LINES else ""
        yield f"{rule} {places[0].message} ({'; '.join(lines[:SHOWN_LINES])}{more})"
    if len(often) > SHOWN_RULES:
        yield f"and {len(often) - SHOWN_RULES} other rules"


def test_comments(submission: SubmissionProxy, entry: Entry) -> None:
    """The code has comments or docstrings, one for so many lines as the rules say."""
    outline = _written(submission, entry)
    lines, per = outline.code_lines, entry.rules["lines_per_comment"]
    have, wanted = outline.comments + outline.docstrings, max(1, lines // per)
    if submission.is_notebook and have < wanted:
        entry.note(
            f"{have} comments and docstrings: whether the text cells do, a person has to see"
        )
        return
    holds(
        have >= wanted,
        law=f"{submission.file} is not properly commented: {have} comments and docstrings in"
        f" {lines} lines of code, at least {wanted} asked for",
    )
