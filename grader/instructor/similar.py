"""Pairs of submissions whose code is suspiciously alike: for a person to look at, never a score.

copydetect does it: winnowing of token sequences, which MOSS made known, with names, strings and
comments left out, so that renaming hides nothing. It is on PyPI under the MIT licence, takes text
that is in memory, and needs nothing that is not here already. compare50 is released more often, but
pins an attrs that nothing else can be installed with and is GPL; JPlag needs Java, and Dolos Node.

Code is lexed here as text; none of it runs.
"""

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from copydetect import CodeFingerprint, compare_files
from copydetect.utils import get_token_coverage
from scipy import sparse

from grader.errors import UsageError

K = 25
"""Characters of filtered code that count as alike when they are equal: copydetect's own choice."""
AT_LEAST = 0.7
"""Share of a module that is to be found in another one for the two to be told. Right submissions
written apart from each other (tests/submissions/wheats) reach 0.45, renamed copies 1.0."""
FEWEST = 120
"""Alike characters of filtered code below which two short right answers may well agree."""
MAX_SOURCE = 64 << 10
"""Characters of a module; a longer one was not written by hand."""

Segments = tuple[tuple[str, bool], ...]
"""A module's text in pieces; True for what the other one has too."""


@dataclass(frozen=True, slots=True)
class Alike:
    """One module of two students. `shares` tell how much of each is in the other, from 0 to 1.

    What the stub gives does not count in the shares. Comments and strings do not either; where they
    stand within an alike piece, they are marked with it.
    """

    topic: str
    shares: tuple[float, float]
    texts: tuple[Segments, Segments]

    @property
    def share(self) -> float:
        """The larger of the two shares: all of a short module may be in a long one."""
        return max(self.shares)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two students with the modules that are alike, the most alike first."""

    students: tuple[str, str]
    modules: tuple[Alike, ...]


def read_stubs(folder: Path, topics: Iterable[str]) -> dict[str, str]:
    """The stubs' texts by topic; UsageError where one is not there."""
    stubs = {}
    for topic in topics:
        path = folder / f"{topic}.py"
        try:
            stubs[topic] = path.read_text(encoding="utf-8")
        except OSError as error:
            raise UsageError(
                f"the stub {path} cannot be read ({error}): give their folder with --stubs"
            ) from error
    return stubs


def alike(
    modules: Mapping[str, Mapping[str, str]],
    stubs: Mapping[str, str],
    at_least: float = AT_LEAST,
) -> list[Pair]:
    """The pairs of students with alike modules, the most alike first.

    `modules` maps topics to the texts of their modules by student, as `grader.instructor.modules`
    reads them. A module longer than MAX_SOURCE is compared up to there.
    """
    found: dict[tuple[str, str], list[Alike]] = defaultdict(list)
    for topic, texts in modules.items():
        given = _fingerprint(topic, stubs[topic], frozenset()).hashes
        prints = {
            student: _fingerprint(topic, text[:MAX_SOURCE], given)
            for student, text in sorted(texts.items())
        }
        for students, one in _compare(topic, prints, at_least):
            found[students].append(one)
    pairs = [
        Pair(students, tuple(sorted(ones, key=lambda one: -one.share)))
        for students, ones in found.items()
    ]
    return sorted(pairs, key=lambda pair: (-pair.modules[0].share, pair.students))


def _compare(
    topic: str, prints: Mapping[str, CodeFingerprint], at_least: float
) -> Iterator[tuple[tuple[str, str], Alike]]:
    students = list(prints)
    for first, second in _candidates(list(prints.values()), at_least):
        one, other = prints[students[first]], prints[students[second]]
        overlap, shares, slices = compare_files(one, other)
        share = min(1.0, float(shares[0])), min(1.0, float(shares[1]))
        if overlap >= FEWEST and max(share) >= at_least:
            texts = _segments(one.raw_code, slices[0]), _segments(other.raw_code, slices[1])
            yield (students[first], students[second]), Alike(topic, share, texts)


def _candidates(prints: Sequence[CodeFingerprint], at_least: float) -> list[tuple[int, int]]:
    """The pairs with enough hashes in common to be looked at closely.

    A hash stands for at most K characters. A share made of scattered pieces is no copy: a quarter
    of it is to be in the hashes themselves, of which a change of one character takes away K. One
    product of sparse matrices (module x hash) counts them for all pairs of a class at once.
    """
    columns: dict[int, int] = {}
    rows = [[columns.setdefault(each, len(columns)) for each in one.hashes] for one in prints]
    starts = np.cumsum([0, *map(len, rows)])
    indices = np.fromiter(chain.from_iterable(rows), np.int64, starts[-1])
    shape = (len(prints), len(columns))
    found = sparse.csr_array((np.ones(len(indices), np.int32), indices, starts), shape=shape)
    common = sparse.triu(found @ found.T, k=1).tocoo()
    sizes = np.diff(starts)
    smaller = np.minimum(sizes[common.row], sizes[common.col])
    wanted = (common.data * K >= FEWEST) & (common.data >= at_least / 4 * smaller)
    return sorted(zip(common.row[wanted].tolist(), common.col[wanted].tolist(), strict=True))


def _fingerprint(topic: str, text: str, given: Iterable[int]) -> CodeFingerprint:
    """Every K characters of filtered code, less those `given`.

    With a window of 1 nothing is sampled, so the result does not depend on Python's random hashes.
    copydetect's own way to leave text out would take repeated code for the stub's.
    """
    found = CodeFingerprint(f"{topic}.py", K, 1, fp=io.StringIO(text))
    found.hashes = found.hashes - set(given)
    found.hash_idx = {each: at for each, at in found.hash_idx.items() if each in found.hashes}
    found.token_coverage = get_token_coverage(found.hash_idx, K, len(found.filtered_code))
    if len(found.offsets):
        # The name of a class sets copydetect's offsets back.
        found.offsets[:, 1] = np.maximum.accumulate(found.offsets[:, 1])
    return found


def _segments(text: str, slices: "np.ndarray[tuple[int, int], np.dtype[np.int64]]") -> Segments:
    pieces = []
    at = 0
    for start, end in slices.T.astype(int).tolist():
        start, end = max(start, at), min(end, len(text))
        if start < end:
            pieces += [(text[at:start], False), (text[start:end], True)]
            at = end
    pieces.append((text[at:], False))
    return tuple((piece, marked) for piece, marked in pieces if piece)
