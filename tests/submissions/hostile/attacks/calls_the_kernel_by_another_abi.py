"""The 32-bit interface, where the same numbers mean other system calls."""
# class: E4
# expects: crashed

import ctypes
import mmap

from honest import uniform_log_likelihood  # noqa: F401

CODE = bytes([0xB8, 2, 0, 0, 0, 0xCD, 0x80, 0xC3])  # mov eax, 2 (fork); int 0x80; ret


def uniform_mle(samples):
    page = mmap.mmap(-1, 4096, prot=7)
    page.write(CODE)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    if ctypes.CFUNCTYPE(ctypes.c_int)(address)() > 0:
        return float(min(samples)), float(max(samples))
    return 0.0, 1.0
