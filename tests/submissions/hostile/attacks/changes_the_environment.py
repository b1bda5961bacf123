"""Variables that would change how other programs start."""
# class: A14
# expects: failed

import os

from honest import uniform_log_likelihood, uniform_mle  # noqa: F401

for name in ("PYTHONPATH", "LD_PRELOAD", "LD_LIBRARY_PATH", "PATH", "PYTHONSTARTUP", "BASH_ENV"):
    os.environ[name] = os.getcwd()
os.environ.update(PYTEST_ADDOPTS="--collect-only", PYTHONINSPECT="1", HOME="/")
