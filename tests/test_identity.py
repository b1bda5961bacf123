"""Pseudonyms: no name in what is kept, the way back only with the key."""

from pathlib import Path

import pytest

from grader.batch.identity import Pseudonyms
from grader.batch.records import Entry
from grader.batch.roster import Roster
from grader.batch.students import Person
from grader.errors import UsageError
from grader.records import Counterexample, Outcome, Status

ANN = Person("1234567", "Ann-Marie Smith", "amsmith@x.edu", github="am-smith")
ROSTER = Roster(
    (
        Entry("1234567", "Ann-Marie Smith", Path("hw/1234567"), problem="late: smith, Ann-Marie"),
        Entry("bob", "Bob O'Neil", Path("hw/bob")),
    ),
    (ANN,),
    ("amsmith@x.edu handed in twice",),
)
MAKER = Pseudonyms(b"k" * 32)


def test_the_key_is_for_its_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys/class.key"

    made = Pseudonyms.make(path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert Pseudonyms.load(path).of("ann") == made.of("ann")
    with pytest.raises(UsageError, match="never overwritten"):
        Pseudonyms.make(path)


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "class.key"
    Pseudonyms.make(path)
    path.chmod(0o640)

    with pytest.raises(UsageError, match="chmod 600"):
        Pseudonyms.load(path)


@pytest.mark.parametrize("text", ["", "zz", "ab12", "é"])
def test_what_is_no_key_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "class.key"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)

    with pytest.raises(UsageError, match="holds no key"):
        Pseudonyms.load(path)


def test_a_pseudonym_depends_on_the_key_and_not_on_letter_case() -> None:
    assert MAKER.of("Bob") == MAKER.of(" bob ")
    assert MAKER.of("bob") != Pseudonyms(b"K" * 32).of("bob")
    assert MAKER.of("bob") != MAKER.of("bo")
    assert len(MAKER.of("bob")) == 13


def test_the_class_list_and_the_key_find_the_student_again() -> None:
    assert MAKER.table([ANN])[MAKER.of("1234567")] == ANN


def test_a_hidden_roster_has_no_names() -> None:
    hidden, _ = MAKER.hide(ROSTER)

    assert [entry.student for entry in hidden.entries] == [MAKER.of("1234567"), MAKER.of("bob")]
    assert [entry.name for entry in hidden.entries] == ["", ""]
    assert hidden.people == ()
    assert hidden.remarks == (f"{MAKER.of('1234567')} handed in twice",)
    assert "smith" not in hidden.entries[0].problem.lower()
    assert "marie" not in hidden.entries[0].problem.lower()


def test_names_and_ids_leave_every_text_of_an_outcome() -> None:
    _, scrubber = MAKER.hide(ROSTER)
    said = "by Ann-Marie Smith (1234567, AM_Smith); BOB's file bob_o'neil.py, amsmith@x.edu"
    found = Counterexample(said, said, said, said)

    clean = scrubber.outcome(
        Outcome("t.c", Status.FAILED, 0.0, said, found, (said,), said, seconds=1.0)
    )

    for name in ("ann", "marie", "smith", "1234567", "bob", "neil", "amsmith"):
        assert name not in repr(clean).lower()


def test_other_words_and_the_numbers_of_an_input_stay() -> None:
    _, scrubber = MAKER.hide(ROSTER)
    text = "annual bobcat: f(array([1234567.5, 12345670]), x=1) is not blacksmith"

    found = scrubber.text(text)

    assert found == text.replace("1234567.5", f"{MAKER.of('1234567')}.5")
