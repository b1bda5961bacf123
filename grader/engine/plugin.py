"""The pytest plugin that runs checks: options, collection, the fixtures, and a run's outcome.

A check `test_<name>` in the module of a topic is the rubric entry `<topic>.<name>`. Graded runs
come from the runner, which hands over a `Context`. An author can run a check by hand:

    pytest -p grader.engine.plugin grader/checks/TOPIC.py --submission student -k NAME
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import settings

from grader.engine import margins, verdict
from grader.engine.context import Context
from grader.engine.entry import Entry
from grader.engine.examples import Examples
from grader.engine.plain_text import clean
from grader.engine.profile import PROFILE, prepared
from grader.engine.proxy import SubmissionProxy
from grader.engine.topic_files import artifacts, libraries, split_files
from grader.engine.zygotes import ZygotePool
from grader.records import Mode, Outcome, Status
from grader.rubric import CHECKS, CheckEntry, Topic, load_rubric
from grader.submission import read_submission

_CONTEXT = pytest.StashKey[Context]()
_ENTRY = pytest.StashKey[CheckEntry]()
_EXAMPLES = pytest.StashKey[Examples]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of a run by hand."""
    group = parser.getgroup("grader")
    group.addoption("--submission", help="folder, zip or tar whose functions the checks call")
    group.addoption("--grader-seed", type=int, default=0, help="seed of the drawn inputs")
    group.addoption("--isolation", choices=get_args(Mode), default="auto")


