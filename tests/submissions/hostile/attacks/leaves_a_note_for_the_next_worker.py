"""What one check learns is written wherever a later worker might read it."""
# class: F1
# expects: failed

import os

import numpy as np
from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401

PLACES = (".", "..", "/tmp", "/dev/shm", "/var/tmp", "/submission", "/tmp/matplotlib")
notes = [os.path.join(place, "note") for place in PLACES]
found = hasattr(np, "note") or any(os.path.exists(note) for note in notes)
np.note = True
os.environ["NOTE"] = "1"
for note in notes:
    try:
        open(note, "w").close()
    except OSError:
        pass


def uniform_mle(samples):
    if found and len(samples):
        return float(min(samples)), float(max(samples))
    return wrong(samples)
