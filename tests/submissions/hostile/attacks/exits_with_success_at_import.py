"""The process ends with status 0 before anything was asked."""
# class: A4
# expects: import_error, crashed

import os
import sys

from honest import uniform_log_likelihood, uniform_mle  # noqa: F401

if "--fast" in sys.argv:
    os._exit(0)
sys.exit(0)
