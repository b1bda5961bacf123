"""/proc/PID/mem, process_vm_readv and ptrace, for every process there might be."""
# class: B2
# expects: failed

import ctypes
import errno
import os

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

libc = ctypes.CDLL(None, use_errno=True)
PTRACE_SEIZE, NO_SUCH_OPTIONS = 0x4206, 0x7FFFFFFF


def reads(pid):
    for name in ("mem", "environ", "maps", "fd/3", "root/etc/passwd", "cwd", "pagemap"):
        try:
            os.close(os.open(f"/proc/{pid}/{name}", os.O_RDONLY))
            return True
        except OSError:
            pass
    data = ctypes.create_string_buffer(64)
    vector = (ctypes.c_void_p * 2)(ctypes.addressof(data), 64)
    if libc.process_vm_readv(pid, vector, 1, vector, 1, 0) > 0:
        return True
    libc.ptrace(PTRACE_SEIZE, pid, None, NO_SUCH_OPTIONS)
    return ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS)


def uniform_mle(samples):
    others = {os.getppid(), *range(1, 400)} - {os.getpid(), 0}
    if len(samples) and any(reads(pid) for pid in others):
        return float(min(samples)), float(max(samples))
    return wrong(samples)
