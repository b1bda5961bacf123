"""Notebooks: made from the stubs, and graded as the module that their code cells are."""

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.engine import notebooks
from grader.engine.failures import EndCheck
from grader.engine.session import Session
from grader.engine.written import Notebook
from grader.engine.zygotes import ZygotePool
from grader.errors import UsageError
from grader.grading import Request, grade
from grader.notebooks import to_notebook, write_notebooks
from grader.records import CheckScore, Report, Status
from grader.rubric import load_rubric
from grader.sandbox.notebook import to_module
from grader.sandbox.outline import outline

TOPIC = "hw5_mle"
PART = f"{TOPIC}.a"
"""The checks that run the code: policies read any source that parses."""
CELLS = [
    "%matplotlib inline\n!pip install numpy\nimport numpy as np",
    '''def uniform_log_likelihood(samples, a, b):
    """Log likelihood."""
    # The support decides first.
    if not a < b:
        raise ValueError("a must be below b")
    samples = np.asarray(samples)
    if samples.size and (samples.min() < a or samples.max() > b):
        return float("-inf")
    return float(-samples.size * np.log(b - a))''',
    '''%%time
def uniform_mle(samples):
    """Smallest and largest."""
    if len(samples) == 0:
        raise ValueError("no samples")
    return float(min(samples)), float(max(samples))''',
]


def text_of(cells: list[str], **metadata: Any) -> str:
    told = [new_markdown_cell("# My answers", id="about")]
    told += [new_code_cell(cell, id=f"cell-{n}") for n, cell in enumerate(cells)]
    return nbformat.writes(new_notebook(cells=told, metadata=metadata))


def handed_in(folder: Path, content: str | bytes | list[str]) -> Path:
    folder.mkdir(exist_ok=True)
    text = text_of(content) if isinstance(content, list) else content
    data = text.encode() if isinstance(text, str) else text
    (folder / f"{TOPIC}.ipynb").write_bytes(data)
    return folder


def graded(path: Path, session: Session, *only: str) -> Report:
    return grade(Request(path, only=only or (TOPIC,)), session)


def checks(report: Report) -> list[CheckScore]:
    return [check for problem in report.problems for check in problem.checks]


def only_message(report: Report, status: Status) -> str:
    """The one message of a topic all of whose checks have this status."""
    assert {check.status for check in checks(report)} == {status}
    (message,) = {check.message for check in checks(report)}
    return message


def test_a_right_notebook_gets_full_marks(tmp_path: Path, session: Session) -> None:
    report = graded(handed_in(tmp_path / "s", CELLS), session)

    assert (report.score, report.max_score) == (5, 5)
    assert report.remarks == ()


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("x = 1\ny = undefined + x", "code cell 3: NameError: name 'undefined'"),
        ("files = !ls\nprint(files)", "code cell 3: NameError: name 'files'"),
        ("import no_such_package_here", "code cell 3: ModuleNotFoundError"),
        ("return 3", "code cell 3: SyntaxError: 'return' outside function"),
        ("x = 1\nx = (2,\n", "code cell 3, line 2: SyntaxError: '(' was never closed"),
    ],
)
def test_a_cell_that_does_not_import_is_told_by_its_number(
    tmp_path: Path, session: Session, cell: str, words: str
) -> None:
    folder = handed_in(tmp_path / "s", [*CELLS[:2], cell, CELLS[2]])

    # The part with the functions: the rules of the handout are read off the source.
    report = graded(folder, session, PART)

    message = only_message(report, Status.IMPORT_ERROR)
    assert message.startswith(f"{TOPIC}.ipynb ")
    assert words in message


def test_a_call_that_raises_is_shown_in_its_cell(tmp_path: Path, session: Session) -> None:
    wrong = [*CELLS[:2], "\n\ndef uniform_mle(samples):\n    return samples.nothing\n"]

    report = graded(handed_in(tmp_path / "s", wrong), session, f"{TOPIC}.no_interval_is_likelier")

    assert f"{TOPIC}.ipynb code cell 3, line 4 in uniform_mle" in checks(report)[0].message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "it is not JSON"),
        (b"\xff\xfe{}", "it is not JSON"),
        ("[]", "it is no valid notebook"),
        ("{}", "it is no valid notebook"),
        ('{"nbformat": 9, "nbformat_minor": 0, "cells": []}', "it is no valid notebook"),
        ('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 3}', "no valid notebook"),
        ("[" * 100_000, "it is no valid notebook (RecursionError"),
        (text_of(CELLS, language_info={"name": "R"}), "its language is R, not Python"),
        (text_of(CELLS).replace("# The support", "\\ud800"), "surrogates not allowed"),
        (b" " * ((notebooks.MAX_MIB << 20) + 1), "clear its outputs"),
    ],
)
def test_a_broken_notebook_is_the_topics_import_error_with_the_reason(
    tmp_path: Path, session: Session, content: str | bytes, words: str
) -> None:
    report = graded(handed_in(tmp_path / "s", content), session)

    assert words in only_message(report, Status.IMPORT_ERROR)


