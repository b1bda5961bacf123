"""A list that holds itself."""
# class: G3
# expects: output_limit

from honest import uniform_log_likelihood  # noqa: F401

nest = []
nest.append(nest)


def uniform_mle(samples):
    return nest
