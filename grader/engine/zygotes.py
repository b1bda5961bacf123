"""The zygotes of a process: one per set of libraries, started when first wanted and kept."""

import socket
from collections.abc import Sequence
from typing import BinaryIO

from grader.records import Isolation, Mode
from grader.sandbox.channel import Channel
from grader.sandbox.client import Client
from grader.sandbox.launcher import Zygote
from grader.sandbox.limits import Limits
from grader.sandbox.process import LAYERS


class ZygotePool:
    """Where workers come from; its own zygotes, or those that another process shares with it."""

    def __init__(self, mode: Mode = "auto", clients: int = 1) -> None:
        """Its own zygotes serve so many `clients` at once."""
        self._mode = mode
        self._size = clients
        self._clients: dict[tuple[str, ...], Client] = {}

    def warm(self, preload: Sequence[str]) -> None:
        """Start importing in the background; a zygote that has ended is replaced."""
        if self._mode == "none":
            return
        key = tuple(preload)
        if key in self._clients and not self._clients[key].alive():
            self._clients.pop(key).close()
        if key not in self._clients:
            self._clients[key] = Zygote(key, self._mode, clients=self._size)

    def own(self, preload: Sequence[str]) -> Zygote:
        """The zygote of these libraries, to connect others to."""
        self.warm(preload)
        zygote = self._clients[tuple(preload)]
        assert isinstance(zygote, Zygote)
        return zygote

    def adopt(self, preload: Sequence[str], control: socket.socket, errors: BinaryIO) -> None:
        """Take workers with these libraries from a zygote that another process has started."""
        key = tuple(preload)
        if key in self._clients:
            self._clients.pop(key).close()
        self._clients[key] = Client(control, errors, key, self._mode)

    def channel(self, preload: Sequence[str], limits: Limits) -> Channel:
        """A fresh place to run a submission in."""
        if self._mode == "none":
            # It imports numpy, which the command line does without.
            from grader.sandbox.inprocess import InProcess

            return InProcess(limits, preload)
        self.warm(preload)
        client = self._clients[tuple(preload)]
        client.isolation()
        return client.worker(limits)

    def isolation(self, preload: Sequence[str]) -> Isolation:
        """The layers that hold for these libraries' workers."""
        if self._mode == "none":
            return Isolation("none", dict.fromkeys(LAYERS, False))
        self.warm(preload)
        return self._clients[tuple(preload)].isolation()

    def known_isolation(self, preload: Sequence[str]) -> Isolation | None:
        """The layers that held for workers that were started; None if there were none."""
        client = self._clients.get(tuple(preload))
        return client.known_isolation if client is not None else None

    def processes(self) -> set[int]:
        """Its own zygotes, by process id."""
        return {client.pid for client in self._clients.values() if isinstance(client, Zygote)}

    def close(self) -> None:
        """End its own zygotes, and the workers of all."""
        while self._clients:
            _, client = self._clients.popitem()
            client.close()
