"""What a hostile or broken submission can earn, and that there is always a report.

    make hostile

Each attack stands beside its honest twin, the same wrong answers without the attack, and gives the
right ones where its act succeeds: a higher score than the twin's is a hole. Each disaster is an
honest mistake with the message that must name it.
"""

import json
import re
import time
from collections.abc import Callable
from dataclasses import replace

import jsonschema
import pytest
from hostile_cases import Case, attack, cases, docstring, graded, honest, statuses

from grader.author.cases import TRIVIAL, trivial
from grader.engine import session as session_module
from grader.engine.session import Session
from grader.grading import provenance
from grader.records import Report, Status
from grader.report.json_report import schema, to_dict, to_json
from grader.rubric import Topic, load_rubric
from grader.scoring import has_grader_error, score
from grader.submission import Submission

ATTACKS, DISASTERS = cases("attacks"), cases("disasters")
# A few of the quickest run with every `make test`: one for each way to lie.
QUICK = {
    "answers_before_it_is_asked", "breaks_frames_in_every_way", "patches_comparisons",
    "signals_everybody", "tuple_that_shows_other_items", "writes_into_the_report",
    "misspelt_function", "saved_as_utf_16", "wrong_file_name",
}  # fmt: skip


def parameters(found: list[Case]) -> list[object]:
    marks = {True: (), False: (pytest.mark.slow,)}
    return [pytest.param(case, id=case.name, marks=marks[case.name in QUICK]) for case in found]


def points(report: Report) -> float:
    return report.score + report.extra_credit


@pytest.fixture(scope="module")
def twin(session: Session) -> Callable[[Case], Report]:
    """The report of an attack's honest twin."""
    known: dict[tuple[str, ...], Report] = {}

    def find(case: Case) -> Report:
        if case.only not in known:
            known[case.only] = graded(session, {case.file: honest(case.topic)}, case.only)
        return known[case.only]

    return find


def test_there_are_attacks_of_every_class_and_disasters_enough() -> None:
    known = {status.value for status in Status} - {"grader_error"}

    assert len(ATTACKS) >= 60
    assert len(DISASTERS) >= 25
    assert {case.kind[0] for case in ATTACKS} == set("ABCDEFGHIJ")
    for case in [*ATTACKS, *DISASTERS]:
        assert case.expects <= known, case.name
    for case in ATTACKS:
        assert docstring(case.source).count("\n") == 0, case.name


@pytest.mark.parametrize("case", parameters(ATTACKS))
def test_an_attack_earns_no_more_than_its_honest_twin(
    session: Session, twin: Callable[[Case], Report], case: Case
) -> None:
    report = graded(session, case.files(twin=True), case.only)
    found, without = statuses(report), statuses(twin(case))

    assert points(report) <= points(twin(case))
    assert found.keys() == without.keys()
    for check, status in found.items():
        assert status in case.expects or status == without[check] == "passed", check
    assert not has_grader_error(report)
    jsonschema.validate(to_dict(report), schema())
    assert len(to_json(report)) < 1 << 20


@pytest.mark.parametrize("case", parameters(DISASTERS))
def test_a_disaster_is_named_and_costs_what_it_breaks(session: Session, case: Case) -> None:
    report = graded(session, case.files(twin=False), case.only)

    said = "\n".join(check.message for p in report.problems for check in p.checks)
    assert set(statuses(report).values()) <= case.expects
    assert not has_grader_error(report)
    assert case.says in said
    jsonschema.validate(to_dict(report), schema())


