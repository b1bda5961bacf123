"""How a check ends when it does not pass.

Mismatch and StudentError are ordinary failures: Hypothesis shrinks them. EndCheck derives from
BaseException, so that Hypothesis lets it through at once: a hang or a crash is not shrunk.

Exception
├── Mismatch        a law is broken, or a value differs from what was expected
└── StudentError    the submission's function raised
BaseException
└── EndCheck        the check is over: not implemented, timed out, crashed, ...
    └── StopShrinking   enough smaller inputs were tried after a failure
"""

import builtins

from grader.records import Status


class Mismatch(Exception):  # noqa: N818 - a finding, not an error of the grader
    """What came back breaks a law. The texts are read by the student."""

    def __init__(
        self, law: str, got: str = "", expected: str = "", hint: str | None = None
    ) -> None:
        super().__init__(law)
        self.law = law
        self.got = got
        self.expected = expected
        self.hint = hint


class StudentError(Exception):
    """The submission's function raised an exception; this stands for it."""

    def __init__(self, function: str, builtin: str, name: str, message: str, frames: str) -> None:
        super().__init__(f"{function} raised {name}: {message}")
        self.function = function
        self.builtin = builtin
        self.name = name
        self.message = message
        self.frames = frames

    def is_a(self, kind: type[BaseException]) -> bool:
        """Whether the exception was of that built-in kind, by its real class hierarchy."""
        raised = getattr(builtins, self.builtin, BaseException)
        return isinstance(raised, type) and issubclass(raised, kind)


class EndCheck(BaseException):
    """The check is over, with this status."""

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class StopShrinking(EndCheck):
    """Enough smaller inputs were tried; the smallest failure found so far stands."""

    def __init__(self) -> None:
        super().__init__(Status.FAILED, "enough inputs tried")
