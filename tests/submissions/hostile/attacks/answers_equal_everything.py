"""A number whose comparisons and arithmetic always agree."""
# class: A1
# expects: failed

from honest import uniform_log_likelihood  # noqa: F401


class Equal(float):
    def __eq__(self, other):
        return True

    __le__ = __ge__ = __lt__ = __gt__ = __ne__ = __eq__

    def __hash__(self):
        return 0

    def __sub__(self, other):
        return Equal(0.0)

    __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = __sub__

    def __float__(self):
        return 0.0


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError
    return Equal(0.0), Equal(1.0)
