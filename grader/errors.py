"""The errors that the grader raises on purpose.

GraderError
├── UsageError        an argument or a submission that cannot be used; exit status 2
├── RubricError       a rubric file contradicts itself or the checks
├── DataError         a data set or trained model is absent or damaged
└── IsolationError    a required isolation layer is missing, or the sandbox broke
"""


class GraderError(Exception):
    """Base of every error that the grader raises on purpose."""


class UsageError(GraderError):
    """An argument or a submission that cannot be used; the message names the fix."""


class RubricError(GraderError):
    """A rubric file contradicts itself, or the checks beside it."""


class DataError(GraderError):
    """A data set or trained model is absent or damaged; the message names the way out."""


class IsolationError(GraderError):
    """A required isolation layer is missing, or the sandbox itself failed."""
