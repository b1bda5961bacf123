"""Users for the workers of a grader that is root: no two of one machine's runs share one.

The kernel counts threads by user, and lets a user signal itself.
"""

import socket

from grader.errors import IsolationError

FIRST_UID = 61184  # above Debian's and systemd's dynamic ranges, below nobody
USERS = 8
"""Workers of one zygote, less those that have ended, are two or three."""
RANGES = 500


class Users:
    """A range of user ids, held until it is closed or this process ends."""

    def __init__(self) -> None:
        # An abstract socket: the kernel frees its name with the process, however that ends.
        self._held = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        for number in range(RANGES):
            try:
                self._held.bind(f"\0grader-users-{number}")
            except OSError:
                continue
            self.first = FIRST_UID + number * USERS
            return
        self._held.close()
        raise IsolationError(f"{RANGES} zygotes of this machine hold all users for workers")

    def close(self) -> None:
        """Let another run have the range."""
        self._held.close()