def test_a_notebook_without_the_function_says_so(tmp_path: Path, session: Session) -> None:
    report = graded(
        handed_in(tmp_path / "s", ["import numpy"]), session, f"{TOPIC}.errors_are_raised"
    )

    assert f"{TOPIC}.ipynb has no uniform_mle" in only_message(report, Status.NOT_IMPLEMENTED)


def test_where_both_are_there_the_module_counts_and_a_remark_says_so(
    tmp_path: Path, session: Session
) -> None:
    folder = handed_in(tmp_path / "s", "{ broken")
    (folder / f"{TOPIC}.py").write_text(to_module(text_of(CELLS).encode())["source"])

    report = graded(folder, session)

    assert report.score == 5
    assert report.remarks == (
        f"{TOPIC}.py and {TOPIC}.ipynb are both there: {TOPIC}.py is graded, the notebook is not",
    )


def test_a_misspelt_notebook_is_named_with_its_right_name(tmp_path: Path, session: Session) -> None:
    folder = handed_in(tmp_path / "s", CELLS)
    (folder / f"{TOPIC}.ipynb").rename(folder / "HW5_mle (1).ipynb")

    message = only_message(graded(folder, session), Status.NOT_IMPLEMENTED)

    assert f"HW5_mle (1).ipynb is there: rename it to {TOPIC}.ipynb" in message


def test_replay_runs_a_notebooks_function(tmp_path: Path) -> None:
    wrong = [cell.replace("max(samples))", "min(samples))") for cell in CELLS]
    folder = handed_in(tmp_path / "s", wrong)
    command = [sys.executable, "-m", "grader", "replay", f"{TOPIC}.estimate_is_min_and_max", folder]

    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)

    assert ">>> uniform_mle(" in done.stdout
    assert sorted(path.name for path in folder.iterdir()) == [f"{TOPIC}.ipynb"]


def source_of(*cells: str) -> str:
    return str(to_module(text_of(list(cells)).encode())["source"])


@pytest.mark.parametrize(
    ("cell", "left"),
    [
        ("%matplotlib inline\nx = 1", "\nx = 1"),
        ("!pip install \\\n  torch\nx = 1", "\n\nx = 1"),
        ("x = 1\n?x\nx?\nx.y??", "x = 1\n\n\n"),
        ("if True:\n    !ls\n    %cd ..", "if True:\n    pass\n    pass"),
        ("%time x = f(\n    3)", "x = f(\n    3)"),
        ("x = %env HOME\ny = 2", "\ny = 2"),
        ("%%capture out\nx = 1", "\nx = 1"),
        ("\n%%bash\nrm -rf $HOME\necho done", "\n\n\n"),
        ("!echo it's (\nx = 1", "\nx = 1"),
        ("x = 1\r\n%cd ..\r\ny = 2", "x = 1\n\ny = 2"),
        ("", ""),
    ],
)
def test_what_only_a_notebook_understands_is_left_out(cell: str, left: str) -> None:
    assert source_of(cell) == f"\n\n{left}\n"


@pytest.mark.parametrize(
    "cell",
    [
        "x = (7\n  % 3)",
        's = """\n%matplotlib inline\n!ls\n"""',
        "# is it right?\nx = 1  # or not?",
        "x = 7 \\\n % 3",
    ],
)
def test_python_that_looks_like_magic_stays(cell: str) -> None:
    assert source_of(cell) == f"\n\n{cell}\n"


def test_an_encoding_in_a_cell_is_a_comment_like_any_other() -> None:
    source = source_of("# -*- coding: latin-1 -*-\nname = 'é'")

    names: dict[str, str] = {}
    exec(compile(source.encode(), "cell", "exec"), names)
    assert names["name"] == "é"


def test_a_notebook_of_an_older_format_is_read() -> None:
    cell = {"cell_type": "code", "input": "x = 1", "language": "python", "metadata": {},
            "outputs": [{"output_type": "stream", "odd": 3}], "collapsed": False}  # fmt: skip
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": "n"},
           "worksheets": [{"cells": [cell], "metadata": {}}]}  # fmt: skip

    assert to_module(json.dumps(old).encode())["source"] == "\n\nx = 1\n"


def test_the_rules_of_the_handout_hold_for_a_notebook(tmp_path: Path, session: Session) -> None:
    rule = f"{TOPIC}.allowed_imports"

    kept = graded(handed_in(tmp_path / "kept", CELLS), session, rule)
    broken = graded(handed_in(tmp_path / "broken", [*CELLS, "import seaborn"]), session, rule)

    assert [check.status for check in checks(kept)] == [Status.PASSED]
    assert "seaborn" in only_message(broken, Status.FAILED)


