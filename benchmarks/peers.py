"""The same six checks on other graders, which isolate less: CPU seconds for each submission.

    pip install gradescope-utils==0.5.0 nbgrader==0.9.6 otter-grader==7.0.0
    python benchmarks/peers.py [--python INTERPRETER] [--size N] [PEER ...]

The checks are those of hw5_mle that give points, with the same inputs and numbers of examples. The
peers call the submission in the process that judges it, and start one for each submission, as they
do in use: plain pytest, gradescope-utils, otter-grader (`otter run`, without its container) and
nbgrader, these two with the submission as a notebook in a kernel. `grader batch` runs each of its
checks in a sandboxed process of its own. CPU time of all processes is counted, start-up included,
so that what else the machine does changes little. `--python` is an interpreter that has the peers,
when these want other versions of packages than the grader; it needs numpy, Hypothesis and the
sandbox's packages too.
"""

import argparse
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat
from batch import ROOT, make_class
from batch import grade as grade_class
from nbformat.v4 import new_code_cell, new_notebook

from grader.rubric import load_rubric

TOPIC = "hw5_mle"
NAMES = [c.id.split(".")[1] for c in load_rubric().topic(TOPIC).checks if c.kind == "property"]

# What the checks get for the proxy of a sandboxed submission: its functions, called directly.
DIRECT = """
import builtins
import copy

from hypothesis import Phase, settings

from grader.checks import hw5_mle as checks
from grader.engine.failures import StudentError
from grader.rubric import load_rubric


class Direct:
    def __init__(self, functions):
        self.functions = functions

    def observe(self, name, *args):
        sent = copy.deepcopy(args)
        return self.call(name, *sent), sent

    def call(self, name, *args):
        try:
            return self.functions[name](*args)
        except Exception as error:
            kinds = [kind.__name__ for kind in type(error).__mro__]
            builtin = next(kind for kind in kinds if hasattr(builtins, kind))
            raise StudentError(name, builtin, kinds[0], str(error), "") from None


def run(name, functions):
    entry = load_rubric().index["hw5_mle." + name]
    graded = settings(
        max_examples=entry.examples, derandomize=True, database=None, deadline=None,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )
    graded(getattr(checks, "test_" + name))(submission=Direct(functions))
"""
PYTEST = f"""
import hw5_mle
import pytest
from direct import run

@pytest.mark.parametrize("name", {NAMES})
def test_check(name):
    run(name, vars(hw5_mle))
"""
GRADESCOPE = f"""
import unittest
import hw5_mle
from direct import run
from gradescope_utils.autograder_utils.decorators import weight
from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner

class Checks(unittest.TestCase):
    pass

for name in {NAMES}:
    setattr(Checks, "test_" + name, weight(1)(lambda self, name=name: run(name, vars(hw5_mle))))

with open("results.json", "w") as file:
    JSONTestRunner(stream=file).run(unittest.defaultTestLoader.loadTestsFromTestCase(Checks))
"""
OTTER = """
from otter.test_files import test_case

OK_FORMAT = False
name = "{name}"
points = 1

@test_case(points=1)
def test_it(env):
    from direct import run
    run("{name}", env)
"""

Peer = Callable[[str, Path, Sequence[Path]], None]


def call(command: Sequence[str], folder: Path, *also: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a peer with the grader's checks on its path; it may say that a submission is wrong."""
    places = (ROOT, folder, *also, os.environ.get("PYTHONPATH", ""))
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, places)),
        "OMP_NUM_THREADS": "1",
        # nbgrader starts its own tools by name.
        "PATH": os.pathsep.join([str(Path(command[0]).parent), os.environ["PATH"]]),
        "JUPYTER_PLATFORM_DIRS": "1",
    }
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)


def must(right: bool, done: subprocess.CompletedProcess[bytes]) -> None:
    """The first of a class is right: a peer that does not say so measures nothing."""
    assert right, (done.stdout + done.stderr).decode()[-4000:]


def with_pytest(python: str, folder: Path, submissions: Sequence[Path]) -> None:
    """Plain pytest, in each submission's folder."""
    for one in submissions:
        (one / "direct.py").write_text(DIRECT)
        (one / "test_checks.py").write_text(PYTEST)
        done = call([python, "-m", "pytest", "-q", "-p", "no:cacheprovider"], one)
        must(one != submissions[0] or done.returncode == 0, done)


