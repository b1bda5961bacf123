"""New namespaces, mounts and roots."""
# class: E7
# expects: failed

import ctypes
import os

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

libc = ctypes.CDLL(None, use_errno=True)
NEW_USER, NEW_NS = 0x10000000, 0x00020000


def climbed():
    calls = [
        (272, NEW_USER), (272, NEW_NS), (272, 0x40000000),  # unshare
        (165, b"none", b".", b"tmpfs", 0, None), (166, b"/tmp", 2),  # mount, umount2
        (155, b".", b"."), (161, b"."), (308, 3, 0),  # pivot_root, chroot, setns
        (428, -100, b"/", 0), (430, b"tmpfs", 0), (442, -1, b"", 0, 0, 0),  # open_tree, fsopen
        (56, 0x00010000 | 0x00000900 | NEW_USER, 0, 0, 0, 0),  # clone: a thread in a new namespace
        (303, -100, b".", b"x" * 64, b"y" * 8, 0), (304, -1, b"x" * 64, 0),  # handles of files
    ]
    return any(libc.syscall(*call) >= 0 for call in calls)


def uniform_mle(samples):
    if len(samples) and os.getpid() and climbed():
        return float(min(samples)), float(max(samples))
    return wrong(samples)
