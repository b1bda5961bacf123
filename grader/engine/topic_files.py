"""Which files of a submission a topic is graded with."""

from collections.abc import Collection, Mapping

from grader.rubric import Rubric, Topic

ARTIFACT_SUFFIXES = (".pth", ".pt")
NOTEBOOK = ".ipynb"


def only_notebook(topic: Topic, files: Collection[str]) -> bool:
    """Whether a notebook stands in for the module. Where both are there, the module counts."""
    module, notebook = modules(topic)
    return module not in files and notebook in files


def topic_files(topic: Topic, rubric: Rubric, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """All files but the modules and trained models of other topics that nothing here names.

    So what a topic earns depends on no file that it does not use, and stays known when only
    another topic changes. A module that is named anywhere, in a comment too, is kept. Of the
    topics' notebooks only the own one is, where it stands in for the module.
    """
    others = [other for other in rubric.topics if other.name != topic.name]
    foreign = {name for other in others for name in (*modules(other), *other.files)}
    if not only_notebook(topic, files):
        foreign.add(f"{topic.name}{NOTEBOOK}")
    kept = {name for name in files if name not in foreign or name in topic.files}
    waiting = [name for name in kept if not name.endswith(ARTIFACT_SUFFIXES)]
    while waiting:
        text = files[waiting.pop()]
        named = [f"{other.name}.py" for other in others if other.name.encode() in text]
        found = [module for module in named if module in files and module not in kept]
        kept.update(found)
        waiting += found
    return {name: data for name, data in files.items() if name in kept}


def libraries(topic: Topic, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """What is imported before a worker with these files is made; the rest it imports itself."""
    if not topic.preload_if_named:
        return topic.preload
    text = b"\n".join(data for name, data in files.items() if name.endswith((".py", NOTEBOOK)))
    named = (lib for lib in topic.preload_if_named if lib.partition(".")[0].encode() in text)
    return (*topic.preload, *named)


def modules(topic: Topic) -> tuple[str, str]:
    """The names that the answers to a topic can have: a module, or a notebook."""
    return f"{topic.name}.py", f"{topic.name}{NOTEBOOK}"


def split_files(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files that every worker gets: all but trained models and notebooks."""
    left_out = (*ARTIFACT_SUFFIXES, NOTEBOOK)
    return {n: data for n, data in files.items() if not n.endswith(left_out)}


def artifacts(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The trained models, which are sent to a worker when a check asks for them."""
    return {n: data for n, data in files.items() if n.endswith(ARTIFACT_SUFFIXES)}
