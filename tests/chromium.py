"""A headless Chromium for tests, spoken to over a pair of pipes: no driver, no port, no package.

Each message of the DevTools protocol is JSON that ends in a zero byte.
"""

import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
ANSWER_S = 60.0
WIDTHS = (360, 1280)
"""A phone's and a desktop's."""
_OPEN_ALL = "document.querySelectorAll('details').forEach(d => { d.open = true })"
_VIOLATIONS = """axe.run().then(found => found.violations.map(
    v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 3).join(' ')))"""


def find() -> str | None:
    """The path of a Chromium, if there is one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


NEEDED = [
    pytest.mark.slow,
    pytest.mark.skipif(find() is None, reason=f"no browser: none of {', '.join(NAMES)} is there"),
]
"""The marks of a module of tests that open a browser."""


class Browser:
    """One page of a headless Chromium; a context manager. `events` holds what it reported."""

    def __init__(self, path: str) -> None:
        self.events: list[dict[str, Any]] = []
        self._count = 0
        self._buffer = b""
        self._profile = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()
        # It reads its commands from descriptor 3 and answers on 4.
        wiring = 'exec 3<&"$1" 4>&"$2"; shift 2; exec "$@"'
        command = [path, *FLAGS, f"--user-data-dir={self._profile.name}", "about:blank"]
        self._process = subprocess.Popen(
            ["bash", "-c", wiring, "bash", str(to_browser), str(from_browser), *command],
            pass_fds=[to_browser, from_browser],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._session: str | None = None
        pages = self.send("Target.getTargets")["targetInfos"]
        target = next(page["targetId"] for page in pages if page["type"] == "page")
        attached = self.send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.send(f"{domain}.enable")

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._out)
        os.close(self._in)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._profile.cleanup()

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and wait for its result."""
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") != self._count:
                self.events.append(answer)
            elif "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']}")
            else:
                result: dict[str, Any] = answer["result"]
                return result

    def open(self, page: Path, width: int, *, dark: bool = False, height: int = 900) -> None:
        """Load a file at this width, as a fresh page; earlier events are forgotten."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 600,
        )  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", features=[scheme])
        self.events.clear()
        self.send("Page.navigate", url=page.as_uri())
        while not self.reported("Page.loadEventFired"):
            self.events.append(self._receive())

    def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page, awaited."""
        result = self.send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in result:
            raise RuntimeError(str(result["exceptionDetails"]))
        return result["result"].get("value")

    def reported(self, *methods: str) -> list[Mapping[str, Any]]:
        """The parameters of the events of these kinds since the page was opened."""
        return [event["params"] for event in self.events if event.get("method") in methods]

    def unfold(self) -> None:
        """Open all that is folded."""
        self.ask(_OPEN_ALL)

    def trouble(self, page: Path) -> list[Any]:
        """What the page has asked for besides itself, logged or run since it was opened."""
        requests = [sent["request"]["url"] for sent in self.reported("Network.requestWillBeSent")]
        # An image that is in the page itself is reported too, and goes nowhere.
        sent_for = [url for url in requests if not url.startswith("data:image/png;")]
        foreign = [] if sent_for == [page.as_uri()] else sent_for
        return foreign + self.reported(
            "Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown",
            "Page.javascriptDialogOpening",
        )  # fmt: skip

    def stays_quiet(self, page: Path) -> None:
        """AssertionError where a page scrolls sideways, or does anything but lie there."""
        for width in WIDTHS:
            self.open(page, width)
            self.unfold()

            assert self.ask("[innerWidth, document.documentElement.scrollWidth]") == [width] * 2
            assert self.trouble(page) == []

    def barriers(self) -> list[str]:
        """What axe finds in the way of anybody on the page."""
        axe = (resources.files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
        self.ask(f"{axe};0")
        found: list[str] = self.ask(_VIOLATIONS)
        return found

    def _receive(self) -> dict[str, Any]:
        deadline = time.monotonic() + ANSWER_S
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._in], [], [], max(0, deadline - time.monotonic()))
            chunk = os.read(self._in, 1 << 20) if ready else b""
            if not chunk:
                raise RuntimeError("Chromium does not answer")
            self._buffer += chunk
        raw, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(raw)
        return message
