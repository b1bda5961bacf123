"""A whole number whose conversions lie about its size and value."""
# class: A1
# expects: failed

from honest import uniform_log_likelihood  # noqa: F401


class Liar(int):
    def __index__(self):
        return 1 << 200

    def bit_length(self):
        return -8

    def to_bytes(self, *args, **kwargs):
        return b""

    def __bool__(self):
        return True


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError
    return Liar(0), Liar(1)
