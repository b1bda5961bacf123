"""The pytest plugin that runs checks: the `submission` and `entry` fixtures, outcomes, profile.

A check `test_<name>` in the module of a topic is the rubric entry `<topic>.<name>`. Graded runs
come from the runner, which hands over a `Context`. An author can run a check by hand:

    pytest -p grader.engine.plugin grader/checks/hw2_least_squares.py --submission student -k pinv
"""

import hashlib
import shlex
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import Flaky, HypothesisException
from hypothesis.internal.conjecture import providers

from grader.engine import margins
from grader.engine.context import Context
from grader.engine.failures import EndCheck, Mismatch, StopShrinking, StudentError
from grader.engine.plain_text import clean
from grader.engine.proxy import SubmissionProxy
from grader.engine.topic_files import artifacts, split_files
from grader.engine.zygotes import ZygotePool
from grader.errors import GraderError
from grader.figures import MAX_FIGURES, Figure, extent
from grader.records import Counterexample, Outcome, Status
from grader.rubric import CHECKS, CheckEntry, load_rubric
from grader.sandbox.launcher import Mode
from grader.submission import read_submission

MAX_SHRINKS = 200
"""Inputs tried after the first failure. A count, not a time, so that reports repeat."""
MAX_CALLS_SHOWN = 4
UNUSABLE = (
    "an answer has a form that this check cannot work with; if you are sure that it is right, "
    "show this message to your instructor"
)

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

_CONTEXT = pytest.StashKey[Context]()
_ENTRY = pytest.StashKey[CheckEntry]()
_WATCH = pytest.StashKey["_Watch"]()


class Entry:
    """What a check knows of its rubric entry; where it leaves notes, pictures, partial credit."""

    def __init__(self, entry: CheckEntry) -> None:
        self.thresholds: Mapping[str, Any] = entry.thresholds
        self.rules: Mapping[str, Any] = entry.rules
        self.functions = entry.functions
        self.notes: list[str] = []
        self.figures: list[Figure] = []
        self.fraction = 1.0

    def note(self, text: str) -> None:
        """Leave a measured figure for the report."""
        self.notes.append(text)

    def draw(self, figure: Figure) -> None:
        """Leave a picture for the report, before judging what it shows.

        Of a check that failed the report has the pictures of the smallest failing input, of one
        that passed those of the input with the most to see.
        """
        if len(self.figures) == MAX_FIGURES:
            raise ValueError(f"more than {MAX_FIGURES} pictures of one input")
        self.figures.append(figure)

    def award(self, fraction: float) -> None:
        """Earn this share of the points, from 0 to 1, if the check passes."""
        if not 0.0 <= fraction <= 1.0:
            raise ValueError(f"a share of {fraction}")
        self.fraction = float(fraction)