def with_gradescope_utils(python: str, folder: Path, submissions: Sequence[Path]) -> None:
    """The runner of Gradescope's own package."""
    for one in submissions:
        (one / "direct.py").write_text(DIRECT)
        (one / "checks.py").write_text(GRADESCOPE)
        done = call([python, "checks.py"], one)
        if one == submissions[0]:
            must((one / "results.json").is_file(), done)
            tests = json.loads((one / "results.json").read_text())["tests"]
            must([test["score"] for test in tests] == [1] * len(NAMES), done)


def with_otter(python: str, folder: Path, submissions: Sequence[Path]) -> None:
    """`otter run` on each submission as a notebook."""
    (folder / "direct.py").write_text(DIRECT)
    (folder / "tests").mkdir()
    for name in NAMES:
        (folder / "tests" / f"{name}.py").write_text(OTTER.format(name=name))
    otter = str(Path(python).with_name("otter"))
    done = call([otter, "generate", "-t", "tests", "-o", "autograder.zip"], folder)
    must(done.returncode == 0, done)
    for one in submissions:
        source = (one / f"{TOPIC}.py").read_text()
        nbformat.write(new_notebook(cells=[new_code_cell(source)]), one / f"{TOPIC}.ipynb")
        zipped = str(folder / "autograder.zip")
        done = call([otter, "run", "-a", zipped, "-o", ".", f"{TOPIC}.ipynb"], one, folder)
        if one == submissions[0]:
            must((one / "results.json").is_file(), done)
            tests = json.loads((one / "results.json").read_text())["tests"]
            must(sum(test.get("score", 0) for test in tests) == len(NAMES), done)


def with_nbgrader(python: str, folder: Path, submissions: Sequence[Path]) -> None:
    """`nbgrader autograde` on a course of notebooks."""
    (folder / "direct.py").write_text(DIRECT)
    (folder / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.root = {str(folder)!r}\n"
        "c.CourseDirectory.course_id = 'course'\nc.ExecutePreprocessor.timeout = 600\n"
        f"c.CourseDirectory.db_url = 'sqlite:///{folder}/gradebook.db'\n"
    )
    asked = {"schema_version": 3, "task": False, "locked": True, "grade": True, "solution": False}
    answer = {**asked, "locked": False, "grade": False, "solution": True, "grade_id": "answer"}
    checks = [
        new_code_cell(
            f"import __main__\nfrom direct import run\nrun({name!r}, vars(__main__))",
            metadata={"nbgrader": {**asked, "grade_id": name, "points": 1}},
        )
        for name in NAMES
    ]

    def lay(path: Path, source: str) -> None:
        path.parent.mkdir(parents=True)
        cells = [new_code_cell(source, metadata={"nbgrader": answer}), *checks]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        nbformat.write(new_notebook(cells=cells, metadata=kernel), path)

    lay(folder / "source" / "ps1" / f"{TOPIC}.ipynb", "# write your functions here")
    for one in submissions:
        path = folder / "submitted" / one.name / "ps1" / f"{TOPIC}.ipynb"
        lay(path, (one / f"{TOPIC}.py").read_text())
    command = [python, "-m", "nbgrader"]
    done = call([*command, "generate_assignment", "ps1", "--create"], folder)
    must(done.returncode == 0, done)
    done = call([*command, "autograde", "ps1", "--create"], folder)
    graded = sorted((folder / "autograded").glob("*/ps1/*.ipynb"))
    must(len(graded) == len(submissions), done)
    with sqlite3.connect(folder / "gradebook.db") as book:
        right = book.execute(
            "SELECT sum(g.auto_score) FROM grade g"
            " JOIN submitted_notebook n ON g.notebook_id = n.id"
            " JOIN submitted_assignment a ON n.assignment_id = a.id WHERE a.student_id = ?",
            (submissions[0].name,),
        ).fetchone()
    must(right == (len(NAMES),), done)


def with_grader(python: str, folder: Path, submissions: Sequence[Path]) -> None:
    """`grader batch`, one job."""
    checks = [f"{TOPIC}.{name}" for name in NAMES]
    grade_class(folder, checks, 1)


PEERS: dict[str, Peer] = {
    "pytest": with_pytest,
    "gradescope-utils": with_gradescope_utils,
    "otter-grader": with_otter,
    "nbgrader": with_nbgrader,
    "grader batch": with_grader,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peers", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--python", default=sys.executable, help="an interpreter with the peers")
    parser.add_argument("--size", type=int, default=20, help="submissions")
    options = parser.parse_args()
    for peer in options.peers:
        with tempfile.TemporaryDirectory() as name:
            folder = make_class(Path(name, "class"), TOPIC, options.size)
            submissions = sorted(folder.iterdir())
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            PEERS[peer](options.python, folder, submissions)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"{peer:17} {spent / options.size:6.2f} CPU s", flush=True)


if __name__ == "__main__":
    main()