@pytest.mark.slow
def test_a_hostile_source_is_no_fault_of_the_policies_that_read_it(session: Session) -> None:
    rubric = load_rubric()
    bad = {}
    for case in [*ATTACKS, *DISASTERS]:
        chosen = rubric.select(None, [f"{case.topic}.rules"])
        result = session.grade(Submission("hostile", case.files(twin=True)), rubric, chosen)
        found = {o.status for o in result.outcomes.values()}
        if found & {Status.GRADER_ERROR, Status.VIOLATION, Status.CRASHED}:
            bad[case.name] = result.outcomes

    assert bad == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["loops_for_ever", "sleeps_in_native_code", "dribbles_its_answer", "stops_itself",
             "starts_threads_without_end", "prints_for_ever", "fills_the_disk"],
)  # fmt: skip
def test_a_report_is_there_within_the_budget_and_five_seconds(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(session_module, "SUBMISSION_S", 5.0)
    case = attack(name)
    # Both functions do it, so that every check hangs.
    source = (
        case.source + b"\n\nuniform_log_likelihood = lambda samples, a, b: uniform_mle(samples)\n"
    )

    with Session(1) as one:
        graded(one, {"hw5_mle.py": honest("hw5_mle")}, (case.topic,))
        started = time.monotonic()
        report = graded(one, {case.file: source, "honest.py": honest(case.topic)}, (case.topic,))
        seconds = time.monotonic() - started

    print(f"{name}: a report after {seconds:.1f} s of 5 s + 5 s")
    assert seconds < 10
    assert len(statuses(report)) == 6
    assert "grader_error" not in statuses(report).values()


LIAR = """
import random
import numpy as np
from grader.sandbox import wire, worker

chance = random.Random({seed})
torch = __import__("torch") if "torch" in worker.sys.modules else None


def lie(depth=0):
    makers = [
        lambda: None, lambda: chance.random() < 0.5, lambda: chance.choice([0, 1, -1, 2**70, -5]),
        lambda: chance.choice([0.0, 1.0, -1e308, float("nan"), float("inf"), 0.3]),
        lambda: chance.choice(["", "a", "figure", "axes", "\\x1b[2J", "0" * 99]), lambda: b"\\0\\xff",
        lambda: wire.Handle(chance.randrange(3), "x"), lambda: wire.Opaque("y"),
        lambda: np.array(chance.choice([1.0, [], [[1.0, 2.0]], [[[True]]], [1 + 2j], [np.nan]])),
        lambda: np.zeros(chance.choice([(0, 3), (3, 0), (1,) * 8, (28, 28), (4,), ()]), "f4"),
        lambda: torch.zeros(chance.choice([(0, 3), (2, 2), (1, 784), (10,), ()])) if torch else 1,
        lambda: torch.full((3,), float("nan")) if torch else 1,
    ]
    if depth < 3:
        makers += [
            lambda: [lie(depth + 1) for _ in range(chance.randrange(4))],
            lambda: tuple(lie(depth + 1) for _ in range(chance.randrange(4))),
            lambda: dict((lie(9) if chance.random() < 0.2 else chance.choice(KEYS), lie(depth + 1))
                         for _ in range(chance.randrange(6))),
        ] * 3
    value = chance.choice(makers)()
    return value if depth < 9 or type(value) in (int, float, str, bytes, bool) else 3


KEYS = ["value", "args", "kind", "axes", "lines", "x", "y", "xy", "images", "label", "parameters",
        "gradients", "buffers", "requires_grad", "training", "position", "scatters", "a", 0, 1]


def answer(self, operation, payload):
    if operation in ("files", "load", "probe", "outline", "disturb"):
        return answered(self, operation, payload)
    kept = operation == "build" or payload.get("keep")
    value = wire.Handle(chance.randrange(5), "torch.nn.Linear") if kept else lie()
    reply = {{"value": value}}
    if payload.get("observe"):
        honest_args = chance.random() < 0.7
        reply["args"] = payload["args"] if honest_args else [lie() for _ in payload["args"]]
    if operation in ("state", "parameters", "shapes", "describe", "weights"):
        return "ok", lie()
    return "ok", reply


answered = worker.Server.answer
worker.Server.answer = answer
"""


@pytest.mark.slow
@pytest.mark.parametrize("topic", load_rubric().topics, ids=lambda topic: topic.name)
def test_a_worker_that_answers_anything_causes_no_error_of_the_grader(
    session: Session, topic: Topic
) -> None:
    """Every request about the loaded module is answered with random values that the wire takes."""
    wanted = tuple(check.id for check in topic.checks if check.kind != "manual")
    for seed in range(2):
        source = LIAR.format(seed=seed).encode()
        report = graded(session, {f"{topic.name}.py": source}, wanted, seed=seed)

        bad = [c for p in report.problems for c in p.checks if c.status is Status.GRADER_ERROR]
        assert [(check.id, check.message) for check in bad] == []
        assert points(report) <= _for_nothing(topic)


def _for_nothing(topic: Topic) -> float:
    """The points that need no answer: of checks that read the source alone."""
    return sum(check.points for check in topic.checks if check.kind == "policy")


@pytest.mark.slow
@pytest.mark.parametrize("topic", load_rubric().topics, ids=lambda topic: topic.name)
def test_empty_constant_identity_and_echo_earn_nothing(session: Session, topic: Topic) -> None:
    wanted = tuple(check.id for check in topic.checks if check.kind != "manual")
    earned = {}
    for name in ("none", "zero", "empty", "echo", "echo_last"):
        files = {f"{topic.name}.py": trivial(topic, TRIVIAL[name]).encode()}
        earned[name] = points(graded(session, files, wanted))
    earned["no file"] = points(graded(session, {}, wanted))
    earned["an empty file"] = points(graded(session, {f"{topic.name}.py": b""}, wanted))

    assert {name: score for name, score in earned.items() if score} == {}


def test_a_hidden_check_does_not_tell_how_it_failed(session: Session) -> None:
    """Crash, hang, raise or answer wrongly: each would be a message about the input."""
    rubric = load_rubric()
    ways = [
        "os._exit(0)", "raise ValueError(samples)", "return samples", "return bytearray(1 << 34)",
        "raise NotImplementedError", "os.write(3, b'x' * 99)", "print(samples); return 1 / 0",
    ]  # fmt: skip
    body = "".join(f"    if n % {len(ways)} == {k}:\n        {way}\n" for k, way in enumerate(ways))
    said = set()
    for n in range(len(ways)):
        source = (
            f"import os\nn = {n}\ndef uniform_mle(samples):\n{body}\nuniform_log_likelihood = 3\n"
        )
        submission = Submission("s", {"hw5_mle.py": source.encode()})
        chosen = rubric.select(None, ["hw5_mle.estimate_is_min_and_max"])
        result = session.grade(submission, rubric, chosen)
        report = score(
            {_hidden(topic): names for topic, names in chosen.items()}, result.outcomes,
            name="s", sha256=submission.sha256, provenance=provenance(0),
            isolation=result.isolation, seconds=0.0,
        )  # fmt: skip
        said.add(json.dumps(to_dict(report)["problems"]))

    assert len(said) == 1


def _hidden(topic: Topic) -> Topic:
    problems = tuple(
        replace(problem, checks=tuple(replace(c, visibility="hidden") for c in problem.checks))
        for problem in topic.problems
    )
    return replace(topic, problems=problems)


@pytest.mark.slow
def test_after_an_attack_the_same_submission_gets_the_same_report(session: Session) -> None:
    wrong = {"hw5_mle.py": honest("hw5_mle").replace(b"0.0, 1.0", b"np.random.rand(), 1.0")}
    names = ("fills_the_disk", "leaves_a_note_for_the_next_worker", "mutates_the_interpreter")

    def report() -> str:
        text = to_json(graded(session, wrong, ("hw5_mle",), seed=3))
        return re.sub(r'"seconds": [0-9.e-]+', "", text)

    texts = {report()}
    for case in map(attack, names):
        graded(session, case.files(twin=True), case.only)
        texts.add(report())

    assert len(texts) == 1


@pytest.mark.slow
def test_known_answers_are_worth_nothing_under_another_seed(session: Session) -> None:
    """With the public seed the inputs can be written down; with a secret one they cannot."""
    right = b"float(min(samples)), float(max(samples))"
    spy = honest("hw5_mle").replace(
        b"return 0.0, 1.0", b"print('SEEN', samples.tolist()); return " + right
    )
    report = graded(session, {"hw5_mle.py": spy}, ("hw5_mle",))
    printed = "\n".join(check.printed for p in report.problems for check in p.checks)
    seen = {tuple(json.loads(text)) for text in re.findall(r"SEEN (\[[^\]\n]+\])", printed)}
    table = {samples: (min(samples), max(samples)) for samples in seen}
    source = (
        b"TABLE = "
        + repr(table).encode()
        + b"\n"
        + honest("hw5_mle").replace(
            b"return 0.0, 1.0", b"return TABLE.get(tuple(samples.tolist()), (0.0, 1.0))"
        )
    )

    public = graded(session, {"hw5_mle.py": source}, ("hw5_mle",))
    secret = graded(session, {"hw5_mle.py": source}, ("hw5_mle",), seed=918_273_645)
    twin = graded(session, {"hw5_mle.py": honest("hw5_mle")}, ("hw5_mle",), seed=918_273_645)

    assert len(seen) > 20
    assert points(twin) == points(secret) < points(public) == points(report)
