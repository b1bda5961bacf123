"""The inputs are printed, raised and returned, to be read in the feedback."""
# class: B5
# expects: failed

from honest import uniform_log_likelihood  # noqa: F401


def uniform_mle(samples):
    print("INPUT", samples.tolist())
    if len(samples) % 2:
        raise ValueError(f"INPUT {samples.tolist()}")
    return f"INPUT {samples.tolist()}", "INPUT"
