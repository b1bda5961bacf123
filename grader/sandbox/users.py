"""Users for the workers of a grader that is root: no two of one machine's runs share one.

The kernel counts threads by user, and lets a user signal itself.
"""

import os
import socket

from grader.errors import IsolationError

# systemd's for services with `DynamicUser=`: no account and no package has one. All that nobody has
# are above 65,535, where many containers have none.
FIRST_UID = 61184
USERS = 8
"""A client's workers: in use, beside it, in reserve, and those that are ending."""
RANGES = 500


class Users:
    """A range of user ids that nobody else has, until it is closed or this process ends."""

    def __init__(self) -> None:
        """IsolationError when the machine has none left."""
        # An abstract socket: the kernel frees its name with the process, however that ends.
        self._held = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        for number in range(RANGES):
            try:
                self._held.bind(f"\0grader-users-{number}")
            except OSError:
                continue
            first = FIRST_UID + number * USERS
            self.uids = list(range(first, first + USERS))
            return
        self._held.close()
        raise IsolationError(f"the {RANGES * USERS} users for this machine's workers are in use")

    def close(self) -> None:
        """Let another run have the range."""
        self._held.close()


def new_users() -> Users | None:
    """Users for the workers of one client; None where the user cannot be changed."""
    return Users() if os.getuid() == 0 else None
