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
    if not a < b:
        raise ValueError(f"the interval needs a < b, got a = {a} and b = {b}")
    # The density is 1 / (b - a) inside and 0 outside: one sample outside and the product is 0.
    if np.min(samples) < a or np.max(samples) > b:
        return -np.inf
    return float(-len(samples) * np.log(b - a))


def uniform_mle(samples: np.ndarray) -> tuple[float, float]:
    """Maximum-likelihood estimate of the ends of a uniform distribution.

    Args:
        samples: the sample, shape (n,), float64, any order, repeated values allowed.

    Returns:
        The estimates (a, b); the two are equal when all samples are.

    Raises:
        ValueError: if the sample is empty.
    """
    if len(samples) == 0:
        raise ValueError("an empty sample has no maximum-likelihood estimate")
    # The likelihood falls as b - a grows, so the best interval is the shortest one that is
    # feasible, which is the one that still holds every sample.
    return float(np.min(samples)), float(np.max(samples))
