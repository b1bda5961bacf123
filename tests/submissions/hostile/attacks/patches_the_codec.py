"""The worker's own codec is made to write the right answer's type with another meaning."""
# class: A2
# expects: failed, violation, crashed, output_limit

from grader.sandbox import wire, worker
from honest import uniform_log_likelihood, uniform_mle  # noqa: F401

encode = wire.encode


def forged(value, limit):
    if isinstance(value, list) and len(value) == 3 and value[1] == "ok":
        value = [value[0], "ok", {"value": True, "passed": True, "fraction": 1.0, "score": 100}]
    return encode(value, limit)


wire.encode = worker.wire.encode = forged
