"""Outcomes that are known before anything runs: absent modules, and points that a person gives."""

import difflib
from collections.abc import Collection, Iterable, Mapping
from pathlib import PurePosixPath

from grader.engine.topic_files import NOTEBOOK, modules, only_notebook
from grader.records import Outcome, Status
from grader.rubric import Rubric, Topic


def settled(
    topic: Topic, checks: Iterable[str], rubric: Rubric, files: Mapping[str, bytes]
) -> list[Outcome]:
    """The outcomes of those of a topic's checks that need no run."""
    absent = absence(topic, rubric, files)
    found = []
    for check in checks:
        if rubric.index[check].kind == "manual":
            found.append(Outcome(check, Status.PENDING, message="a person gives these points"))
        elif absent is not None:
            found.append(Outcome(check, Status.NOT_IMPLEMENTED, message=absent))
    return found


def absence(topic: Topic, rubric: Rubric, files: Collection[str]) -> str | None:
    """Why there is nothing to grade, naming the nearest file; None when the module is there."""
    wanted = f"{topic.name}.py"
    if wanted in files or only_notebook(topic, files):
        return None
    others = {name for other in rubric.topics for name in modules(other)}
    by_name = {PurePosixPath(name).name.lower(): name for name in files if name not in others}
    near = difflib.get_close_matches(wanted.lower(), by_name, n=1, cutoff=0.6)
    if not near:
        return f"{wanted} is not in the submission"
    found = by_name[near[0]]
    right = topic.name + (NOTEBOOK if found.endswith(NOTEBOOK) else ".py")
    return f"{wanted} is not in the submission; {found} is there: rename it to {right}"
