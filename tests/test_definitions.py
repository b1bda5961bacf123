"""Top-level statements: what they define, and where they begin."""

import ast

import pytest

from grader.definitions import defined_by, first_line, source_of


def statement(source: str) -> ast.stmt:
    (node,) = ast.parse(source).body
    return node


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(x): y = 1", ["f"]),
        ("async def f(): pass", ["f"]),
        ("class C:\n    D = 1", ["C"]),
        ("A = B = 1", ["A", "B"]),
        ("A, (B, *C) = 1, (2, 3)", ["A", "B", "C"]),
        ("A: int = 1", ["A"]),
        ("table[key] = value", []),
        ("thing.part = value", []),
        ("import os", []),
        ("f()", []),
    ],
)
def test_a_statement_defines_the_names_that_it_binds(source: str, names: list[str]) -> None:
    assert defined_by(statement(source)) == names


def test_decorators_belong_to_a_definition() -> None:
    source = "# why\n@outer\n@inner(\n    1\n)\ndef f():\n    pass"

    assert first_line(statement(source)) == 2
    assert source_of(statement(source), source.splitlines()) == source.removeprefix("# why\n")
