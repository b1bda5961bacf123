"""Automatic mutants of the reference: small wrong edits that no person thought of.

The edits are cosmic-ray's, used as a library: it is maintained and hands over mutated source, so
that each mutant is graded through the same path as a student's submission (mutmut, the other one
that is kept up, runs a project's own tests inside one process, which is what this must not do).

Of its operators those are taken that make a plausible slip: an operator for its neighbour, a number
off by one, a comparison at its edge, a condition turned round. The rest of its binary replacements
(`+` by `<<`) only make programs that crash.
"""

import ast
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.affected import affected
from grader.author.audit import run, takes_a_point
from grader.author.cases import Case
from grader.author.memory import Memory
from grader.errors import UsageError
from grader.records import Outcome
from grader.rubric import CheckEntry, Topic

_BINARY = (
    "Add_Sub",
    "Sub_Add",
    "Mul_Div",
    "Mul_Add",
    "Div_Mul",
    "Pow_Mul",
    "FloorDiv_Div",
    "Mod_Add",
)
_COMPARISONS = (
    "Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt", "Eq_NotEq", "NotEq_Eq", "Lt_Gt", "Gt_Lt",
    "Is_IsNot", "IsNot_Is",
)  # fmt: skip
OPERATORS = (
    *(f"core/ReplaceBinaryOperator_{name}" for name in _BINARY),
    *(f"core/ReplaceComparisonOperator_{name}" for name in _COMPARISONS),
    "core/ReplaceUnaryOperator_Delete_USub",
    "core/ReplaceUnaryOperator_Delete_Not",
    "core/ReplaceUnaryOperator_Delete_Invert",
    "core/ReplaceTrueWithFalse",
    "core/ReplaceFalseWithTrue",
    "core/ReplaceAndWithOr",
    "core/ReplaceOrWithAnd",
    "core/ReplaceBreakWithContinue",
    "core/AddNot",
    "core/NumberReplacer",
    "core/ZeroIterationForLoop",
)

EQUIVALENT = Path("tests", "submissions", "equivalent_mutants.toml")
"""Mutants that no check can tell from the reference, each with the reason."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One edit of a topic's reference: where, what, and the source that it makes."""

    function: str
    line: int
    before: str
    after: str
    source: str

    @property
    def name(self) -> str:
        """What a list of equivalent mutants calls it: free of line numbers, which drift."""
        return f"{self.function}: {self.before} -> {self.after}"


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module, less those that change nothing but docstrings and annotations."""
    try:
        from cosmic_ray import mutating, plugins
    except ImportError:
        raise UsageError("cosmic-ray is not installed: `make setup` installs it") from None
    original = ast.dump(_essence(ast.parse(source)))
    seen = {original}
    for name in OPERATORS:
        operator = plugins.get_operator(name)()
        occurrence = 0
        while (changed := mutating.mutate_code(source, operator, occurrence)) is not None:
            occurrence += 1
            essence = ast.dump(_essence(ast.parse(changed)))
            if essence in seen:
                continue
            seen.add(essence)
            yield _describe(source, changed)


def _describe(source: str, changed: str) -> Mutant:
    old, new = source.splitlines(), changed.splitlines()
    at = next(n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b)
    function = "module"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.lineno <= at + 1 <= (node.end_lineno or 0):
            function = node.name
    return Mutant(function, at + 1, old[at].strip(), new[at].strip(), changed)


def _essence(tree: ast.Module) -> ast.Module:
    """The tree without docstrings and annotations, which do nothing."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant()):
                node.value = ast.Constant(None)
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
    return tree


def grade_mutants(
    root: Path,
    topic: Topic,
    jobs: int,
    memory: Memory,
    on_graded: Callable[[str], None] = lambda name: None,
) -> list[tuple[Mutant, bool]]:
    """The mutants of a topic's reference, and whether each survives all checks.

    A mutant first meets the checks that its edit is likely to change; only one that survives them
    meets the rest, and the first check that takes a point from it is its last.
    """
    reference = {p.name: p.read_bytes() for p in (root / "reference").iterdir() if p.is_file()}
    file = f"{topic.name}.py"
    made = list(mutants(reference[file].decode()))
    changed = [_changed(topic, reference[file], mutant) for mutant in made]
    seeing = [check.id for check in topic.checks if _can_see(check)]
    alive = list(range(len(made)))
    for near in (True, False):
        cases = []
        for number in alive:
            mutant = made[number]
            checks = tuple(check for check in seeing if (check in changed[number]) is near)
            files = {**reference, file: mutant.source.encode()}
            name = f"{mutant.function}_{number}"
            cases.append(Case(topic, "mutant", name, files, checks, until_lost=True))
        verdicts = run(cases, jobs, memory, lambda v: on_graded(v.case.name))
        lives = [survives(verdict.outcomes) for verdict in verdicts]
        alive = [number for number, still in zip(alive, lives, strict=True) if still]
    return [(mutant, number in alive) for number, mutant in enumerate(made)]


def _changed(topic: Topic, source: bytes, mutant: Mutant) -> frozenset[str]:
    file = f"{topic.name}.py"
    return affected(topic, {file: source}, {file: mutant.source.encode()})


def _can_see(check: CheckEntry) -> bool:
    # A policy without points reads the style of the source: it says nothing of what that does.
    by_style = check.kind == "policy" and not check.points
    return check.kind not in ("manual", "artifact") and not by_style


def survives(outcomes: Mapping[str, Outcome]) -> bool:
    """Whether no check took a point from it; the grader's own errors take none."""
    return not any(map(takes_a_point, outcomes.values()))


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the mutants of one function."""

    topic: str
    function: str
    mutants: int
    equivalent: int
    survivors: tuple[str, ...]

    @property
    def counted(self) -> int:
        """How many must lose points: those that somebody can tell from the reference."""
        return self.mutants - self.equivalent


def killed(tallies: Sequence[Tally]) -> float:
    """The share of the mutants that must lose points which do."""
    counted = sum(tally.counted for tally in tallies)
    return 1.0 - sum(len(tally.survivors) for tally in tallies) / counted if counted else 1.0


def tally(topic: str, graded: list[tuple[Mutant, bool]], equivalent: frozenset[str]) -> list[Tally]:
    """A row per function, from each mutant and whether it survived."""
    rows = []
    for function in dict.fromkeys(mutant.function for mutant, _ in graded):
        mine = [(mutant, lives) for mutant, lives in graded if mutant.function == function]
        known = [mutant for mutant, _ in mine if mutant.name in equivalent]
        survivors = tuple(m.name for m, lives in mine if lives and m.name not in equivalent)
        rows.append(Tally(topic, function, len(mine), len(known), survivors))
    return rows


def read_equivalent(root: Path, topic: str) -> frozenset[str]:
    """The mutants of a topic that are listed as equivalent, each with a reason."""
    path = root / EQUIVALENT
    if not path.is_file():
        return frozenset()
    listed = tomllib.loads(path.read_text(encoding="utf-8")).get(topic, [])
    without = [entry["mutant"] for entry in listed if not entry.get("reason")]
    if without:
        raise UsageError(f"{path}: no reason is given for {without[0]!r}")
    return frozenset(entry["mutant"] for entry in listed)
