"""Pseudonyms: a class whose gradebook and reports carry no names, with the key kept apart.

A pseudonym is a keyed hash (HMAC-SHA256) of the student's id. Who has the key and the class list
finds the students again; who has only the gradebook cannot, not even by trying every id.
"""

import base64
import hashlib
import hmac
import os
import re
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from grader.batch.records import Entry
from grader.batch.roster import Roster
from grader.batch.students import Person, key
from grader.errors import UsageError
from grader.records import Counterexample, Outcome

KEY_BYTES = 32
LENGTH = 12
"""Characters of a pseudonym: 60 bits, so that no two students of any class share one."""
SHORTEST = 3
"""Parts of a name with fewer letters stay in texts: they are words of any language."""
SHORTEST_NUMBER = 5
"""Numbers with fewer digits stay in texts: they are values of counterexamples."""

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, repr=False)
class Pseudonyms:
    """Makes pseudonyms with a secret key."""

    secret: bytes

    @classmethod
    def make(cls, path: Path) -> "Pseudonyms":
        """Write a new key to `path`, for its owner alone; UsageError if something is there."""
        secret = secrets.token_bytes(KEY_BYTES)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # O_EXCL: a key that is lost takes the way back to the students with it.
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secret.hex() + "\n")
        except FileExistsError:
            raise UsageError(f"{path} is there already: a key is never overwritten") from None
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error}") from error
        return cls(secret)

    @classmethod
    def load(cls, path: Path) -> "Pseudonyms":
        """The key in `path`; UsageError if there is none, or if others may read it."""
        try:
            mode = path.stat().st_mode & 0o777
            text = path.read_text(encoding="ascii").strip()
            secret = bytes.fromhex(text)
        except (OSError, ValueError) as error:
            raise UsageError(
                f"{path} holds no key ({error}): `grader pseudonyms {path} --new` makes one"
            ) from error
        if mode & 0o077:
            raise UsageError(f"others may read the key {path}: `chmod 600 {path}`")
        if len(secret) != KEY_BYTES:
            raise UsageError(f"{path} holds no key: it must have {KEY_BYTES} bytes in hexadecimal")
        return cls(secret)

    def of(self, student: str) -> str:
        """The pseudonym of a student's id."""
        digest = hmac.digest(self.secret, key(student).encode(), hashlib.sha256)
        return "s" + base64.b32encode(digest).decode("ascii").lower()[:LENGTH]

    def table(self, people: Iterable[Person]) -> dict[str, Person]:
        """The way back: pseudonym -> student of the class list."""
        return {self.of(person.student): person for person in people}

    def hide(self, roster: Roster) -> tuple[Roster, "Scrubber"]:
        """The roster under pseudonyms, and what takes its names out of texts.

        The paths stay, since they are graded: whoever stores entries leaves them out.
        """
        scrubber = Scrubber.of(self, roster)
        entries = tuple(
            replace(
                entry,
                student=self.of(entry.student),
                name="",
                problem=scrubber.text(entry.problem),
            )
            for entry in roster.entries
        )
        remarks = tuple(map(scrubber.text, roster.remarks))
        return Roster(entries, (), remarks), scrubber


@dataclass(frozen=True, slots=True, repr=False)
class Scrubber:
    """Takes the names and ids of a class out of texts: each becomes its student's pseudonym.

    `phrases` maps the first word of a name or id to its words and the pseudonym, longest first.
    """

    phrases: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]

    @classmethod
    def of(cls, pseudonyms: Pseudonyms, roster: Roster) -> "Scrubber":
        """The scrubber of a class: whatever its entries and its class list know of a student."""
        found: dict[tuple[str, ...], str] = {}
        whose = {key(person.student): person for person in roster.people}
        for entry in roster.entries:
            pseudonym = pseudonyms.of(entry.student)
            for words in _phrases(entry, whose.get(key(entry.student))):
                found.setdefault(words, pseudonym)
        by_first = defaultdict(list)
        for words, pseudonym in sorted(found.items(), key=lambda item: -len(item[0])):
            by_first[words[0]].append((words, pseudonym))
        return cls({first: tuple(phrases) for first, phrases in by_first.items()})

    def text(self, text: str) -> str:
        """The text without names and ids; the signs between their words, like `_`, may be any."""
        words = [(match.start(), match.end(), key(match[0])) for match in _WORD.finditer(text)]
        parts, at, number = [], 0, 0
        while number < len(words):
            start = words[number][0]
            for phrase, pseudonym in self.phrases.get(words[number][2], ()):
                if tuple(word for _, _, word in words[number : number + len(phrase)]) == phrase:
                    number += len(phrase)
                    parts += [text[at:start], pseudonym]
                    at = words[number - 1][1]
                    break
            else:
                number += 1
        return "".join([*parts, text[at:]])

    def outcome(self, outcome: Outcome) -> Outcome:
        """The outcome with every text of it scrubbed."""
        found = outcome.counterexample
        if found is not None:
            texts = (found.call, found.got, found.expected, found.replay)
            found = Counterexample(*map(self.text, texts))
        return replace(
            outcome,
            message=self.text(outcome.message),
            counterexample=found,
            notes=tuple(map(self.text, outcome.notes)),
            printed=self.text(outcome.printed),
        )


def _phrases(entry: Entry, person: Person | None) -> Iterable[tuple[str, ...]]:
    """The names and ids of a student as words; each part of a name counts by itself too."""
    names = [entry.name, *([person.name] if person else [])]
    ids = [entry.student, *(person.keys if person else ())]
    for text in (*ids, *names):
        words = tuple(key(match[0]) for match in _WORD.finditer(text))
        alone = "".join(words)
        if len(alone) >= (SHORTEST_NUMBER if alone.isdigit() else SHORTEST):
            yield words
    for name in names:
        for match in _WORD.finditer(name):
            if len(match[0]) >= SHORTEST and not match[0].isdigit():
                yield (key(match[0]),)
