"""The same six checks on other graders, which isolate nothing: CPU seconds for each submission.

    pip install gradescope-utils==0.5.0
    python benchmarks/peers.py [SUBMISSIONS]

The checks are those of hw5_mle.a, with the same inputs and numbers of examples; policies, which
read the source through the grader's own sandbox, are left out. Plain pytest and gradescope-utils
call the submission in their own process and start one for each submission, as they do in use.
`grader batch` runs each of its checks in a sandboxed process of its own. CPU time of all processes
is counted, start-up included, so that what else the machine does changes little.
"""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from batch import ROOT, grade, make_class

# What the checks get for the proxy of a sandboxed submission: the module itself, called directly.
DIRECT = """
import builtins
import copy
import importlib
import sys

from hypothesis import Phase, settings

from grader.checks import hw5_mle as checks
from grader.engine.failures import StudentError
from grader.rubric import load_rubric

sys.path.insert(0, ".")
module = importlib.import_module("hw5_mle")


class Direct:
    def observe(self, name, *args):
        sent = copy.deepcopy(args)
        return self.call(name, *sent), sent

    def call(self, name, *args):
        try:
            return getattr(module, name)(*args)
        except Exception as error:
            kinds = [kind.__name__ for kind in type(error).__mro__]
            builtin = next(kind for kind in kinds if hasattr(builtins, kind))
            raise StudentError(name, builtin, kinds[0], str(error), "") from None


def run(name):
    entry = load_rubric().index["hw5_mle." + name]
    graded = settings(
        max_examples=entry.examples, derandomize=True, database=None, deadline=None,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )
    graded(getattr(checks, "test_" + name))(submission=Direct())


(PART,) = [part for part in load_rubric().topic("hw5_mle").problems if part.id == "a"]
NAMES = [entry.id.split(".")[1] for entry in PART.checks]
"""
PYTEST = """
import pytest
from direct import NAMES, run

@pytest.mark.parametrize("name", NAMES)
def test_check(name):
    run(name)
"""
GRADESCOPE = """
import unittest
from direct import NAMES, run
from gradescope_utils.autograder_utils.decorators import weight
from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner

class Checks(unittest.TestCase):
    pass

for name in NAMES:
    setattr(Checks, "test_" + name, weight(1)(lambda self, name=name: run(name)))

with open("results.json", "w") as file:
    JSONTestRunner(stream=file).run(unittest.defaultTestLoader.loadTestsFromTestCase(Checks))
"""
PEERS = {
    "pytest": ("test_checks.py", PYTEST, ("-m", "pytest", "-q", "-p", "no:cacheprovider")),
    "gradescope-utils": ("checks.py", GRADESCOPE, ("checks.py",)),
}


def cpu_each(folder: Path, file: str, source: str, command: tuple[str, ...]) -> float:
    """CPU seconds for each submission of a class, a process for each."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        "OMP_NUM_THREADS": "1",
    }
    submissions = sorted(folder.iterdir())
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for one in submissions:
        (one / "direct.py").write_text(DIRECT)
        (one / file).write_text(source)
        done = subprocess.run(
            [sys.executable, *command], cwd=one, env=environment, capture_output=True, check=False
        )
        # 1: pytest ran, and some checks failed; the first submission is right.
        allowed = (0,) if one == submissions[0] else (0, 1)
        assert done.returncode in allowed, (done.stdout + done.stderr).decode()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent / len(submissions)


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as name:
        for peer, (file, source, command) in PEERS.items():
            folder = make_class(Path(name, peer), "hw5_mle", size)
            print(f"{peer:17} {cpu_each(folder, file, source, command):6.2f} CPU s", flush=True)
        folder = make_class(Path(name, "grader"), "hw5_mle", size)
        print(f"{'grader batch':17} {grade(folder, 'hw5_mle.a', 1).cpu_s / size:6.2f} CPU s")


if __name__ == "__main__":
    main()
