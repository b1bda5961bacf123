"""What only hidden checks use goes with them, from every module of the checks, and nothing else."""

from grader.author.hidden_checks import without_hidden

SOURCES = {
    "one.py": (
        "from grader.checks.support.policies import (\n"
        "    test_loud as test_loud,\n    test_shown as test_shown,\n)\n"
        "from grader.checks.support import laws\n"
        "from grader.checks.support.compare import agree, near\n"
        "A, B = 1, 2\n"
        "# only for the hidden one\n"
        "def helper(x):\n    return inner(x) + A\n\n"
        "def inner(x):\n    return laws.secret(x)\n\n"
        "def test_public(given):\n    agree(B)  # measured: 3\n\n"
        "def test_hidden(fixture):\n    near(helper(1))\n\n"
        "def fixture():\n    return 1\n\n"
        "def nobody():\n    return A\n"
    ),
    "support/compare.py": "def agree(x):\n    return near(x)\n\ndef near(x):\n    return x\n",
    "support/laws.py": "from grader.checks.support import oracle\n"
    "def secret(x):\n    return oracle.answer(x)\n",
    "support/policies.py": "def test_loud():\n    pass\n\ndef test_shown():\n    pass\n",
    "support/oracle.py": "import math\ndef answer(x):\n    return math.pi\n",
}


def test_what_only_hidden_checks_reach_goes_from_every_module() -> None:
    hidden = [("one.py", "test_hidden"), ("one.py", "test_loud"), ("one.py", "by_a_person")]

    left = without_hidden(SOURCES, hidden)

    assert set(left) == {"one.py", "support/compare.py", "support/policies.py"}
    assert "test_loud" not in left["support/policies.py"]
    gone_words = "helper inner test_hidden test_loud fixture near laws # measured"
    for gone in gone_words.split():
        assert gone not in left["one.py"], gone
    for kept in (
        "A, B = 1, 2",
        "def test_public(given)",
        "def nobody()",
        "import agree",
        "test_shown",
    ):
        assert kept in left["one.py"], kept
    assert "def near" in left["support/compare.py"]


def test_with_nothing_hidden_every_definition_stays() -> None:
    left = without_hidden(SOURCES, [])

    assert set(left) == set(SOURCES)
    for name in ("helper", "inner", "test_hidden", "fixture", "near", "laws"):
        assert name in left["one.py"]


def test_a_module_of_another_homework_goes_with_what_only_it_uses() -> None:
    sources = {
        **SOURCES,
        "two.py": "from grader.checks.support import laws\n"
        "def test_theirs():\n    laws.theirs()\n\ndef nobody():\n    laws.nobodys()\n",
        "support/laws.py": SOURCES["support/laws.py"]
        + "def theirs():\n    pass\n\ndef nobodys():\n    pass\n",
    }

    left = without_hidden(sources, [], ["two.py"])

    assert set(left) == set(SOURCES)
    assert "secret" in left["support/laws.py"]
    assert "theirs" not in left["support/laws.py"]
    assert "nobodys" not in left["support/laws.py"]
