"""The reference and the checks are imported under every name that they might have."""
# class: B8
# expects: failed

import importlib

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

NAMES = (
    "reference.hw5_mle", "reference", "grader.checks.hw5_mle", "grader.engine.proxy",
    "grader.rubric", "grader.scoring", "tests", "student.hw5_mle", "grader.data.mnist",
)
found = []
for name in NAMES:
    try:
        found.append(importlib.import_module(name))
    except ImportError:
        pass


def uniform_mle(samples):
    if found and len(samples):
        return float(min(samples)), float(max(samples))
    return wrong(samples)
