"""The rubric: the points of the assignments, and one check for each entry."""

import ast
from pathlib import Path

import pytest

from grader.errors import RubricError, UsageError
from grader.rubric import CHECKS, load_rubric

# Maximum points a program gives, extra credit, and points that a person gives, by topic.
CONTRACT = {
    "hw2_least_squares": (30, 0, 0),
    "hw2_digits": (30, 0, 5),
    "hw2_robustness": (35, 0, 0),
    "hw5_pca": (7, 0, 0),
    "hw5_mle": (5, 0, 0),
    "hw5_perceptron": (10, 0, 0),
    "hw5_discriminator": (5, 0, 0),
    "hw5_gan": (18, 0, 0),
    "hw5_dAE": (13, 0, 2),
    "hw5_vae": (0, 15, 0),
    "hw5_adv_examples": (0, 10, 0),
}


def test_points_are_those_of_the_assignments() -> None:
    found = {}
    for topic in load_rubric().topics:
        auto = extra = manual = 0.0
        for problem in topic.problems:
            for check in problem.checks:
                if problem.extra_credit:
                    extra += check.points
                elif check.kind == "manual":
                    manual += check.points
                else:
                    auto += check.points
        found[topic.name] = (auto, extra, manual)

    assert found == CONTRACT


def test_every_entry_has_one_check_and_every_check_an_entry() -> None:
    for topic in load_rubric().topics:
        tree = ast.parse(topic.module.read_text(encoding="utf-8"))
        functions = [
            node.name.removeprefix("test_")
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        ]
        wanted = [c.id.split(".")[1] for c in topic.checks if c.kind != "manual"]

        assert sorted(functions) == sorted(wanted), topic.name


def test_every_public_function_is_judged_by_some_check() -> None:
    for topic in load_rubric().topics:
        judged = {name for check in topic.checks for name in check.functions}

        assert set(topic.functions) <= judged, topic.name


def test_a_parts_central_property_carries_the_most() -> None:
    for topic in load_rubric().topics:
        for problem in topic.problems:
            kinds = {check.kind: 0.0 for check in problem.checks}
            for check in problem.checks:
                kinds[check.kind] = max(kinds[check.kind], check.points)
            if "property" in kinds and "policy" in kinds:
                assert kinds["property"] >= kinds["policy"], problem.id


def test_every_threshold_has_its_calibration() -> None:
    for check in load_rubric().index.values():
        assert check.calibration or not check.thresholds, check.id


def test_a_name_that_is_not_there_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean hw2_least_squares"):
        load_rubric().select(None, ["hw2_least_square"])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("points = 4\n", "points = 5\n", "points"),
        ("points = 4\n", "points = 5\nhidden = { checks = 1, points = 1 }\n", "for a handout"),
        ('kind = "property"', 'kind = "properly"', "kind"),
        ('name = "one"', 'nome = "one"', "unknown keys"),
        ("examples = 9", "thresholds = { a = 1 }", "calibration"),
        ("examples = 9", "limits = { call = 3 }", "limits"),
        ('label = "Q1"\n', "", "label"),
        ('f = "a"', 'f = "b"', "problems that are not there"),
    ],
)
def test_a_rubric_that_contradicts_itself_does_not_load(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    topic = (
        '[topic]\nassignment = "hw"\ntitle = "T"\n[topic.functions]\nf = "a"\n'
        '[[problem]]\nid = "a"\nlabel = "Q1"\ntitle = "t"\npoints = 4\n'
        '[[problem.check]]\nname = "one"\ntitle = "t"\nkind = "property"\nfunctions = ["f"]\n'
        "points = 4.0\nexamples = 9\n"
    )
    (tmp_path / "rubric.toml").write_text('[[assignment]]\nid="hw"\ntitle="H"\ntopics=["t"]\n')
    (tmp_path / "t.toml").write_text(topic)
    load_rubric(tmp_path)
    load_rubric.cache_clear()
    assert old in topic
    (tmp_path / "t.toml").write_text(topic.replace(old, new))

    with pytest.raises(RubricError, match=words):
        load_rubric(tmp_path)


def test_checks_folder_is_the_packages_own() -> None:
    assert CHECKS.name == "checks"
