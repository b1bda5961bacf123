"""What Landlock does not cover: chmod, chown, utime and extended attributes."""
# class: E2
# expects: failed

import errno
import os

import numpy
from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401


def changed():
    for path in (numpy.__file__, os.__file__, "/usr", ".", __file__):
        is_ = os.stat(path)
        for act in (
            lambda: os.chmod(path, is_.st_mode & 0o7777),  # as it is, which needs the same right
            lambda: os.chown(path, is_.st_uid, is_.st_gid),
            lambda: os.utime(path, ns=(is_.st_atime_ns, is_.st_mtime_ns)),
            lambda: os.removexattr(path, "user.none"),
            lambda: os.link(path, "link"),
            lambda: os.symlink(path, "symlink"),
            lambda: os.mkfifo("pipe"),
            lambda: os.mknod("device", 0o20666, os.makedev(1, 1)),
        ):
            try:
                act()
                return True
            except OSError as error:
                if error.errno == errno.ENODATA:  # allowed, and there is no such attribute
                    return True
    return False


def uniform_mle(samples):
    if len(samples) and changed():
        return float(min(samples)), float(max(samples))
    return wrong(samples)