class _Watch:
    """Follows one check: its worker, its examples, and the smallest failure so far."""

    def __init__(self, entry: CheckEntry, proxy: SubmissionProxy) -> None:
        self.entry = Entry(entry)
        self.proxy = proxy
        self.best: tuple[int, BaseException, list[Any]] | None = None
        self.tried = 0
        self._of_failure: tuple[Figure, ...] = ()
        self._of_success: tuple[Figure, ...] = ()

    def example(self, inner: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap the body of a check, which Hypothesis calls once per example."""

        def body(*args: Any, **kwargs: Any) -> Any:
            if self.best is not None:
                self.tried += 1
                if self.tried > MAX_SHRINKS:
                    raise StopShrinking
            self.proxy.begin_example()
            self.entry.figures.clear()
            try:
                answer = inner(*args, **kwargs)
            except (Mismatch, StudentError, AssertionError) as error:
                self.failed(error)
                raise
            except (GraderError, HypothesisException, OSError, MemoryError, ImportError):
                raise
            except Exception as error:
                # The audit shows that a check does not raise on right answers, in many forms.
                if not any(call.answered for call in self.proxy.calls):
                    raise
                unusable = Mismatch(UNUSABLE, got=f"{type(error).__name__}: {error}")
                self.failed(unusable)
                raise unusable from error
            self._succeeded()
            return answer

        return body

    def failed(self, error: BaseException) -> None:
        """Remember a failure; of equally small ones the latest, which is shrunk the furthest."""
        size = sum(_elements(call.args) + _elements(call.kwargs) for call in self.proxy.calls)
        if self.best is None or size <= self.best[0]:
            self.best = (size, error, list(self.proxy.calls))
            self._of_failure = tuple(self.entry.figures)

    def _succeeded(self) -> None:
        figures = tuple(self.entry.figures)
        if sum(map(extent, figures)) > sum(map(extent, self._of_success)):
            self._of_success = figures

    def figures(self, status: Status) -> tuple[Figure, ...]:
        """The pictures to show of a check that ended like this."""
        if status is Status.PASSED:
            return self._of_success
        return self._of_failure if self.best is not None else tuple(self.entry.figures)


def _elements(value: Any) -> int:
    if isinstance(value, list | tuple):
        return sum(_elements(item) for item in value) + 1
    if isinstance(value, dict):
        return sum(_elements(item) for item in value.values()) + 1
    if hasattr(value, "data") and hasattr(value, "name") and not hasattr(value, "shape"):
        return _elements(value.data)
    size = getattr(value, "size", 1)
    return int(value.numel()) if callable(size) else int(size) if isinstance(size, int) else 1


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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tie each check to its rubric entry, drop what is not wanted and put the rest in order."""
    context = config.stash.get(_CONTEXT, None)
    dropped = []
    for item in items:
        check = _check_id(item)
        if check is None:
            continue
        entry = load_rubric().index.get(check)
        if entry is None:
            raise pytest.UsageError(f"{check} has no entry in the rubric")
        item.stash[_ENTRY] = entry
        if context is not None and context.wanted is not None and check not in context.wanted:
            dropped.append(item)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item not in dropped]
    if context is not None and context.wanted is not None:
        order = context.wanted.index
        items.sort(key=lambda item: order(item.stash[_ENTRY].id))


def _check_id(item: pytest.Item) -> str | None:
    if item.path.parent != CHECKS or not isinstance(item, pytest.Function):
        return None
    return f"{item.path.stem}.{item.originalname.removeprefix('test_')}"


def setup(context: Context) -> object:
    """A plugin object that hands a context to a run before anything is collected."""

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
                for check in sorted(context.wanted or ()):
                    context.emit(Outcome(check, Status.GRADER_ERROR, message=why))

    return Setup()


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
            wanted=None,
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
    sources = split_files(context.files)
    proxy = SubmissionProxy(
        topic=topic.name,
        files=sources,
        artifacts=artifacts(context.files),
        start=lambda: context.zygotes.channel(topic.preload, entry.limits),
        limits=entry.limits,
        stop_at=context.stop_at,
        notebook=context.notebook,
    )
    request.node.stash[_WATCH] = _Watch(entry, proxy)
    yield proxy
    proxy.close()


@pytest.fixture
def entry(request: pytest.FixtureRequest, submission: SubmissionProxy) -> Entry:
    """The check's rubric entry: thresholds to read, notes and partial credit to leave."""
    watch: _Watch = request.node.stash[_WATCH]
    return watch.entry


def _derived_seed(seed: int, name: str) -> int:
    """A seed of its own for each check, so that none depends on which others run."""
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return int.from_bytes(digest[:7], "little")


