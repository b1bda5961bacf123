"""The JSON report: a stable contract, published as `report.schema.json` beside this module."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from grader.records import CheckScore, Deduction, ProblemScore, Report

SCHEMA_VERSION = 1


def to_dict(report: Report) -> dict[str, Any]:
    """The report as plain data, as the schema has it."""
    return {
        "schema": SCHEMA_VERSION,
        "grader": {
            "version": report.provenance.version,
            "checks_sha256": report.provenance.checks_sha256,
            "seed": report.provenance.seed,
            "packages": dict(report.provenance.packages),
        },
        "isolation": {
            "level": report.isolation.level,
            "layers": dict(report.isolation.layers),
        },
        "submission": {"name": report.submission, "sha256": report.submission_sha256},
        "score": report.score,
        "max_score": report.max_score,
        "extra_credit": report.extra_credit,
        "max_extra_credit": report.max_extra_credit,
        "deductions": [_deduction(found) for found in report.deductions],
        "pending": report.pending,
        "seconds": report.seconds,
        "remarks": list(report.remarks),
        "problems": [_problem(problem) for problem in report.problems],
    }


def to_json(report: Report) -> str:
    """The report as JSON text, ending in a newline. NaN and infinities cannot occur in it."""
    text = json.dumps(to_dict(report), indent=2, allow_nan=False)
    # GitHub Actions runs `##[command]` anywhere in a step's output; the same string, spelt inertly.
    return text.replace("##[", "##\\u005b") + "\n"


@cache
def schema() -> dict[str, Any]:
    """The published JSON Schema."""
    text = Path(__file__).with_name("report.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _deduction(found: Deduction) -> dict[str, Any]:
    return {
        "homework": found.homework,
        "points": found.points,
        "extra_credit": found.extra_credit,
        "checks": list(found.checks),
        "reason": found.reason,
    }


def _problem(problem: ProblemScore) -> dict[str, Any]:
    return {
        "id": problem.id,
        "topic": problem.topic,
        "title": problem.title,
        "points": problem.points,
        "max_points": problem.max_points,
        "extra_credit": problem.extra_credit,
        "checks": [_check(check) for check in problem.checks],
    }


def _check(check: CheckScore) -> dict[str, Any]:
    found = check.counterexample
    return {
        "id": check.id,
        "title": check.title,
        "kind": check.kind,
        "functions": list(check.functions),
        "status": check.status.value,
        "points": check.points,
        "max_points": check.max_points,
        "seconds": check.seconds,
        "message": check.message,
        "counterexample": None
        if found is None
        else {
            "call": found.call,
            "got": found.got,
            "expected": found.expected,
            "replay": found.replay,
        },
        "visibility": check.visibility,
        "notes": list(check.notes),
        "printed": check.printed,
    }
