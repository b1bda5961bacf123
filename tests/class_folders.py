"""A class on disk, made of the right and the wrong submissions that the tests keep."""

from collections.abc import Sequence
from pathlib import Path

from grader.author.splice import splice

REFERENCE = Path(__file__).parent.parent / "reference"
SUBMISSIONS = Path(__file__).parent / "submissions"
TOPICS = ("hw5_mle", "hw5_pca")
"""Cheap ones: numpy alone."""
FIRST = ("Ann", "Bob", "Cy", "Di", "Ed", "Flo", "Gil", "Hal", "Ida", "Jo")
LAST = ("Abbott", "Bellamy", "Corrigan", "Dankworth", "Everett")


def write_class(folder: Path, count: int, topics: Sequence[str] = TOPICS) -> Path:
    """Write so many submissions, named for their students, and the class list beside them.

    Every third module is wrong, and the wrong ones repeat: a class has misconceptions. The last
    student of the list handed in nothing.
    """
    rows = ["student,name,email"]
    for number in range(count + 1):
        name = f"{FIRST[number % len(FIRST)]} {LAST[number // len(FIRST) % len(LAST)]}"
        student = f"20260{number:03d}"
        rows.append(f"{student},{name},{name.replace(' ', '.').lower()}@school.edu")
        if number == count:
            break
        place = folder / "submissions" / student
        place.mkdir(parents=True)
        for turn, topic in enumerate(topics):
            text = _module(topic, number + turn)
            (place / f"{topic}.py").write_text(text, encoding="utf-8")
    path = folder / "students.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def _module(topic: str, number: int) -> str:
    if number % 3:
        return _cyclic("wheats", topic, number)
    reference = (REFERENCE / f"{topic}.py").read_text(encoding="utf-8")
    return splice(reference, _cyclic("chaffs", topic, number))


def _cyclic(kind: str, topic: str, number: int) -> str:
    # Six different mistakes: each is made by several students of a class of forty.
    step, most = (4, 6) if kind == "chaffs" else (1, 5)
    found = sorted((SUBMISSIONS / kind / topic).glob("*.py"))[::step][:most]
    return found[number // 3 % len(found)].read_text(encoding="utf-8")
