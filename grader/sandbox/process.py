"""What a process of the grader says of itself to the kernel, whichever of them it is.

The command line and the runners need no more of the sandbox than this, and start without the rest.
"""

import contextlib
import ctypes
import os
import signal
from pathlib import Path

LAYERS = (
    "namespaces",
    "landlock",
    "seccomp",
    "rlimits",
    "unprivileged_user",
    "no_new_privileges",
    "empty_environment",
)

PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4

LIBRARY_SETTINGS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    # Freed memory is kept for the next array. glibc would give it back and take it again, at a page
    # fault for every 4 KiB: a sixth of the VAE's checks, a quarter of the GAN's.
    "GLIBC_TUNABLES": "glibc.malloc.mmap_threshold=33554432:glibc.malloc.trim_threshold=67108864",
}
"""What the libraries of runners, zygotes and workers read as they start."""

libc = ctypes.CDLL(None, use_errno=True)


def check(result: int, what: str) -> None:
    """OSError, by the C library's `errno`, for a call that did not return 0."""
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def prctl(option: int, value: int) -> None:
    """Set a property of this process; OSError when the kernel refuses."""
    check(libc.prctl(option, value, 0, 0, 0), f"prctl({option})")


def harden() -> None:
    """Keep a process of the same user from reading this one's memory."""
    prctl(PR_SET_DUMPABLE, 0)


def harden_zygote() -> None:
    """The same, and the zygote does not outlive the grader.

    Where memory ends, the kernel ends a zygote's worker, not the grader or a neighbour.
    """
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("900")
    harden()
    prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))


def namespaces() -> dict[str, str]:
    """The namespaces that this process is in, as the kernel names them; empty off Linux."""
    found = {}
    for kind in ("mnt", "pid", "net", "ipc", "uts"):
        with contextlib.suppress(OSError):
            found[kind] = os.readlink(f"/proc/self/ns/{kind}")
    return found
