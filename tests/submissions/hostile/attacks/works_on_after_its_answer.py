"""Threads that go on after the answer, to change the next one and to use up the processor."""
# class: J1
# expects: failed, violation, crashed

import threading

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401


def spin():
    import gc

    while True:
        for thing in gc.get_objects():
            if type(thing) is dict and "value" in thing:
                thing["value"] = (0.0, 1.0)


def uniform_mle(samples):
    threading.Thread(target=spin, daemon=True).start()
    return wrong(samples)
