"""Policies: what a source shows of its packages, calls, style and comments, and what it costs."""

import stat
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader.checks.support import pep8, policies
from grader.checks.support.pep8 import RULES, Unjudged, findings
from grader.checks.support.policies import CallRule
from grader.engine.entry import Entry
from grader.engine.failures import EndCheck, Mismatch
from grader.engine.proxy import SubmissionProxy
from grader.engine.session import Session
from grader.errors import GraderError
from grader.grading import Request, grade
from grader.records import Report, Status
from grader.rubric import Topic, load_rubric
from grader.sandbox.inprocess import InProcess
from grader.sandbox.limits import Limits
from grader.sandbox.outline import outline
from grader.submission import Submission

TOPICS = load_rubric().topics
MLE = '''"""Maximum likelihood."""

import numpy as np


def uniform_log_likelihood(samples, a, b):
    if not a < b:
        raise ValueError("a < b")
    inside = np.min(samples) >= a and np.max(samples) <= b
    return float(-len(samples) * np.log(b - a)) if inside else -np.inf


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError("empty")
    return float(np.min(samples)), float(np.max(samples))
'''


@dataclass(frozen=True)
class Verdict:
    status: Status
    message: str = ""
    notes: tuple[str, ...] = ()


def rules(source: str, topic: str = "hw5_mle", **others: str) -> dict[str, Verdict]:
    """What the policies of a topic say of a source, by their names. Nothing of it is run."""
    files = {f"{name}.py": text.encode() for name, text in {topic: source, **others}.items()}
    parts = load_rubric().topic(topic).problems
    found = {}
    for check in next(part for part in parts if part.id == "rules").checks:
        name = check.id.split(".")[1]
        submission = SubmissionProxy(
            topic, files, {}, lambda: InProcess(Limits()), Limits(), time.monotonic() + 60
        )
        entry = Entry(check)
        verdict = Verdict(Status.PASSED)
        try:
            getattr(policies, f"test_{name}")(submission, entry)
        except Mismatch as error:
            verdict = Verdict(Status.FAILED, error.law)
        except EndCheck as error:
            verdict = Verdict(error.status, error.message)
        found[name] = replace(verdict, notes=tuple(entry.notes))
    return found


def graded(session: Session, source: str) -> Report:
    """A source graded as all of HW5 P2, the policies among the rest."""
    request = Request(Path("s"), only=("hw5_mle",))
    return grade(request, session, submission=Submission("s", {"hw5_mle.py": source.encode()}))


def test_right_code_keeps_every_rule() -> None:
    found = rules(MLE)

    assert {name: check.status for name, check in found.items()} == dict.fromkeys(
        ("allowed_imports", "calls", "pep8", "comments"), Status.PASSED
    )
    assert [check.notes for check in found.values() if check.notes] == []


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_stubs_have_nothing_to_judge_and_no_style_to_blame(root: Path, topic: Topic) -> None:
    source = (root / "student" / f"{topic.name}.py").read_text(encoding="utf-8")
    functions = outline(source.encode())["functions"]

    assert all(functions[name]["stub"] for name in topic.functions if name in functions)
    assert findings(source, line_length=100) == []


class TestImports:
    @pytest.mark.parametrize(
        "line", ["import sklearn", "from scipy import stats", "import os, requests.adapters as r"]
    )
    def test_a_package_that_is_not_allowed_is_named(self, line: str) -> None:
        found = rules(MLE.replace("import numpy as np", f"import numpy as np\n{line}"))

        package = line.replace(",", " ").replace(".", " ").split()
        named = next(word for word in ("sklearn", "scipy", "requests") if word in package)
        assert found["allowed_imports"].status is Status.FAILED
        assert f"it imports {named} in hw5_mle.py" in found["allowed_imports"].message

    def test_an_import_inside_a_function_counts(self) -> None:
        found = rules(MLE.replace("    if len", "    import sklearn\n\n    if len"))

        assert found["allowed_imports"].status is Status.FAILED

    def test_the_submissions_own_modules_are_allowed_and_followed(self) -> None:
        source = MLE.replace("import numpy as np", "import numpy as np\n\nimport tools")

        clean = rules(source, tools="import math\nimport hw5_mle\n")
        borrowed = rules(source, tools="import more\n", more="from sklearn import svm\n")

        assert clean["allowed_imports"].status is Status.PASSED
        assert "sklearn in more.py" in borrowed["allowed_imports"].message

    def test_a_module_that_is_not_handed_in_is_foreign(self) -> None:
        found = rules(MLE.replace("import numpy as np", "import numpy as np\n\nimport tools"))

        assert "tools in hw5_mle.py" in found["allowed_imports"].message

    def test_an_import_by_name_is_a_note_and_costs_nothing(self) -> None:
        found = rules(MLE.replace("    if len", '    __import__("math")\n    if len'))

        assert found["allowed_imports"].status is Status.PASSED
        assert "__import__" in found["allowed_imports"].notes[0]


