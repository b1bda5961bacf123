"""Grading a class into a gradebook, and grading again what has changed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from grader.batch.conditions import conditions
from grader.batch.engine import Engine, Found, Task
from grader.batch.given import Given, Sources
from grader.batch.gradebook import Gradebook
from grader.batch.grades import current_rubric, grades
from grader.batch.identity import Scrubber
from grader.batch.journal import Journal, Known, writing
from grader.batch.records import Conditions, Entry, Floor, HandIn, Scope
from grader.errors import UsageError
from grader.records import Mode, Status
from grader.rubric import Chosen, load_rubric
from grader.submission import read_submission


@dataclass(frozen=True, slots=True)
class Settings:
    """How a class is graded."""

    scope: Scope
    seed: int = 0
    mode: Mode = "auto"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a run is: submissions that are through, and checks, of those that had to run."""

    submissions: int
    of_submissions: int
    checks: int
    of_checks: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did.

    Of `students`, `gradable` handed in what can be read. `found` outcomes are new, `kept` ones were
    in the gradebook already. `problems` are for a person to look at, by student; `unread` are
    submissions that were gone or changed when their turn came. `remarks` are on the class.
    """

    run: int
    students: int
    gradable: int
    found: int
    kept: int
    grader_errors: int
    problems: tuple[tuple[str, str], ...]
    unread: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...] = ()


Listener = Callable[[Standing], None]


def grade_class(
    path: Path,
    sources: Sources,
    settings: Settings,
    engine: Engine,
    on_progress: Listener = lambda standing: None,
) -> Summary:
    """Grade a class into the gradebook at `path`, made if it is not there.

    What the gradebook knows already under the same conditions does not run again; so the same call
    goes on where an earlier one was cut off.
    """
    chosen = load_rubric().select(settings.scope.assignment, settings.scope.only)
    with writing(path), Gradebook.create(path, settings.scope) as book:
        at_hand = engine.isolation()
        given = sources.find(_staging(path))
        known = [_read(entry, given.scrubber) for entry in given.entries]
        journal = Journal(book)
        journal.begin(
            "batch",
            seed=settings.seed,
            mode=settings.mode,
            engine=engine.name,
            chosen=chosen,
            handed_in=known,
            keep_paths=given.scrubber is None,
        )
        paths = {one.entry.student: one.entry.path for one in known}
        hand_ins = [one for one in book.hand_ins() if one.student in paths]
        wanted = conditions(chosen, settings.seed)
        stale = {
            one.student: journal.stale(one.submission, wanted, at_hand)
            for one in hand_ins
            if one.submission is not None
        }
        plan = _Plan(hand_ins, paths, wanted, stale, given.scrubber)
        summary = _carry_out(plan, settings, engine, journal, on_progress)
        return replace(summary, remarks=given.remarks)


def regrade(
    path: Path,
    engine: Engine,
    *,
    mode: Mode,
    sources: Sources | None = None,
    only: Sequence[str] = (),
    everything: bool = False,
    never_lower: bool = False,
    on_progress: Listener = lambda standing: None,
) -> Summary:
    """Run again what has changed since it was graded: the checks, their settings, the packages.

    The seed is the last run's. The files are where the gradebook says, or in `sources` if it
    keeps no paths. `only` names topics, parts or checks to look at; with `everything` they run
    whether or not they have changed. With `never_lower`, every student keeps at least the score of
    now.
    """
    with writing(path), Gradebook(path) as book:
        seed = book.latest_run().seed
        chosen = current_rubric(book)
        at_hand = engine.isolation()
        floors = list(_floors(book)) if never_lower else []
        if sources and book.scope().pseudonymous != (sources.key is not None):
            raise UsageError(f"{path}: give --pseudonyms here if, and only if, it was made with it")
        given = sources.find(_staging(path)) if sources else Given(())
        found = {entry.student: entry.path for entry in given.entries}
        hand_ins = book.hand_ins()
        paths = {one.student: found.get(one.student) or _kept_path(one) for one in hand_ins}
        settings = Settings(book.scope(), seed, mode)
        journal = Journal(book)
        journal.begin(
            "regrade",
            seed=settings.seed,
            mode=mode,
            engine=engine.name,
            chosen=chosen,
            floors=floors,
        )
        wanted = conditions(_narrowed(chosen, only), settings.seed)
        stale = {
            one.student: tuple(wanted)
            if everything
            else journal.stale(one.submission, wanted, at_hand)
            for one in hand_ins
            if one.submission is not None
        }
        plan = _Plan(hand_ins, paths, wanted, stale, given.scrubber)
        return _carry_out(plan, settings, engine, journal, on_progress)


@dataclass(frozen=True, slots=True)
class _Plan:
    hand_ins: Sequence[HandIn]
    paths: Mapping[str, Path | None]
    wanted: Mapping[str, Conditions]
    stale: Mapping[str, tuple[str, ...]]
    scrubber: Scrubber | None


def _carry_out(
    plan: _Plan, settings: Settings, engine: Engine, journal: Journal, on_progress: Listener
) -> Summary:
    students: dict[int, str] = {}
    tasks: list[Task] = []
    unread: list[tuple[str, str]] = []
    for one in plan.hand_ins:
        checks = plan.stale.get(one.student)
        if not checks or one.submission is None or one.sha256 is None:
            continue
        path = plan.paths[one.student]
        if path is None:
            unread.append((one.student, "the gradebook keeps no path: name the submissions again"))
            continue
        name = str(path) if plan.scrubber is None else one.student
        students[one.submission] = one.student
        tasks.append(
            Task(one.submission, path, one.sha256, name, checks, settings.seed, settings.mode)
        )
    left = {task.key: len(task.checks) for task in tasks}
    total = Standing(0, len(tasks), 0, sum(left.values()))
    on_progress(total)
    done = errors = through = 0
    with closing(engine.run(tasks)) as found:
        for told in found:
            if isinstance(told, Found):
                outcome = told.outcome
                if plan.scrubber is not None:
                    outcome = plan.scrubber.outcome(outcome)
                journal.record(told.key, outcome, plan.wanted[outcome.check], told.isolation)
                left[told.key] -= 1
                done += 1
                errors += outcome.status is Status.GRADER_ERROR
            else:
                unread.append((students[told.key], told.why))
                left[told.key] = 0
            through += left[told.key] == 0
            on_progress(replace(total, submissions=through, checks=done))
    journal.finish()
    return Summary(
        run=journal.run,
        students=len(plan.hand_ins),
        gradable=len(plan.stale),
        found=done,
        kept=len(plan.stale) * len(plan.wanted) - sum(map(len, plan.stale.values())),
        grader_errors=errors,
        problems=tuple((one.student, one.problem) for one in plan.hand_ins if one.problem),
        unread=tuple(unread),
    )


def _read(entry: Entry, scrubber: Scrubber | None) -> Known:
    """Hash a submission; that it cannot be read is a problem of its entry."""
    if entry.path is None:
        return Known(replace(entry, problem=entry.problem or "nothing handed in"))
    try:
        found = read_submission(entry.path)
    except UsageError as error:
        why = str(error)
        if scrubber is not None:
            why = scrubber.text(why.replace(str(entry.path), entry.student))
        return Known(replace(entry, problem="; ".join(filter(None, (entry.problem, why)))))
    remarks = found.remarks if scrubber is None else tuple(map(scrubber.text, found.remarks))
    return Known(replace(entry, path=entry.path.resolve()), found.sha256, remarks)


def _staging(gradebook: Path) -> Path:
    """Where submissions are unpacked: beside the gradebook, so that a later run finds them."""
    return gradebook.with_name(f"{gradebook.name}.unpacked")


def _narrowed(chosen: Chosen, only: Sequence[str]) -> Chosen:
    if not only:
        return chosen
    here = {check for ids in chosen.values() for check in ids}
    narrowed = {}
    for topic, ids in load_rubric().select(None, only).items():
        if wanted := tuple(check for check in ids if check in here):
            narrowed[topic] = wanted
    if not narrowed:
        raise UsageError(f"this gradebook has none of {', '.join(only)}")
    return narrowed


def _floors(book: Gradebook) -> Iterator[Floor]:
    for grade in grades(book):
        if grade.report is not None:
            yield Floor(grade.student.id, grade.score, grade.extra_credit, 0)


def _kept_path(hand_in: HandIn) -> Path | None:
    return Path(hand_in.path) if hand_in.path else None
