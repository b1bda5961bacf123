"""An object that runs a program when it is unpickled."""
# class: H1
# expects: failed

import os

from honest import uniform_log_likelihood  # noqa: F401


class Gadget:
    def __reduce__(self):
        return os.system, ("touch /tmp/unpickled",)

    def __reduce_ex__(self, protocol):
        return self.__reduce__()


def uniform_mle(samples):
    if len(samples) == 0:
        raise ValueError
    return Gadget(), Gadget()
