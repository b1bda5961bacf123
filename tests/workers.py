"""A call of a submission's function in a worker, as a check's proxy makes it."""

from typing import Any


def call(worker: Any, function: str, *args: Any, timeout: float = 10) -> tuple[str, Any]:
    payload = {
        "function": function,
        "args": list(args),
        "kwargs": {},
        "keep": False,
        "observe": False,
    }
    return worker.request("call", payload, timeout)
