"""A class on disk, made of the right and the wrong submissions that the tests keep."""

import shutil
from collections.abc import Sequence
from pathlib import Path

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
            shutil.copyfile(_module(topic, number + turn), place / f"{topic}.py")
    path = folder / "students.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def _module(topic: str, number: int) -> Path:
    kind = "chaffs" if number % 3 == 0 else "wheats"
    found = sorted((SUBMISSIONS / kind / topic).glob("*.py"))
    # Six different mistakes: each is made by several students of a class of forty.
    found = found[::4][:6] if kind == "chaffs" else found
    return found[number // 3 % len(found)]
