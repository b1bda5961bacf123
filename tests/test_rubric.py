"""The rubric: the points of the assignments, and one check for each entry."""

import ast
from pathlib import Path

import pytest

from grader.checks.support.policies import CallRule
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
        names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
        names += [
            alias.name
            for node in tree.body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        ]
        functions = [name.removeprefix("test_") for name in names if name.startswith("test_")]
        wanted = [c.id.split(".")[1] for c in topic.checks if c.kind != "manual"]

        assert sorted(functions) == sorted(wanted), topic.name


def test_every_public_function_is_judged_by_some_check() -> None:
    for topic in load_rubric().topics:
        checks = [check for check in topic.checks if check.kind != "policy"]
        judged = {name for check in checks for name in check.functions}

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


def test_policies_are_the_same_for_all_topics_of_a_homework() -> None:
    rules: dict[tuple[str, str], list[object]] = {}
    for topic in load_rubric().topics:
        for check in topic.checks:
            name = check.id.split(".")[1]
            if name in ("allowed_imports", "pep8", "comments"):
                found = (check.rules, check.deduction, check.functions == tuple(topic.functions))
                rules.setdefault((topic.assignment, name), []).append(found)

    assert len(rules) == 6
    for key, found in rules.items():
        assert all(one == found[0] for one in found), key
    assert rules["hw5", "comments"][0] == ({"lines_per_comment": 50}, 1, True)


def test_call_rules_are_about_functions_of_their_topic() -> None:
    for topic in load_rubric().topics:
        for check in topic.checks:
            for rule in map(CallRule.read, check.rules.get("calls", ())):
                assert set(rule.functions) <= set(check.functions), check.id
                assert rule.required or rule.forbidden, check.id
                assert rule.law.format(function="f"), check.id


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
        ('label = "Q1"', 'label = "Q1"\nextra_credt = true', "unknown keys"),
        ('title = "T"', 'title = "T"\nprelaod = ["torch"]', "unknown keys"),
        ("[[problem]]", "[[problm]]\n[[problem]]", "unknown keys"),
        ("examples = 9", "thresholds = { a = 1 }", "calibration"),
        ("examples = 9", "limits = { call = 3 }", "limits"),
        ('label = "Q1"\n', "", "label"),
        ('f = "a"', 'f = "b"', "problems that are not there"),
        ("examples = 9", "deduction = 1", "only a policy"),
        ("examples = 9", "rules = { a = 1 }", "only a policy"),
        ('"property"', '"policy"\ndeduction = 2', "more than hw's max_deduction, 1"),
        ('"property"', '"policy"\ndeduction = -1', "0 or more"),
        ('"property"', '"policy"\ndeduction = 1\nvisibility = "hidden"', "public"),
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
    (tmp_path / "rubric.toml").write_text(
        '[[assignment]]\nid="hw"\ntitle="H"\nmax_deduction=1\ntopics=["t"]\n'
    )
    (tmp_path / "t.toml").write_text(topic)
    load_rubric(tmp_path)
    load_rubric.cache_clear()
    assert old in topic
    (tmp_path / "t.toml").write_text(topic.replace(old, new))

    with pytest.raises(RubricError, match=words):
        load_rubric(tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[assignment]]\ntitle="H"\ntopics=[]\n', "'id' is missing"),
        ('[[assignment]]\nid="hw"\ntitle="H"\n', "'topics' is missing"),
        ('[[assignments]]\nid="hw"\n', "unknown keys"),
    ],
)
def test_a_list_of_assignments_that_is_none_does_not_load(
    tmp_path: Path, text: str, words: str
) -> None:
    (tmp_path / "rubric.toml").write_text(text)

    with pytest.raises(RubricError, match=words):
        load_rubric(tmp_path)


def test_checks_folder_is_the_packages_own() -> None:
    assert CHECKS.name == "checks"
