"""The stubs mirror the reference: names, signatures, docstrings, and not a word of the solution."""

import ast
from pathlib import Path

import pytest

from grader.author.ruff import formatted
from grader.author.stubs import make_stub, write_stubs
from grader.rubric import Topic, load_rubric

TOPICS = load_rubric().topics


def definitions(path: Path) -> dict[str, ast.FunctionDef]:
    """Public functions and methods by their dotted names."""
    found = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            found[node.name] = node
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and (
                    not inner.name.startswith("_") or inner.name == "__init__"
                ):
                    found[f"{node.name}.{inner.name}"] = inner
    return found


def test_the_stubs_are_up_to_date(root: Path) -> None:
    assert write_stubs(root / "reference", root / "student", write=False) == []


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_signatures_and_docstrings_are_the_references(root: Path, topic: Topic) -> None:
    reference = definitions(root / "reference" / f"{topic.name}.py")
    student = definitions(root / "student" / f"{topic.name}.py")

    assert student.keys() == reference.keys()
    for name, node in reference.items():
        assert ast.dump(student[name].args) == ast.dump(node.args), name
        assert ast.get_docstring(student[name]) == ast.get_docstring(node), name


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_every_public_name_of_the_rubric_is_there(root: Path, topic: Topic) -> None:
    names = {name.split(".")[0] for name in definitions(root / "student" / f"{topic.name}.py")}

    assert set(topic.functions) <= names


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_bodies_raise_with_the_task_and_hold_nothing_else(root: Path, topic: Topic) -> None:
    labels = {problem.label for problem in topic.problems}
    for name, node in definitions(root / "student" / f"{topic.name}.py").items():
        body = node.body[1:] if ast.get_docstring(node) else node.body
        if _is_given(root / "student" / f"{topic.name}.py", name, topic):
            continue

        assert len(body) == 1, name
        assert isinstance(body[0], ast.Raise), name
        assert ast.unparse(body[0].exc.args[0]).strip("'\"") in labels, name  # type: ignore[union-attr]


def _is_given(path: Path, name: str, topic: Topic) -> bool:
    return name.split(".")[0] not in topic.functions


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_no_line_of_a_solution_is_in_a_stub(root: Path, topic: Topic) -> None:
    reference = (root / "reference" / f"{topic.name}.py").read_text(encoding="utf-8")
    student = (root / "student" / f"{topic.name}.py").read_text(encoding="utf-8")
    solution = {
        ast.unparse(statement)
        for node in definitions(root / "reference" / f"{topic.name}.py").values()
        for statement in node.body[1:]
    }
    assert "#" not in student.replace("# given", "")

    leaked = [line for line in solution if len(line) > 20 and line in student]

    assert reference
    assert leaked == []


def test_given_code_is_kept_and_private_code_is_not() -> None:
    topic = Topic("t", "hw", "T", (), {"f": "a"}, _problems())
    source = (
        '"""T"""\n\nimport math\nimport os\n\nLIMIT = 3\nSECRET = 4\n\n\n'
        "# given\ndef helper(x):\n    return math.sqrt(x)\n\n\n"
        "def _private():\n    return SECRET\n\n\n"
        'def f(x: int = LIMIT) -> int:\n    """Doc."""\n    # solution\n    return x + SECRET\n'
    )

    stub = formatted(make_stub(source, topic))

    assert "return math.sqrt(x)" in stub
    assert "import math" in stub
    assert "LIMIT = 3" in stub
    assert 'raise NotImplementedError("Q1")' in stub
    for absent in ("SECRET", "import os", "_private", "solution"):
        assert absent not in stub


def _problems() -> tuple:
    from grader.rubric import Problem

    return (Problem("a", "Q1", "t", 1, False, ()),)