def pytest_configure(config: pytest.Config) -> None:
    """A run of checks uses the graded profile, also for what is decided when they are imported."""
    if config.getoption("--submission"):
        settings.load_profile(PROFILE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tie each check to its rubric entry."""
    for item in items:
        check = _check_id(item)
        if check is None:
            continue
        entry = load_rubric().index.get(check)
        if entry is None:
            raise pytest.UsageError(f"{check} has no entry in the rubric")
        item.stash[_ENTRY] = entry


def _check_id(item: pytest.Item) -> str | None:
    if item.path.parent != CHECKS or not isinstance(item, pytest.Function):
        return None
    return f"{item.path.stem}.{item.originalname.removeprefix('test_')}"


def _setup(context: Context, checks: Iterator[str]) -> object:
    """A plugin object that gives a run its context, and its checks one after the other."""

    class Setup:
        @pytest.hookimpl(trylast=True)
        def pytest_configure(self, config: pytest.Config) -> None:
            settings.load_profile(PROFILE)
            config.stash[_CONTEXT] = context

        @pytest.hookimpl
        def pytest_exception_interact(
            self, call: pytest.CallInfo[Any], report: pytest.CollectReport | pytest.TestReport
        ) -> None:
            """A module of checks that does not load is the error of each of its checks."""
            if isinstance(report, pytest.CollectReport) and call.excinfo and context.emit:
                error = call.excinfo.value.__cause__ or call.excinfo.value
                why = clean(f"the checks do not load: {type(error).__name__}: {error}")
                for check in checks:
                    context.emit(Outcome(check, Status.GRADER_ERROR, message=why))

        @pytest.hookimpl(tryfirst=True)
        def pytest_runtestloop(self, session: pytest.Session) -> bool:
            """Run what `checks` says; a check that is not there is left to whoever asked for it."""
            items = {item.stash[_ENTRY].id: item for item in session.items}
            if len(items) != len(session.items):
                raise pytest.UsageError("a check is parametrised: it runs once, draw instead")
            for check in checks:
                item = items.pop(check, None)
                if item is not None:
                    # What comes next is not known; another check keeps what the module has set up.
                    another = next(iter(items.values()), None)
                    item.config.hook.pytest_runtest_protocol(item=item, nextitem=another)
            return True

    return Setup()


def run_checks(topic: Topic, context: Context, checks: Iterator[str]) -> None:
    """Run checks of a topic here, whatever folder this was started from.

    `checks` is asked for the next one when the one before is done.
    KeyboardInterrupt when the run was interrupted.
    """
    arguments = [
        str(topic.module), "-p", __name__, "-p", "no:cacheprovider",
        # They collect all garbage five times at a run's end, to find what nobody reads here.
        "-p", "no:unraisableexception", "-p", "no:threadexception",
        "-c", str(CHECKS / "pytest.ini"), "--rootdir", str(CHECKS), "-q", "--no-header",
        "--no-summary", "--tb=no", "--capture=sys", "--assert=plain",
        "--continue-on-collection-errors",
    ]  # fmt: skip
    if pytest.main(arguments, plugins=[_setup(context, checks)]) is pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt


def _context(config: pytest.Config) -> Context:
    """The runner's context, or one made from the options of a run by hand."""
    context = config.stash.get(_CONTEXT, None)
    if context is None:
        path = config.getoption("--submission")
        if not path:
            raise pytest.UsageError("name the submission: --submission FOLDER")
        context = Context(
            files=read_submission(Path(path)).files,
            replay_name=path,
            seed=config.getoption("--grader-seed"),
            zygotes=ZygotePool(config.getoption("--isolation")),
            stop_at=time.monotonic() + 3600,
            emit=None,
        )
        config.stash[_CONTEXT] = context
        config.add_cleanup(context.zygotes.close)
    return context


@pytest.fixture
def submission(request: pytest.FixtureRequest) -> Iterator[SubmissionProxy]:
    """The submission behind the trust boundary, in a worker of this check's own."""
    entry = request.node.stash[_ENTRY]
    context = _context(request.config)
    topic = load_rubric().topic(entry.id.split(".")[0])
    preload = context.preload
    if preload is None:
        preload = libraries(topic, context.files)
    proxy = SubmissionProxy(
        topic=topic.name,
        files=split_files(context.files),
        artifacts=artifacts(context.files),
        start=lambda: context.zygotes.channel(preload, entry.limits),
        limits=entry.limits,
        stop_at=context.stop_at,
        notebook=context.notebook,
    )
    request.node.stash[_EXAMPLES] = Examples(Entry(entry), proxy)
    yield proxy
    proxy.close()


@pytest.fixture
def entry(request: pytest.FixtureRequest, submission: SubmissionProxy) -> Entry:
    """The check's rubric entry: thresholds to read, notes and partial credit to leave."""
    examples: Examples = request.node.stash[_EXAMPLES]
    return examples.entry


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Run a check and turn what happens into its outcome."""
    examples = item.stash.get(_EXAMPLES, None)
    if examples is None or not isinstance(item, pytest.Function):
        return (yield)
    context = _context(item.config)
    entry = item.stash[_ENTRY]
    started = time.perf_counter()
    caught: BaseException | None = None
    margins.taken()
    try:
        with prepared(item, entry, context.seed, examples.follow):
            yield
        if entry.repeat:
            examples.ask_again()
    except (KeyboardInterrupt, SystemExit):
        # The run was interrupted: nothing is known of this check, least of all that it passed.
        examples.proxy.close()
        raise
    except BaseException as error:
        caught = error
    examples.proxy.close()
    if context.emit is not None:
        seconds = time.perf_counter() - started
        replay = context.replay_command(entry.id)
        context.emit(verdict.outcome(entry.id, examples, caught, replay, seconds))
    if context.on_calls is not None:
        context.on_calls(examples.calls())
    if caught is not None:
        raise caught
    return None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """A check whose preparation fails is the grader's own error, and must not go missing."""
    report = yield
    entry = item.stash.get(_ENTRY, None)
    context = item.config.stash.get(_CONTEXT, None)
    emit = context.emit if context is not None else None
    if call.when == "setup" and call.excinfo is not None and entry is not None and emit is not None:
        message = f"{call.excinfo.typename}: {call.excinfo.value}"
        emit(Outcome(entry.id, Status.GRADER_ERROR, message=message))
    return report
