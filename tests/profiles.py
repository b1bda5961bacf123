"""Runs a command as in another environment.

    python tests/profiles.py PROFILE [UID] -- COMMAND...

open         nothing is taken away
docker       what Docker's default seccomp profile and capabilities leave a container
no_landlock  the same on a kernel that is too old for Landlock
no_seccomp   the same on a kernel without filters of system calls
bare         neither Landlock, seccomp, namespaces nor a change of user

With UID the command runs as that user. The filter is set by `seccompy`, as a container's is by its
runtime, and the worker's own filter comes on top of it.
"""

import contextlib
import ctypes
import errno
import os
import sys

import seccompy

PROFILES = ("open", "docker", "no_landlock", "no_seccomp", "bare")

# Not on Docker's list of allowed calls, or there only with a capability that it does not give.
REFUSED = [
    "acct",
    "add_key",
    "bpf",
    "clock_adjtime",
    "clock_settime",
    "delete_module",
    "fanotify_init",
    "finit_module",
    "fsconfig",
    "fsmount",
    "fsopen",
    "fspick",
    "get_mempolicy",
    "init_module",
    "io_uring_enter",
    "io_uring_register",
    "io_uring_setup",
    "ioperm",
    "iopl",
    "kcmp",
    "kexec_file_load",
    "kexec_load",
    "keyctl",
    "lookup_dcookie",
    "mbind",
    "mount",
    "mount_setattr",
    "move_mount",
    "move_pages",
    "open_by_handle_at",
    "open_tree",
    "perf_event_open",
    "pidfd_getfd",
    "pivot_root",
    "process_madvise",
    "quotactl",
    "quotactl_fd",
    "reboot",
    "request_key",
    "set_mempolicy",
    "setdomainname",
    "sethostname",
    "setns",
    "settimeofday",
    "swapoff",
    "swapon",
    "syslog",
    "umount2",
    "unshare",
    "userfaultfd",
    "vhangup",
]
LANDLOCK = ("landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self")
# CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT
# MKNOD AUDIT_WRITE SETFCAP
CAPABILITIES = {0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31}
NEW_NAMESPACES = [1 << bit for bit in (17, 25, 26, 27, 28, 29, 30)]
AF_VSOCK, AF_ALG = 40, 38
PR_CAPBSET_DROP, PR_SET_SECCOMP = 24, 22
CLONE_NEWUSER = 0x10000000


def main() -> None:
    """Put the profile on and become the command."""
    before, command = sys.argv[1 : sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1 :]
    profile, user = before[0], int(before[1]) if len(before) > 1 else None
    if profile not in PROFILES:
        raise SystemExit(f"there is no profile {profile}; there are {', '.join(PROFILES)}")
    if profile == "open":
        os.execvp(command[0], command)
    rules = refusals(profile)
    if os.getuid() == 0:
        for capability in set(range(64)) - CAPABILITIES:
            ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    if user is not None:
        become(user)
    rules.load()
    os.execvp(command[0], command)


def become(user: int) -> None:
    """Another user in a user namespace: it reaches what this one does, without any privilege."""
    me, group = os.getuid(), os.getgid()
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {me} 1"),
                       ("gid_map", f"{user} {group} 1")):  # fmt: skip
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def refusals(profile: str) -> seccompy.Filter:
    """The filter of a profile."""
    rules = seccompy.Filter()
    for name in REFUSED:
        with contextlib.suppress(ValueError):
            rules.errno(name, errno.EPERM)
    for flag in NEW_NAMESPACES:
        rules.errno("clone", errno.EPERM, args=[(0, seccompy.CmpOp.MASKED_EQ, flag, flag)])
    rules.errno("clone3", errno.ENOSYS)
    for family in (AF_VSOCK, AF_ALG):
        rules.errno("socket", errno.EPERM, args=[(0, seccompy.CmpOp.EQ, family)])
    if profile in ("no_landlock", "bare"):
        for name in LANDLOCK:
            rules.errno(name, errno.ENOSYS)
    if profile in ("no_seccomp", "bare"):
        rules.errno("seccomp", errno.ENOSYS)
        rules.errno("prctl", errno.EINVAL, args=[(0, seccompy.CmpOp.EQ, PR_SET_SECCOMP)])
    if profile == "bare":
        for name in ("setresuid", "setuid", "setreuid"):
            rules.errno(name, errno.EPERM)
    return rules


if __name__ == "__main__":
    main()
