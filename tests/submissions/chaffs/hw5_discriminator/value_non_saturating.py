"""Uses the generator's non-saturating loss as the second term."""
# loses: a
# says: non-saturating


def gan_value(p_data, p_g, d):
    return _weighted_log(p_data, d) - _weighted_log(p_g, d)