@contextmanager
def _prepared(item: pytest.Function, watch: _Watch, seed: int) -> Iterator[None]:
    """Give a check its profile and seed, and watch its examples, for one run."""
    entry = item.stash[_ENTRY]
    handle = getattr(item.obj, "hypothesis", None)
    if handle is None:
        original, item.obj = item.obj, watch.example(item.obj)
        try:
            yield
        finally:
            item.obj = original
        return
    hypothesis.seed(_derived_seed(seed, entry.id))(item.obj)
    inner, before = handle.inner_test, getattr(item.obj, _SETTINGS)
    handle.inner_test = watch.example(inner)
    setattr(
        item.obj, _SETTINGS, settings(settings.get_profile(PROFILE), max_examples=entry.examples)
    )
    try:
        yield
    finally:
        setattr(item.obj, _SETTINGS, before)
        handle.inner_test = inner


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Run a check and turn what happens into its outcome."""
    watch = item.stash.get(_WATCH, None)
    if watch is None or not isinstance(item, pytest.Function):
        return (yield)
    context = _context(item.config)
    entry = item.stash[_ENTRY]
    started = time.perf_counter()
    caught: BaseException | None = None
    margins.taken()
    try:
        with _prepared(item, watch, context.seed):
            yield
        if entry.repeat:
            _ask_again(watch)
    except (KeyboardInterrupt, SystemExit):
        # The run was interrupted: nothing is known of this check, least of all that it passed.
        watch.proxy.close()
        raise
    except BaseException as error:
        caught = error
    watch.proxy.close()
    if context.emit is not None:
        seconds = time.perf_counter() - started
        context.emit(_outcome(entry, watch, caught, context.replay_name, seconds))
    if context.on_calls is not None:
        context.on_calls(watch.best[2] if watch.best else watch.proxy.calls)
    if caught is not None:
        raise caught
    return None


def _ask_again(watch: _Watch) -> None:
    try:
        watch.proxy.ask_again()
    except (Mismatch, StudentError) as error:
        watch.failed(error)
        raise


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


def _outcome(
    entry: CheckEntry,
    watch: _Watch,
    caught: BaseException | None,
    replay_name: str,
    seconds: float,
) -> Outcome:
    status, message, counterexample = _judge(entry, watch, caught, replay_name)
    return Outcome(
        check=entry.id,
        status=status,
        fraction=watch.entry.fraction if status is Status.PASSED else 0.0,
        message=message,
        counterexample=counterexample,
        notes=tuple(clean(note) for note in watch.entry.notes),
        printed=watch.proxy.printed(),
        seconds=seconds,
        figures=watch.figures(status),
        used=margins.taken(),
    )


def _judge(
    entry: CheckEntry, watch: _Watch, caught: BaseException | None, replay_name: str
) -> tuple[Status, str, Counterexample | None]:
    if caught is None:
        return Status.PASSED, "", None
    if watch.best is not None:
        # Also when shrinking ended in a hang or out of time: the failure itself is known.
        _, error, calls = watch.best
        unsteady = isinstance(caught, Flaky)
        return Status.FAILED, _words(error, unsteady), _example(entry, error, calls, replay_name)
    calls = watch.proxy.calls
    if isinstance(caught, EndCheck):
        shown = _example(entry, caught, calls, replay_name)
        silent = caught.status in (Status.NOT_IMPLEMENTED, Status.IMPORT_ERROR, Status.REFUSED)
        return caught.status, clean(caught.message), None if silent else shown
    return Status.GRADER_ERROR, clean(f"{type(caught).__name__}: {caught}"), None


def _words(error: BaseException, unsteady: bool) -> str:
    if isinstance(error, Mismatch):
        text = error.law + (f"\nHint: {error.hint}" if error.hint else "")
    elif isinstance(error, StudentError):
        text = str(error) + (f"\n{error.frames}" if error.frames else "")
    else:
        text = str(error)
    if unsteady:
        text += "\nThe answers differ from call to call with the same arguments."
    return clean(text)


def _example(
    entry: CheckEntry, error: BaseException, calls: list[Any], replay_name: str
) -> Counterexample | None:
    if not calls:
        return None
    shown = calls[-MAX_CALLS_SHOWN:]
    got = error.got if isinstance(error, Mismatch) else str(error)
    expected = error.expected if isinstance(error, Mismatch) else "an answer"
    return Counterexample(
        call=clean("\n".join(call.text() for call in shown)),
        got=clean(got),
        expected=clean(expected),
        # A line to paste: the name of a folder must not become a command.
        replay=f"grader replay {entry.id} {shlex.quote(clean(replay_name))}",
    )
