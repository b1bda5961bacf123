"""What the trust boundary costs: start of a worker, round trips, isolated against in-process.

    python benchmarks/sandbox.py

Timings are medians on whatever else the machine is doing; compare them within one run.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.sandbox.channel import Channel
from grader.sandbox.inprocess import InProcess
from grader.sandbox.launcher import Zygote
from grader.sandbox.limits import Limits

SOURCE = b"def echo(x):\n    return x\n"


def timed(act: Callable[[], Any], repeat: int) -> float:
    """Median seconds of `act`."""
    seconds = []
    for _ in range(repeat):
        started = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def loaded(channel: Channel) -> Channel:
    channel.request("files", {"files": {"echo.py": SOURCE}}, 20)
    channel.request("load", {"module": "echo", "seed": 0}, 20)
    return channel


def round_trip(channel: Channel, value: Any, repeat: int) -> float:
    payload = {"function": "echo", "args": [value], "kwargs": {}, "keep": False, "observe": False}
    return timed(lambda: channel.request("call", payload, 20), repeat)


def main() -> None:
    for preload in (["numpy"], ["numpy", "torch"]):
        started = time.perf_counter()
        zygote = Zygote(preload)
        zygote.isolation()
        ready = time.perf_counter() - started
        print(f"\nzygote with {', '.join(preload)}: ready after {ready:.2f} s")

        def worker(zygote: Zygote = zygote) -> None:
            loaded(zygote.worker(Limits())).close()

        print(f"worker: forked, confined, module loaded, ended  {1e3 * timed(worker, 30):8.1f} ms")
        channels = {
            "sandboxed": loaded(zygote.worker(Limits())),
            "in process": loaded(InProcess(Limits())),
        }
        for name, value in (
            ("a number", 1.0),
            ("float64 (100, 5), 4 kB", np.ones((100, 5))),
            ("float64 (8192,), 64 KiB", np.ones(8192)),
            ("float32 (784, 1024), 3 MB", np.ones((784, 1024), dtype=np.float32)),
        ):
            times = {kind: round_trip(c, value, 100) for kind, c in channels.items()}
            print(
                f"call with {name:28} {1e6 * times['sandboxed']:8.0f} us,"
                f" in process {1e6 * times['in process']:8.0f} us"
            )
        zygote.close()


if __name__ == "__main__":
    main()
