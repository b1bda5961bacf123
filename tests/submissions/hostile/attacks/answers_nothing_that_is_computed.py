"""Generators, coroutines, functions and types in place of values."""
# class: I10
# expects: failed

from honest import uniform_log_likelihood  # noqa: F401


async def later():
    return 0.0, 1.0


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError
    things = [(x for x in samples), later(), lambda: (0.0, 1.0), tuple, NotImplemented, ..., {1, 2}]
    return things[len(samples) % len(things)]
