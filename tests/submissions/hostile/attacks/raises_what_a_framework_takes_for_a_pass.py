"""SystemExit, KeyboardInterrupt and the skips of test frameworks instead of an answer."""
# class: A4
# expects: failed

import unittest

from honest import uniform_log_likelihood  # noqa: F401

kinds = [SystemExit(0), KeyboardInterrupt(), unittest.SkipTest("skipped"), GeneratorExit()]


def uniform_mle(samples):
    raise kinds[len(samples) % len(kinds)]
