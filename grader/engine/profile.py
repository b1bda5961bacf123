"""The graded profile of Hypothesis: a check's inputs follow from its name and the seed alone."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.internal.conjecture import providers

from grader.rubric import CheckEntry

# Hypothesis also draws the constants that it finds in modules outside site-packages. What those are
# depends on which topics a runner had before and on how the grader was installed; inputs must not.
providers.is_local_module_file = lambda path: False  # type: ignore[attr-defined,assignment]

PROFILE = "graded"
# No deadline (the sandbox has its own limits), no database (a score must not depend on earlier
# runs), no explain phase: on a failing submission it costs up to five times the rest.
settings.register_profile(
    PROFILE,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
    print_blob=False,
)
# Where @given keeps the settings of a test. The decorator can be applied only once to a function,
# and a runner runs the same check again and again, each time with the rubric's number of examples.
_SETTINGS = "_hypothesis_internal_use_settings"


@contextmanager
def prepared(
    item: pytest.Function,
    entry: CheckEntry,
    seed: int,
    follow: Callable[[Callable[..., Any]], Callable[..., Any]],
) -> Iterator[None]:
    """Give a check its profile and seed for one run; `follow` wraps the body of each example."""
    handle = getattr(item.obj, "hypothesis", None)
    if handle is None:
        original = item.obj
        try:
            item.obj = follow(original)
            yield
        finally:
            item.obj = original
        return
    hypothesis.seed(_derived_seed(seed, entry.id))(item.obj)
    inner, before = handle.inner_test, getattr(item.obj, _SETTINGS)
    graded = settings(settings.get_profile(PROFILE), max_examples=entry.examples)
    try:
        handle.inner_test = follow(inner)
        setattr(item.obj, _SETTINGS, graded)
        yield
    finally:
        setattr(item.obj, _SETTINGS, before)
        handle.inner_test = inner


def _derived_seed(seed: int, name: str) -> int:
    """A seed of its own for each check, so that none depends on which others run."""
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return int.from_bytes(digest[:7], "little")
