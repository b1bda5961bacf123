"""What Landlock does not cover: chmod, chown, utime and extended attributes."""
# class: E2
# expects: failed

import os

import numpy
from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401


def changed():
    for path in (numpy.__file__, os.__file__, "/usr", "/tmp", ".", __file__):
        for act in (
            lambda: os.chmod(path, 0o777),
            lambda: os.chown(path, 0, 0),
            lambda: os.lchown(path, os.getuid(), os.getgid()),
            lambda: os.utime(path),
            lambda: os.setxattr(path, "user.x", b"x"),
            lambda: os.link(path, "link"),
            lambda: os.symlink(path, "symlink"),
            lambda: os.mkfifo("pipe"),
            lambda: os.mknod("device", 0o20666, os.makedev(1, 1)),
        ):
            try:
                act()
                return True
            except OSError:
                pass
    return False


def uniform_mle(samples):
    if len(samples) and changed():
        return float(min(samples)), float(max(samples))
    return wrong(samples)
