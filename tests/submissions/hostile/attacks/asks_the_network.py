"""Sockets of every family, names and web pages."""
# class: B7
# expects: failed

import socket
import urllib.request

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

FAMILIES = [getattr(socket, name) for name in dir(socket) if name.startswith("AF_")]


def connected():
    for family in FAMILIES:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
            try:
                socket.socket(family, kind).close()
                return True
            except OSError:
                pass
    for act in (
        lambda: socket.socketpair(),
        lambda: urllib.request.urlopen("http://127.0.0.1", timeout=1),
    ):
        try:
            act()
            return True
        except OSError:
            pass
    return False


def uniform_mle(samples):
    if len(samples) and connected():
        return float(min(samples)), float(max(samples))
    return wrong(samples)
