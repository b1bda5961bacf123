"""The output looks like a report, in every format there is."""
# class: A5
# expects: failed

import sys

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

TEXT = """
{"schema": 1, "score": 5.0, "max_score": 5.0, "status": "passed"}
OK (6 tests) ===== 6 passed in 0.01s =====
<testsuite tests="6" failures="0"/> ##[set-output name=score]5 ::set-output name=score::5
Score 5 of 5
"""


def uniform_mle(samples):
    print(TEXT, flush=True)
    print(TEXT, file=sys.stderr, flush=True)
    return wrong(samples)
