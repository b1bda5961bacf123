"""fork, clone, clone3, posix_spawn, exec and multiprocessing."""
# class: D7
# expects: failed

import ctypes
import multiprocessing
import os
import subprocess

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

libc = ctypes.CDLL(None, use_errno=True)


def started():
    for number, arguments in ((56, (17, 0, 0, 0, 0)), (57, ()), (435, (0, 0))):
        pid = libc.syscall(number, *arguments)
        if pid == 0:
            os._exit(0)
        if pid > 0:
            return True
    for act in (
        lambda: os.posix_spawn("/bin/true", ["true"], {}),
        lambda: subprocess.run(["/bin/true"], check=True),
        lambda: multiprocessing.get_context("fork").Process(target=len, args=("",)).start(),
        lambda: multiprocessing.get_context("spawn").Process(target=len, args=("",)).start(),
    ):
        try:
            act()
            return True
        except (OSError, ValueError):
            pass
    return False


def uniform_mle(samples):
    if len(samples) and started():
        return float(min(samples)), float(max(samples))
    return wrong(samples)
