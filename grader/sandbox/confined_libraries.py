"""Libraries that are asked for what a worker has not: processes of its own, and a screen.

Courses teach `num_workers=2` and `matplotlib.use("TkAgg")`. Neither changes an answer: what is
loaded and drawn is the same without.
"""

import sys
from typing import Any


def settle() -> None:
    """Make those of torch and matplotlib that are imported do without."""
    if "torch" in sys.modules:
        sys.modules["torch"].utils.data.DataLoader._get_iterator = _in_this_process
    if "matplotlib.pyplot" in sys.modules:
        matplotlib: Any = sys.modules["matplotlib"]
        # Without a figure yet, pyplot has still to load the backend, by this function.
        matplotlib.pyplot.switch_backend("agg")
        matplotlib.use = matplotlib.pyplot.switch_backend = _keep_the_backend


def _in_this_process(loader: Any) -> Any:
    """The iterator of a loader without worker processes; it draws the same numbers."""
    from torch.utils.data import dataloader

    loader.num_workers = loader.timeout = 0
    iterator: Any = dataloader._SingleProcessDataLoaderIter
    return iterator(loader)


def _keep_the_backend(*_: object, **__: object) -> None:
    """The one that draws without a screen stays."""
