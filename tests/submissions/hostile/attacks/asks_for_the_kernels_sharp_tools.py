"""bpf, ptrace, userfaultfd, perf, keyrings, modules, clocks and the like."""
# class: E7
# expects: failed

import ctypes

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

libc = ctypes.CDLL(None, use_errno=True)
BUFFER = ctypes.create_string_buffer(256)
CALLS = [
    (321, 0, BUFFER, 64), (101, 0, 0, 0, 0), (323, 0), (298, BUFFER, 0, -1, -1, 0),
    (248, b"user", b"x", b"y", 1, -3), (250, 0, -3, 0), (175, BUFFER, 16, b""), (313, 0, b"", 0),
    (246, 0, 0, 0, 0), (169, 0, 0, 0, 0), (170, b"x", 1), (227, 0, BUFFER), (164, BUFFER, None),
    (167, b"x", 0), (163, None), (135, 0xFFFFFFFF), (312, 1, 1, 0, 0, 0), (300, 0, 0),
    (253,), (105, 0), (106, 0), (116, 0, None), (126, BUFFER, BUFFER), (157, 38, 0, 0, 0, 0),
    (157, 4, 1, 0, 0, 0), (157, 1, 0, 0, 0, 0), (157, 22, 0, 0, 0, 0), (317, 1, 0, BUFFER),
    (444, BUFFER, 8, 0), (446, 0, 0), (322, 3, b"", None, None, 0x1000), (59, b"/bin/true", None, None),
]


def uniform_mle(samples):
    if len(samples) and any(libc.syscall(*call) >= 0 for call in CALLS):
        return float(min(samples)), float(max(samples))
    return wrong(samples)
