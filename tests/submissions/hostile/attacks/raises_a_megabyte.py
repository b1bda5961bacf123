"""Names and messages of a megabyte, and one that cannot be turned into text."""
# class: G4
# expects: failed, output_limit

from honest import uniform_log_likelihood  # noqa: F401

Long = type("E" * (1 << 20), (Exception,), {})


class Mute(Exception):
    def __str__(self):
        raise SystemExit(0)

    __repr__ = __str__


def uniform_mle(samples):
    raise (Long("m" * (1 << 20)) if len(samples) % 2 else Mute())
