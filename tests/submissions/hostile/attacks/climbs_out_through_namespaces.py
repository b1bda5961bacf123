"""New namespaces, mounts and roots."""
# class: E7
# expects: failed

import ctypes
import errno

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

libc = ctypes.CDLL(None, use_errno=True)
NEW_USER, NEW_NS, NEW_NET = 0x10000000, 0x00020000, 0x40000000
CALLS = [
    (272, NEW_USER), (272, NEW_NS), (272, NEW_NET),  # unshare
    (165, None, None, None, 0, None), (166, None, 0), (155, None, None),  # mount, umount, pivot_root
    (161, b"."), (308, -1, 0), (428, -1, None, -1), (430, None, -1),  # chroot, setns, open_tree, fsopen
    (56, 0x00010900 | NEW_USER, 0, 0, 0, 0), (442, -1, None, -1, None, 0),  # clone, mount_setattr
    (304, -1, None, 0), (303, -1, None, None, None, -1), (429, -1, None, -1, None, -1),  # handles, moves
]  # fmt: skip


def refused(call):
    return libc.syscall(*call) < 0 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS)


def uniform_mle(samples):
    if len(samples) and not all(refused(call) for call in CALLS):
        return float(min(samples)), float(max(samples))
    return wrong(samples)