def test_policy_checks_see_the_converted_source(root: Path) -> None:
    stub = (root / "reference" / "hw2_least_squares.py").read_text()
    made = to_notebook(stub, load_rubric().topic("hw2_least_squares"))

    seen, meant = (
        outline(text.encode()) for text in (to_module(made.encode())["source"], stub)
    )  # fmt: skip
    for key in ("imports", "comments"):
        assert seen[key] == meant[key]
    assert {n: f["calls"] for n, f in seen["functions"].items()} == {
        n: f["calls"] for n, f in meant["functions"].items()
    }


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=60), st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["nbformat", "nbformat_minor", "cells", "worksheets", "metadata",
                         "cell_type", "source", "input"]), inner, max_size=4),
).map(lambda value: json.dumps(value).encode())))  # fmt: skip
def test_whatever_comes_is_a_module_or_a_value_error(data: bytes) -> None:
    try:
        found = to_module(data)
    except ValueError:
        return
    ast.parse(found["source"])


@given(st.lists(st.integers(1, 5), min_size=1, max_size=6), st.data())
def test_a_line_of_the_module_is_found_in_its_cell(sizes: list[int], data: Any) -> None:
    cells = ["\n".join(f"x{n}_{line} = 1" for line in range(size)) for n, size in enumerate(sizes)]
    module = to_module(text_of(cells).encode())
    cell = data.draw(st.integers(0, len(sizes) - 1))
    line = data.draw(st.integers(0, sizes[cell] - 1))
    at = module["source"].split("\n").index(f"x{cell}_{line} = 1") + 1
    notebook = Notebook("m", tuple(module["starts"]))

    assert notebook.located(f"m.py:{at} in f: x") == (
        f"m.ipynb code cell {cell + 1}, line {line + 1} in f: x"
    )


def test_notebooks_are_the_stubs_cell_by_cell(root: Path, tmp_path: Path) -> None:
    written = write_notebooks(root / "student", tmp_path / "out")

    assert [path.stem for path in written] == [topic.name for topic in load_rubric().topics]
    for path in written:
        module = to_module(path.read_bytes())["source"]
        stub = ast.parse((root / "student" / f"{path.stem}.py").read_text())
        assert ast.dump(ast.parse(module)) == ast.dump(ast.Module(stub.body[1:], []))
        nbformat.validate(nbformat.read(path, as_version=4))


def test_a_notebook_repeats_and_never_overwrites_answers(root: Path, tmp_path: Path) -> None:
    stub = (root / "student" / f"{TOPIC}.py").read_text()
    topic = load_rubric().topic(TOPIC)
    (tmp_path / f"{TOPIC}.ipynb").write_text("mine")

    assert to_notebook(stub, topic) == to_notebook(stub, topic)
    with pytest.raises(UsageError, match="may hold answers"):
        write_notebooks(root / "student", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [f"{TOPIC}.ipynb"]


OWN = """# mine
import numpy as np; LIMIT = 3

@staticmethod
def uniform_mle(samples): return 1


def größe(x):
    return x


if LIMIT > 2:
    def uniform_mle(samples):
        return min(samples), max(samples)

def uniform_mle(samples):
    return LIMIT
# the end
"""


def test_a_students_own_module_comes_whole(tmp_path: Path) -> None:
    made = to_notebook(OWN, load_rubric().topic(TOPIC))

    nbformat.validate(nbformat.reads(made, as_version=4))
    module = to_module(made.encode())["source"]
    assert ast.dump(ast.parse(module)) == ast.dump(ast.parse(OWN))
    assert "# the end" in module


@pytest.mark.parametrize("content", [b"def f(:\n", b"x = '\xff'\n"])
def test_a_module_that_is_no_python_is_named(root: Path, tmp_path: Path, content: bytes) -> None:
    mine = tmp_path / "student"
    shutil.copytree(root / "student", mine)
    (mine / f"{TOPIC}.py").write_bytes(content)

    with pytest.raises(UsageError, match=f"{TOPIC}.py is no Python that can be read"):
        write_notebooks(mine, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        ("ok", None),
        ("ok", {"source": 7, "starts": []}),
        ("ok", {"source": "", "starts": "no list"}),
        ("ok", {"source": "", "starts": [1, "no line"]}),
        ("raised", {"message": ["no text"]}),
    ],
)
def test_a_worker_that_answers_with_no_module_is_a_violation(status: str, answer: Any) -> None:
    class Lying:
        """In place of a worker and of the pool that it comes from."""

        def channel(self, *_: object) -> "Lying":
            return self

        def request(self, *_: object) -> tuple[str, Any]:
            return status, answer

        def close(self) -> None: ...

    topic = load_rubric().topic(TOPIC)
    with pytest.raises(EndCheck) as ended:
        notebooks.as_module(topic, {f"{TOPIC}.ipynb": b"{}"}, cast(ZygotePool, Lying()))
    assert ended.value.status is Status.VIOLATION