DIRECT = """def normal_equation(X, y):
    return np.linalg.inv(X.T @ X) @ X.T @ y


def pinv_fit(X, y):
    return np.linalg.pinv(X) @ y


def lstsq_fit(X, y):
    return np.linalg.lstsq(X, y)[0]
"""
CALLS = """
def normal_equation(X, y):
    return fit(X, y, "normal")


def pinv_fit(X, y):
    return fit(X, y, "pinv")


def lstsq_fit(X, y):
    return np.linalg.lstsq(X, y)[0]
"""
SHARED = {
    "branches": """def fit(X, y, way):
    if way == "pinv":
        return np.linalg.pinv(X) @ y
    return np.linalg.solve(X.T @ X, X.T @ y)
"""
    + CALLS,
    "a table": """TABLE = {"pinv": lambda X, y: np.linalg.pinv(X) @ y}
TABLE["normal"] = lambda X, y: np.linalg.solve(X.T @ X, X.T @ y)


def fit(X, y, way):
    return TABLE[way](X, y)
"""
    + CALLS,
    "a class": """class Fit:
    def normal(self, X, y):
        return np.linalg.solve(X.T @ X, X.T @ y)

    def pinv(self, X, y):
        return np.linalg.pinv(X) @ y


def fit(X, y, way):
    return getattr(Fit(), way)(X, y)
"""
    + CALLS,
}
NORMAL = "np.linalg.inv(X.T @ X) @ X.T @ y"
IMPORTED = "from numpy.linalg import pinv\n\n\n" + DIRECT.replace(NORMAL, "pinv(X) @ y")
CHEATED = {
    "called": DIRECT.replace(NORMAL, "np.linalg.pinv(X) @ y"),
    "through another function": DIRECT.replace(NORMAL, "pinv_fit(X, y)"),
    "beside a shared helper": SHARED["branches"].replace(
        'fit(X, y, "normal")', 'np.linalg.lstsq(fit(X, y, "normal"), y)[0]'
    ),
    "in a helper of its own": DIRECT.replace(NORMAL, "own(X) @ y")
    + "\n\ndef own(X):\n    return np.linalg.pinv(X)\n",
    "that nobody needs": SHARED["branches"].replace(
        "np.linalg.solve(X.T @ X, X.T @ y)", "scipy.optimize.lsq_linear(X, y).x"
    ),
    "in a helper that holds no other way": "def own(X):\n    return np.linalg.pinv(X)\n\n\n"
    + DIRECT.replace(NORMAL, "own(X) @ y").replace("np.linalg.pinv(X)", "own(X)"),
    "by a default": IMPORTED.replace("normal_equation(X, y)", "normal_equation(X, y, pinv=pinv)"),
    "beside a comprehension": IMPORTED.replace(
        "return pinv", "[pinv for pinv in ()]\n    return pinv"
    ),
    "beside a lambda": IMPORTED.replace(
        "return pinv", "sorted((), key=lambda pinv: 1)\n    return pinv"
    ),
    "assigned to itself": DIRECT.replace(
        f"return {NORMAL}",
        "from numpy.linalg import pinv\n    pinv = pinv\n    return pinv(X) @ y",
    ),
}


def three_ways(source: str) -> Verdict:
    """What the rule about the three ways says of a source; nothing of it is run."""
    entry = Entry(load_rubric().index["hw2_least_squares.each_fit_uses_its_own_method"])
    files = {"hw2_least_squares.py": f"import numpy as np\n\n\n{source}".encode()}
    submission = SubmissionProxy(
        "hw2_least_squares", files, {}, lambda: InProcess(Limits()), Limits(), time.monotonic() + 60
    )
    try:
        policies.keep_call_rules(submission, entry, submission.outline())
    except Mismatch as error:
        return Verdict(Status.FAILED, error.law, tuple(entry.notes))
    return Verdict(Status.PASSED, notes=tuple(entry.notes))


