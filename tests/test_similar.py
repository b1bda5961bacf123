"""Alike submissions: copies are told however they are dressed, work of one's own is not."""

import re
from pathlib import Path

import pytest
from reports import HOSTILE

from grader.batch.given import Sources
from grader.batch.identity import Pseudonyms
from grader.errors import UsageError
from grader.instructor.modules import read_modules, source
from grader.instructor.similar import Alike, Pair, alike, read_stubs
from grader.instructor.similar_page import to_similar_html

TOPICS = ("hw5_pca", "hw2_least_squares", "hw5_perceptron", "hw2_digits")


def right_ones(root: Path, topic: str) -> dict[str, str]:
    paths = sorted((root / "tests/submissions/wheats" / topic).glob("*.py"))
    return {path.stem: source(path.read_bytes()) for path in paths}


def disguised(text: str) -> str:
    """The same program with other names, comments, strings and empty lines."""
    names = set(re.findall(r"\b[a-zA-Z_]\w*(?= = )", text))
    for name in names:
        text = re.sub(rf"\b{name}\b", f"my_{name}", text)
    text = re.sub(r"(?m)^( *)(return|for) ", r"\1# my own idea\n\n\1\2 ", text)
    return text.replace('"""', '"""My words: ', 1)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_disguised_copy_is_told_and_nobody_else(root: Path, topic: str) -> None:
    texts = right_ones(root, topic)
    victim = sorted(texts)[0]
    texts["copier"] = disguised(texts[victim])
    assert texts["copier"] != texts[victim]

    found = alike({topic: texts}, read_stubs(root / "student", [topic]))

    assert [pair.students for pair in found] == [tuple(sorted((victim, "copier")))]
    assert found[0].modules[0].share > 0.95


@pytest.mark.parametrize("topic", TOPICS)
def test_untouched_stubs_are_not_alike(root: Path, topic: str) -> None:
    stub = source((root / "student" / f"{topic}.py").read_bytes())

    assert alike({topic: {"ann": stub, "bob": stub}}, read_stubs(root / "student", [topic])) == []


def test_a_part_that_was_taken_over_counts_by_the_smaller_module(root: Path) -> None:
    text = right_ones(root, "hw2_digits")["by_formula"]
    more = text + right_ones(root, "hw2_least_squares")["einsum"]
    stubs = read_stubs(root / "student", ["hw2_digits"])

    (pair,) = alike({"hw2_digits": {"ann": text, "bob": more}}, stubs)

    first, second = pair.modules[0].shares
    assert first > 0.95 > second


def test_the_marked_pieces_are_the_whole_text_in_order(root: Path) -> None:
    text = right_ones(root, "hw5_pca")["class_with_cache"]
    stubs = read_stubs(root / "student", ["hw5_pca"])

    (pair,) = alike({"hw5_pca": {"ann": text, "bob": "x = 1\n" + disguised(text)}}, stubs)

    pieces = pair.modules[0].texts[0]
    marked = "".join(piece for piece, both in pieces if both)
    assert "".join(piece for piece, _ in pieces) == text
    assert len(marked) > len(text) / 3


def test_modules_of_a_pair_stand_together_the_most_alike_pair_first(root: Path) -> None:
    pca, mle = right_ones(root, "hw5_pca")["einsum"], right_ones(root, "hw5_perceptron")
    cut = "\n".join(disguised(pca).split("\n")[:-8])
    modules = {
        "hw5_pca": {"ann": pca, "bob": pca, "cy": cut},
        "hw5_perceptron": {"ann": mle["single_picks"], "bob": mle["single_picks"]},
    }

    found = alike(modules, read_stubs(root / "student", modules))

    assert found[0].students == ("ann", "bob")
    assert {one.topic for one in found[0].modules} == set(modules)
    assert ("ann", "cy") in [pair.students for pair in found]


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\n", b"\x00\xff\xfe", b"# coding: no-such\nx = 1\n", b"def f(:\n", b"x = 'a\n",
        b"(" * 5000, b"# -*- coding: latin-1 -*-\n# \xe9\r\n", "class 数: pass\n".encode(),
    ],
)  # fmt: skip
def test_whatever_bytes_are_compared_as_text(root: Path, data: bytes) -> None:
    text = source(data)

    assert alike({"hw5_mle": {"a": text, "b": text}}, {"hw5_mle": ""}, 0.01) == []


def test_a_long_module_is_compared_up_to_the_limit() -> None:
    text = source(b"x = [" + b"1234567890, " * 10_000 + b"]\n")

    (pair,) = alike({"hw5_mle": {"a": text, "b": text}}, {"hw5_mle": ""})

    assert len("".join(piece for piece, _ in pair.modules[0].texts[0])) == 64 << 10


def test_absent_stubs_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="give their folder with --stubs"):
        read_stubs(tmp_path, ["hw5_mle"])


def test_with_a_key_neither_students_nor_texts_have_names(tmp_path: Path) -> None:
    names = Pseudonyms.make(tmp_path / "class.key")
    for who in ("annsmith", "bobjones"):
        place = tmp_path / "hw" / who
        place.mkdir(parents=True)
        (place / "hw5_mle.py").write_text("# AnnSmith helped bobjones\nx = 1\n")
    (tmp_path / "hw" / "annsmith.zip").write_bytes(b"no zip")

    sources = Sources([tmp_path / "hw"], key=tmp_path / "class.key")
    found = read_modules(sources, ["hw5_mle"], tmp_path / "staging")

    # Ann's later hand-in cannot be read, which is a remark.
    assert set(found.texts["hw5_mle"]) == {names.of("bobjones")}
    assert any(names.of("annsmith") in remark for remark in found.remarks)
    assert "smith" not in repr(found).lower()
    assert "jones" not in repr(found).lower()


@pytest.mark.parametrize("text", HOSTILE)
def test_the_page_shows_code_as_text(text: str) -> None:
    def shown(what: str) -> str:
        one = Alike("topic", (1.0, 0.9), (((what, True), (what, False)), ((what, False),)))
        return to_similar_html([Pair((what, what), (one,))], 2, 0.7)

    assert re.findall(r"<\w+", shown(text)) == re.findall(r"<\w+", shown("plain"))
    assert "script" not in re.findall(r"<(\w+)", shown(text))
