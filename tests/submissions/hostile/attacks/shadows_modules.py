"""Modules named like the libraries and the grader lie beside it."""
# class: A11
# also: numpy.py, random.py, grader.py, pytest.py, hypothesis.py, json.py, math.py, os.py
# expects: failed, import_error

from honest import uniform_log_likelihood, uniform_mle  # noqa: F401
