"""Limits of a worker, each with its unit, in one record."""

from dataclasses import asdict, dataclass
from typing import Any

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one worker may use. The grader measures wall-clock limits, the kernel the rest.

    They stop a submission from harming the run; they do not measure how good it is.
    """

    import_s: float = 20.0
    """Loading the module."""
    call_s: float = 10.0
    """One call of a function."""
    check_s: float = 60.0
    """All calls of one check, shrinking included."""
    memory_mib: int = 4096
    """Address space, so it counts what is mapped, not what is touched: torch alone maps 1 GiB."""
    reply_mib: int = 64
    """One reply; also what the grader allocates at most for it."""
    files_mib: int = 256
    """Files in the worker's private folder."""
    threads: int = 64
    """Threads of the worker; it may start no process at all."""
    open_files: int = 256
    """File descriptors."""
    printed_kib: int = 64
    """Captured print of one check; the rest is counted and cut."""
    message_kib: int = 16
    """Text of one exception."""

    @property
    def reply_bytes(self) -> int:
        """The reply limit in bytes."""
        return self.reply_mib * MIB

    def to_wire(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)
