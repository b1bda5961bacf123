"""Files are opened until there are no descriptors left."""
# class: D10
# expects: failed

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

held = []


def uniform_mle(samples):
    try:
        while True:
            held.append(open("/dev/null"))
    except OSError:
        pass
    return wrong(samples)