class TestCalls:
    @pytest.mark.parametrize(
        ("line", "call"),
        [
            ("import matplotlib.pyplot as plt", "plt.show()"),
            ("from matplotlib import pyplot", "pyplot.show(block=True)"),
            ("from matplotlib.pyplot import show as see", "see()"),
            ("import matplotlib.pyplot", "SHOW()\n\n\nSHOW = matplotlib.pyplot.show"),
        ],
    )
    def test_a_forbidden_call_is_seen_under_any_name(self, line: str, call: str) -> None:
        source = MLE.replace("import numpy as np", f"import numpy as np\n{line}")
        source = source.replace("    if len", "    helper()\n    if len")

        found = rules(f"{source}\n\ndef helper():\n    {call}\n")

        assert found["calls"].status is Status.FAILED
        assert "uniform_mle must not call plt.show()" in found["calls"].message

    def test_code_that_no_function_of_the_topic_reaches_may_show(self) -> None:
        tail = "if __name__ == '__main__':\n    import matplotlib.pyplot as plt\n\n    plt.show()\n"

        assert rules(f"{MLE}\n\n{tail}")["calls"].status is Status.PASSED

    @pytest.mark.parametrize(
        ("body", "status", "notes"),
        [
            ("    return torch.optim.SGD(model.parameters(), lr)", Status.PASSED, 0),
            ("    return step(model, lr)", Status.FAILED, 0),
            ("    return getattr(torch.optim, 'SGD')(model.parameters(), lr)", Status.PASSED, 1),
        ],
    )
    def test_a_call_that_is_asked_for_must_be_there_as_far_as_one_can_see(
        self, body: str, status: Status, notes: int
    ) -> None:
        found = rules(
            f'"""M."""\n\nimport torch\n\n\ndef train_torch_model(model, lr):\n{body}\n',
            topic="hw2_digits",
        )

        assert (found["calls"].status, len(found["calls"].notes)) == (status, notes)

    def test_an_advisory_rule_leaves_a_note_and_costs_nothing(self) -> None:
        body = "    return torch.optim.SGD([W, b], lr)"
        found = rules(
            f'"""M."""\n\nimport torch\n\n\ndef train_linear_regression_model(W, b, lr):\n{body}\n',
            topic="hw2_digits",
        )

        assert found["calls"].status is Status.PASSED
        assert "torch.optim.SGD" in found["calls"].notes[0]

    @pytest.mark.parametrize("way", SHARED, ids=SHARED)
    def test_a_way_that_other_functions_need_may_stand_beside_ones_own(self, way: str) -> None:
        found = three_ways(SHARED[way])

        assert found.status is Status.PASSED
        assert len(found.notes) == 1
        assert "shares with a function which must" in found.notes[0]

    @pytest.mark.parametrize("way", CHEATED, ids=CHEATED)
    def test_a_way_of_another_function_is_not_ones_own(self, way: str) -> None:
        found = three_ways(CHEATED[way])

        assert found.status is Status.FAILED
        assert "normal_equation must solve" in found.message

    def test_what_the_file_defines_under_a_librarys_name_is_not_the_librarys(self) -> None:
        own = "def pinv(A):\n    return np.linalg.inv(A.T @ A) @ A.T\n\n\n"
        right = own + DIRECT.replace("np.linalg.inv(X.T @ X) @ X.T @ y", "pinv(X) @ y")
        wrong = own + DIRECT.replace("np.linalg.pinv(X)", "pinv(X)")

        assert three_ways(right) == Verdict(Status.PASSED)
        assert "pinv_fit must use" in three_ways(wrong).message

    @pytest.mark.parametrize(
        "body",
        [
            "pinv = np.linalg.inv(X.T @ X) @ X.T\n    return pinv @ y",
            "both = [pinv @ y for pinv in [np.linalg.inv(X.T @ X) @ X.T]]\n    return both[0]",
            "return (lambda pinv: pinv @ y)(np.linalg.inv(X.T @ X) @ X.T)",
        ],
    )
    def test_a_value_may_have_the_name_of_a_way(self, body: str) -> None:
        imported = "from numpy.linalg import pinv\n\n\n"

        assert (
            three_ways(imported + DIRECT.replace(f"return {NORMAL}", body)).status is Status.PASSED
        )

    @pytest.mark.parametrize(
        "body",
        [
            "pinv = pinv(X)\n    return pinv @ y",
            "shapes = [pinv for pinv in (1, 2)]\n    return pinv(X) @ y",
        ],
    )
    def test_a_way_that_is_imported_where_it_is_used_is_used(self, body: str) -> None:
        used = f"from numpy.linalg import pinv\n    {body}"

        assert three_ways(DIRECT.replace("return np.linalg.pinv(X) @ y", used)) == Verdict(
            Status.PASSED
        )

    def test_a_class_uses_what_its_bases_and_its_body_name(self) -> None:
        found = three_ways("""class Fit:
    inverse = staticmethod(np.linalg.pinv)

    def __call__(self, X, y):
        return self.solve(X, y)


class PinvFit(Fit):
    def solve(self, A, y):
        return self.inverse(A) @ y


pinv_fit = PinvFit()
""")

        assert found == Verdict(Status.PASSED)

    def test_a_rule_with_an_unknown_key_is_refused(self) -> None:
        with pytest.raises(TypeError, match="requires"):
            CallRule.read({"law": "x", "requires": ["a"]})


