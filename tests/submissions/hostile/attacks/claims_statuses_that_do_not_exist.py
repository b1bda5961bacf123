"""Replies carry statuses of the report, and of nothing at all."""
# class: A7
# expects: violation

import itertools

from grader.sandbox import worker
from honest import uniform_log_likelihood, uniform_mle  # noqa: F401

statuses = itertools.cycle(["passed", "grader_error", "skipped", "pending", "", "ok\x00"])
answered = worker.Server.answer


def answer(self, operation, payload):
    if operation == "call" and payload["function"] == "uniform_mle":
        return next(statuses), {"value": (0.0, 1.0), "fraction": 1.0}
    return answered(self, operation, payload)


worker.Server.answer = answer
