"""Users for the workers of a grader that is root: no two of one machine's runs share one.

The kernel counts threads by user, and lets a user signal itself.
"""

import socket

from grader.errors import IsolationError

FIRST_UID = 61184  # above Debian's and systemd's dynamic ranges, below nobody
RANGE = 8
"""So many users are held together."""
RANGES = 500


class Users:
    """User ids that nobody else has, held until they are closed or this process ends."""

    def __init__(self, count: int) -> None:
        """At least `count` of them, in `uids`; IsolationError when the machine has none left."""
        self._held: list[socket.socket] = []
        self.uids: list[int] = []
        for number in range(RANGES):
            if len(self.uids) >= count:
                return
            # An abstract socket: the kernel frees its name with the process, however that ends.
            held = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            try:
                held.bind(f"\0grader-users-{number}")
            except OSError:
                held.close()
                continue
            self._held.append(held)
            first = FIRST_UID + number * RANGE
            self.uids += range(first, first + RANGE)
        self.close()
        raise IsolationError(f"this machine's {RANGES * RANGE} users for workers are all in use")

    def close(self) -> None:
        """Let other runs have them."""
        for held in self._held:
            held.close()