class TestStyle:
    def test_the_places_are_named_with_their_lines(self) -> None:
        found = rules(MLE.replace("(samples, a, b)", "(samples,a,b)"))

        assert found["pep8"].status is Status.FAILED
        assert "2 places are against PEP 8 in hw5_mle.py" in found["pep8"].message
        assert "E231" in found["pep8"].message
        assert "(line 6)" in found["pep8"].message

    @pytest.mark.parametrize(
        "line",
        [
            "x = 1  # noqa",
            "I = l = 3",
            "y = a[i + 1 :] + b[lo:hi] + c[f(x) : g(x)]",
            "z = 2*x - 3*y",
            "W, XT = numClasses, 2",
            "mask = values == True",
            "## a heading",
            "# %% a cell",
            "link = 'https://example.org/" + "x" * 100 + "'",
            "s = 'x' * 3" + "  # " + "y" * 85,
        ],
    )
    def test_what_pep8_leaves_open_is_no_finding(self, line: str) -> None:
        assert findings(f"{line}\n", line_length=100) == []

    @pytest.mark.parametrize(
        ("text", "rule"),
        [
            ("x=1\n", "E225"),
            ("x = 1 \n", "W291"),
            ("if x:\n\ty = 1\n", "W191"),
            ("x = 1; y = 2\n", "E702"),
            ("x = 1", "W292"),
            ("f = lambda x: x\n", "E731"),
            ("s = '" + "x " * 60 + "'\n", "E501"),
            ("x=1  # noqa\n# ruff: noqa\n# ruff: disable[E225]\n", "E225"),
            ("#comment\n", "E265"),
        ],
    )
    def test_what_pep8_rules_out_is_found(self, text: str, rule: str) -> None:
        assert rule in {finding.rule for finding in findings(text, line_length=100)}

    @pytest.mark.parametrize("text", ["", "\ufeffx = 1\n", "x = 1\r\ny = 2\r\n", "é = 'ü\ud800'\n"])
    def test_odd_encodings_are_read(self, text: str) -> None:
        assert findings(text, line_length=100) == []

    def test_no_configuration_reaches_ruff(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "ruff.toml").write_text('lint.select = ["ALL"]\nline-length = 40\n')
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("RUFF_OUTPUT_FORMAT", "full")

        assert findings("x = '" + "y" * 60 + "'\n", line_length=100) == []
        assert sorted(path.name for path in tmp_path.iterdir()) == ["ruff.toml"]

    def test_a_notebook_is_judged_inside_its_cells_and_told_by_them(self, session: Session) -> None:
        cells = [
            "%matplotlib inline\n\n\n\nimport numpy as np\n",
            "def uniform_mle(samples):\n    return np.min(samples),np.max(samples)\n\n\n",
            "import math",
        ]
        notebook = new_notebook(
            cells=[new_code_cell(text, id=f"c{n}") for n, text in enumerate(cells)]
        )
        files = {"hw5_mle.ipynb": nbformat.writes(notebook).encode()}
        request = Request(Path("s"), only=("hw5_mle.rules",))

        report = grade(request, session, submission=Submission("s", files))

        found = {c.id.split(".")[1]: c for p in report.problems for c in p.checks}
        assert found["pep8"].message.splitlines()[:2] == [
            "1 place is against PEP 8 in hw5_mle.ipynb",
            "E231 Missing whitespace after `,` (code cell 2, line 2)",
        ]
        assert found["comments"].status is Status.PASSED
        assert "text cells" in found["comments"].notes[0]

    def test_names_are_left_to_the_handouts(self) -> None:
        assert not {"E741", "E742", "E743"} & set(RULES)
        assert not [rule for rule in RULES if rule.startswith("N")]


