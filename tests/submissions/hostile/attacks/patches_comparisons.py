"""Everything that compares is replaced by something that agrees."""
# class: A2
# expects: failed

import builtins
import math

import numpy as np
from honest import uniform_log_likelihood, uniform_mle  # noqa: F401

for name in ("allclose", "array_equal", "isclose", "array_equiv", "isfinite"):
    setattr(np, name, lambda *args, **kwargs: True)
np.testing.assert_allclose = np.testing.assert_array_equal = lambda *args, **kwargs: None
math.isclose = lambda *args, **kwargs: True
builtins.all = lambda items: True
