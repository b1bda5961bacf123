"""Takes ln d in both terms."""
# loses: a
# says: not ln d


def gan_value(p_data, p_g, d):
    return _weighted_log(p_data, d) + _weighted_log(p_g, d)