class TestRuffFails:
    """A ruff that crashes or hangs is no student's fault; one that is not there is the grader's."""

    @staticmethod
    def replace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
        path = tmp_path / "ruff"
        path.write_text(f"#!{sys.executable}\n{body}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setattr(pep8, "find_ruff_bin", lambda: str(path))

    def test_a_crash(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.replace(tmp_path, monkeypatch, "import os; os.abort()")

        with pytest.raises(Unjudged, match="status -6"):
            findings("x = 1\n", line_length=100)

    def test_a_hang(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.replace(tmp_path, monkeypatch, "import time; time.sleep(60)")
        monkeypatch.setattr(pep8, "SECONDS", 0.5)

        with pytest.raises(Unjudged, match=r"more than 0\.5 s"):
            findings("x = 1\n", line_length=100)

    def test_a_file_of_no_homeworks_size(self) -> None:
        with pytest.raises(Unjudged, match="larger than 256 KiB"):
            findings("x=1\n" * 70_000, line_length=100)

    def test_no_ruff(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pep8, "find_ruff_bin", lambda: "/nowhere/ruff")

        with pytest.raises(GraderError, match="make setup"):
            findings("x = 1\n", line_length=100)

    def test_a_check_that_ruff_cannot_judge_is_not_run_and_costs_nothing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pep8, "MAX_BYTES", 100)

        found = rules(MLE)["pep8"]

        assert found.status is Status.SKIPPED
        assert "PEP 8 was not judged: the file is larger" in found.message


class TestComments:
    BARE = MLE.replace('"""Maximum likelihood."""\n\n', "")

    def test_uncommented_code_loses_the_handouts_mark_with_its_reason(
        self, session: Session
    ) -> None:
        sloppy = self.BARE.replace("(samples, a, b)", "(samples,a,b)")

        report = graded(session, sloppy)

        lost = {c.id for p in report.problems for c in p.checks if c.status is Status.FAILED}
        assert lost == {"hw5_mle.comments", "hw5_mle.pep8"}
        assert (report.score, report.max_score) == (4, 5)
        (taken,) = report.deductions
        assert (taken.homework, taken.points, taken.checks) == ("hw5", 1, ("hw5_mle.comments",))
        assert "hw5_mle.py is not properly commented: 0 comments" in taken.reason

    @pytest.mark.parametrize("text", ["# why", '"""What it is."""'])
    def test_a_comment_or_a_docstring_is_one(self, text: str) -> None:
        found = rules(self.BARE.replace("    if len", f"    {text}\n    if len"))

        assert found["comments"].status is Status.PASSED

    def test_long_code_needs_more_than_one(self) -> None:
        found = rules(MLE + "\n\nTABLE = [\n" + "    1,\n" * 150 + "]\n")

        assert found["comments"].status is Status.FAILED
        assert "at least 3 asked for" in found["comments"].message

    def test_hw2_asks_for_comments_and_takes_no_mark(self) -> None:
        bare = "def predict(X, beta):\n    return beta[0] + X @ beta[1:]\n"

        assert rules(bare, topic="hw2_least_squares")["comments"].status is Status.FAILED
        costs = [c.deduction for c in load_rubric().index.values() if c.id.startswith("hw2")]
        assert set(costs) == {0}

    def test_stubs_without_a_word_lose_nothing(self, session: Session) -> None:
        bare = "def uniform_mle(samples):\n    raise NotImplementedError('HW5 P2')\n"

        report = graded(session, bare)

        assert (report.score, report.deductions) == (0, ())
        assert {c.status for p in report.problems for c in p.checks} == {Status.NOT_IMPLEMENTED}


def test_a_source_that_nobody_can_read_is_refused_and_costs_no_mark(session: Session) -> None:
    report = graded(session, "def f(:\n")

    assert (report.score, report.deductions) == (0, ())
    found = {c.status for p in report.problems for c in p.checks}
    assert found == {Status.IMPORT_ERROR, Status.REFUSED}
