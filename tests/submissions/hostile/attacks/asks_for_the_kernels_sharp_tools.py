"""bpf, ptrace, userfaultfd, perf, keyrings, modules, clocks and the like, with nothing to work on."""
# class: E7
# expects: failed

import ctypes
import errno

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

libc = ctypes.CDLL(None, use_errno=True)
NUMBERS = [
    321, 101, 323, 298, 248, 249, 250, 175, 313, 176, 246, 320, 169, 170, 171, 227, 164, 159, 305,
    167, 168, 163, 135, 312, 300, 301, 253, 254, 294, 105, 106, 113, 114, 117, 119, 116, 126, 317,
    444, 445, 446, 322, 59, 310, 311, 438, 434, 424, 440, 425, 426, 427, 237, 238, 239, 256, 279,
    172, 173, 212, 179, 103, 154, 73, 41, 42, 49, 50, 43, 53, 46, 47, 307, 299, 133, 259, 86, 88,
    265, 266, 90, 91, 92, 93, 94, 132, 235, 261, 280, 188, 189, 190, 197, 198, 199, 142, 144, 314,
    141, 251, 160,
]  # fmt: skip


def refused(number):
    done = libc.syscall(number, *[ctypes.c_long(-1)] * 5)
    return done < 0 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS)


def uniform_mle(samples):
    if len(samples) and not all(refused(number) for number in NUMBERS):
        return float(min(samples)), float(max(samples))
    return wrong(samples)
