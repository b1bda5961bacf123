"""The user's profile, installed packages, caches of bytecode and the system."""
# class: E1
# expects: failed

import os
import sys

import numpy
from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

THERE = ["/etc/profile", numpy.__file__, os.__file__, "/proc/self/oom_score_adj",
         "/proc/sys/kernel/core_pattern", "/sys/devices/system/cpu/uevent"]  # fmt: skip
FOLDERS = ["/", "/etc", "/tmp", "/var/tmp", "/root", "/usr", "/dev/shm", "/home", "/submission/..",
           sys.prefix, sys.base_prefix, os.path.join(os.path.dirname(numpy.__file__), "__pycache__")]


def written():
    for path in THERE:
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_APPEND))  # nothing is appended
            return True
        except OSError:
            pass
    for folder in FOLDERS:
        path = os.path.join(folder, f"hostile-{os.getpid()}")
        for make, undo in (
            (lambda: os.close(os.open(path, os.O_WRONLY | os.O_CREAT)), os.unlink),
            (lambda: os.mkdir(path), os.rmdir),
            (lambda: os.symlink(".", path), os.unlink),
        ):
            try:
                make()
                undo(path)
                return True
            except OSError:
                pass
    return False


def uniform_mle(samples):
    if len(samples) and written():
        return float(min(samples)), float(max(samples))
    return wrong(samples)
