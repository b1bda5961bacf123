"""HW5 P4 (written): the optimal discriminator of a GAN"""

import numpy as np


def gan_value(p_data: np.ndarray, p_g: np.ndarray, d: np.ndarray) -> float:
    """Value V of the GAN objective for discrete distributions (natural logarithm).

    V = sum over the outcomes of p_data ln d + p_g ln(1 - d), where 0 ln 0 counts as 0.

    Args:
        p_data: distribution of the data, shape (s,), float64, sums to 1, zeros allowed.
        p_g: distribution of the generator's samples, shape (s,), float64, sums to 1.
        d: the discriminator's probability of "real" for each outcome, shape (s,), in [0, 1].

    Returns:
        The value, <= 0; `-inf` where d rules out something that can happen.
    """
    return _weighted_log(p_data, d) + _weighted_log(p_g, 1 - d)


def optimal_discriminator(p_data: np.ndarray, p_g: np.ndarray) -> np.ndarray:
    """The discriminator that maximises `gan_value` for a fixed generator.

    Args:
        p_data: distribution of the data, shape (s,), float64, sums to 1, zeros allowed.
        p_g: distribution of the generator's samples, shape (s,), float64, sums to 1.

    Returns:
        Its probability of "real" for each outcome, shape (s,), in [0, 1]; 0.5 for an outcome that
        neither distribution produces.

    Source: Goodfellow et al. 2014, "Generative Adversarial Nets", proposition 1.
    """
    total = p_data + p_g
    return np.divide(p_data, total, out=np.full(total.shape, 0.5), where=total > 0)


def _weighted_log(weight: np.ndarray, value: np.ndarray) -> float:
    # Outcomes of weight 0 are left out before the logarithm: 0 * -inf would be NaN.
    possible = weight > 0
    with np.errstate(divide="ignore"):
        return float(np.sum(weight[possible] * np.log(value[possible])))
