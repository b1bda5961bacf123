"""A channel without any isolation: the submission runs in this very process.

For a student's debugger, and to measure what isolation costs. Values still cross the codec, so
that checks see the same types; there is no limit of any kind, and a report says so.
"""

import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.sandbox import confined_libraries, wire, worker
from grader.sandbox.channel import Printed
from grader.sandbox.limits import Limits
from grader.sandbox.torchvision_ops import ensure_importable


class InProcess:
    """The same requests as a sandboxed worker, answered here."""

    def __init__(self, limits: Limits, preload: Sequence[str] = ("torch",)) -> None:
        """`preload`: what a zygote would have imported for the topic."""
        self._limits = limits
        self._tensors = any(name.split(".")[0] == "torch" for name in preload)
        if "torchvision" in preload:
            ensure_importable()
        self._folder = tempfile.TemporaryDirectory(prefix="grader-inprocess-")
        self._server = worker.Server(Path(self._folder.name), limits)
        self._output = io.StringIO()
        self._modules = set(sys.modules)
        self._closed = False
        os.environ.setdefault("MPLBACKEND", "Agg")

    def request(self, operation: str, payload: dict[str, Any], timeout: float) -> tuple[str, Any]:
        """Answer in this process; `timeout` is not kept."""
        frame = wire.encode(payload, 1 << 40)
        path, argv, home = list(sys.path), list(sys.argv), os.getcwd()
        os.chdir(self._folder.name)
        try:
            with contextlib.redirect_stdout(self._output):
                reply = self._server.answer(operation, wire.decode(frame[wire.HEADER.size :]))
                if operation == "load":
                    confined_libraries.settle()
                encoded = worker.encode_reply(b"", reply, self._limits)
        finally:
            os.chdir(home)
            sys.path[:], sys.argv[:] = path, argv
        _, status, data = wire.decode(encoded[wire.HEADER.size :], tensors=self._tensors)
        return status, data

    def printed(self) -> str:
        """What the submission printed, cut to its limit."""
        printed = Printed(self._limits.printed_kib * 1024)
        printed.add(self._output.getvalue().encode("utf-8", "replace"))
        return printed.text()

    def close(self) -> None:
        """Forget the submission's modules and remove its folder."""
        if self._closed:
            return
        self._closed = True
        root = self._folder.name
        for name in set(sys.modules) - self._modules:
            if str(getattr(sys.modules[name], "__file__", "") or "").startswith(root):
                del sys.modules[name]
        self._folder.cleanup()
