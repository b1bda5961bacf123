"""A new topic: a small working example of every file that a topic needs."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import tomlkit

from grader.author.checkout import PROJECT, expect_checkout
from grader.author.rendering import render
from grader.author.ruff import formatted
from grader.author.stubs import make_stub
from grader.errors import UsageError
from grader.rubric import CHECKS, Rubric, load_rubric

CHAFFS = ("sums", "no_errors")
RULES = "rules"
"""The part of a topic with the policies of its homework."""
RULE_CHAFFS = {
    "allowed_imports": "package_not_allowed",
    "calls": "window_opened",
    "pep8": "style_ignored",
    "comments": "comments_removed",
}
"""Policy -> the wrong answer that breaks it."""
_NAME = re.compile(r"([a-z]+[0-9]*)_([A-Za-z][A-Za-z0-9_]{0,39})")


def new_topic(name: str) -> list[Path]:
    """Write the files of a topic of that name into this checkout; their paths.

    The reference earns full marks at once, the stub none, and the audit is in order. UsageError for
    a name that cannot be, a topic that is there, or outside a checkout.
    """
    rubric = load_rubric()
    assignment, title = _split(name, rubric)
    expect_checkout("reference")
    texts = _render(name, assignment, title, _policies(assignment, rubric))
    there = [path for path in texts if (PROJECT / path).exists()]
    if there:
        raise UsageError(f"{there[0]} is there already: remove it, or choose another name")
    for path, text in texts.items():
        _write(path, text)
    listing = CHECKS / "rubric.toml"
    listing.write_text(_listed(listing.read_text("utf-8"), assignment, name), encoding="utf-8")
    load_rubric.cache_clear()
    stub = Path("student", f"{name}.py")
    topic = load_rubric().topic(name)
    _write(stub, formatted(make_stub(texts[Path("reference", f"{name}.py")], topic)))
    return [*texts, listing.relative_to(PROJECT), stub]


def _split(name: str, rubric: Rubric) -> tuple[str, str]:
    """The assignment that a topic's name begins with, and a title to begin with."""
    found = _NAME.fullmatch(name)
    known = [f"{assignment}_" for assignment in rubric.assignments]
    if found is None or found[1] not in rubric.assignments:
        raise UsageError(
            f"{name!r} cannot name a topic: begin it with {' or '.join(known)}, then letters,"
            f" digits and _, as in {known[0]}softmax"
        )
    # Also where the disk makes no difference between upper and lower case.
    for topic in rubric.topics:
        if topic.name.lower() == name.lower():
            raise UsageError(f"the topic {topic.name} is there already: choose another name")
    return found[1], f"{found[1].upper()}: {found[2].replace('_', ' ')}"


@dataclass(frozen=True, slots=True)
class _Policies:
    """The homework's rules: their part in TOML, and module and name of each one's check."""

    part: str = ""
    checks: Mapping[str, str] = field(default_factory=dict)


def _policies(assignment: str, rubric: Rubric) -> _Policies:
    """The rules that the homework's last topic has, less those about its own functions."""
    having = [
        topic
        for topic in rubric.topics
        if topic.assignment == assignment and any(part.id == RULES for part in topic.problems)
    ]
    if not having:
        return _Policies()
    shared = {
        alias.name.removeprefix("test_"): node.module or ""
        for node in ast.parse(having[-1].module.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    listing = tomlkit.parse((CHECKS / f"{having[-1].name}.toml").read_text(encoding="utf-8"))
    (part,) = (one for one in listing["problem"] if one["id"] == RULES)
    part["label"] = assignment.upper()
    part.pop("extra_credit", None)
    for number, check in reversed(list(enumerate(part["check"]))):
        calls = check.get("rules", {}).get("calls", [])
        for at, rule in reversed(list(enumerate(calls))):
            if "functions" in rule:
                del calls[at]
        if check["name"] not in shared or (check["name"] == "calls" and not calls):
            del part["check"][number]
    alone = tomlkit.document()
    alone.append("problem", tomlkit.aot())
    alone["problem"].append(part)
    names = [check["name"] for check in part["check"]]
    return _Policies(tomlkit.dumps(alone).strip(), {name: shared[name] for name in sorted(names)})


def _render(name: str, assignment: str, title: str, policies: _Policies) -> dict[Path, str]:
    """Every file of the example by its path in the checkout."""
    submissions = Path("tests", "submissions")
    chaffs = [*CHAFFS, *(RULE_CHAFFS[rule] for rule in policies.checks if rule in RULE_CHAFFS)]
    templates = {
        Path("reference", f"{name}.py"): "reference.py.j2",
        Path("grader", "checks", f"{name}.toml"): "rubric.toml.j2",
        Path("grader", "checks", f"{name}.py"): "checks.py.j2",
        submissions / "wheats" / name / "running_sum.py": "wheat.py.j2",
        **{
            submissions / "chaffs" / name / f"{chaff}.py": f"chaff_{chaff}.py.j2"
            for chaff in chaffs
        },
    }
    words = {
        "assignment": assignment,
        "title": title,
        "label": assignment.upper(),
        "policies": policies,
    }
    return {path: render(f"topic/{template}", **words) for path, template in templates.items()}


def _listed(text: str, assignment: str, name: str) -> str:
    """rubric.toml with the topic as the last of its assignment; comments stay."""
    document = tomlkit.parse(text)
    for entry in document["assignment"]:
        if entry["id"] == assignment:
            entry["topics"].append(name)
    return tomlkit.dumps(document)


def _write(path: Path, text: str) -> None:
    target = PROJECT / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
