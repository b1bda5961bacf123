"""A thread writes the answer to the next request before that is sent."""
# class: A7
# expects: failed, violation

import os
import threading
import time

from grader.sandbox import wire
from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401


def ahead():
    time.sleep(0.001)
    os.write(3, wire.encode([bytes(16), "ok", {"value": (0.0, 1.0)}], 1 << 20))


def uniform_mle(samples):
    threading.Thread(target=ahead, daemon=True).start()
    return wrong(samples)
