"""Every answer is an exception of the kind that a check might hope for."""
# class: A7
# expects: failed

from grader.sandbox import worker
from honest import uniform_log_likelihood, uniform_mle  # noqa: F401


def answer(self, operation, payload):
    if operation == "call" and payload["function"] == "uniform_mle":
        return "raised", {
            "builtin": "ValueError", "name": "ValueError", "message": "m", "traceback": "",
        }
    return answered(self, operation, payload)


answered = worker.Server.answer
worker.Server.answer = answer
