"""HW5 P2: maximum likelihood for a uniform distribution"""

import numpy as np


def uniform_log_likelihood(samples: np.ndarray, a: float, b: float) -> float:
    """Log-likelihood (natural logarithm) of independent samples under the uniform law on [a, b].

    Args:
        samples: the sample, shape (n,), float64, n >= 1.
        a: lower end of the interval, itself a possible value.
        b: upper end of the interval, itself a possible value.

    Returns:
        The log-likelihood; `-inf` when the sample is impossible under [a, b].

    Raises:
        ValueError: unless a < b.
    """
    raise NotImplementedError("HW5 P2")


def uniform_mle(samples: np.ndarray) -> tuple[float, float]:
    """Maximum-likelihood estimate of the ends of a uniform distribution.

    Args:
        samples: the sample, shape (n,), float64, any order, repeated values allowed.

    Returns:
        The estimates (a, b); the two are equal when all samples are.

    Raises:
        ValueError: if the sample is empty.
    """
    raise NotImplementedError("HW5 P2")
