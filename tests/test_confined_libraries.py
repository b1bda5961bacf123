"""What tutorials write for a laptop does not fail in a worker, and gives the same."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from workers import call

from grader.sandbox.launcher import Zygote
from grader.sandbox.limits import Limits

SOURCE = b"""
import matplotlib
matplotlib.use("TkAgg")
import matplotlib.pyplot as plt
import torch
from torch.utils.data import DataLoader

def batches(num_workers):
    torch.manual_seed(0)
    settings = {"prefetch_factor": 4, "persistent_workers": True} if num_workers else {}
    loader = DataLoader(torch.arange(10), 3, shuffle=True, num_workers=num_workers, **settings)
    return [batch.numpy() for _ in range(2) for batch in loader]

def drawn():
    plt.switch_backend("Qt5Agg")
    figure, axes = plt.subplots()
    axes.plot([0, 1])
    figure.canvas.draw()
    return matplotlib.get_backend().lower()
"""


@pytest.fixture(scope="module")
def worker() -> Iterator[Any]:
    zygote = Zygote(["numpy", "torch", "matplotlib.pyplot"])
    worker = zygote.worker(Limits())
    worker.request("files", {"files": {"hw5_mle.py": SOURCE}}, 30)
    status, found = worker.request("load", {"module": "hw5_mle", "seed": 0}, 30)
    assert status == "ok", found
    yield worker
    zygote.close()


def test_a_loader_with_processes_gives_the_batches_of_one_without(worker: Any) -> None:
    (_, alone), (status, several) = (call(worker, "batches", count) for count in (0, 2))

    assert status == "ok", several
    pairs = zip(alone["value"], several["value"], strict=True)
    assert all(np.array_equal(*pair) for pair in pairs)


def test_a_backend_with_windows_is_not_taken(worker: Any) -> None:
    assert call(worker, "drawn")[1]["value"] == "agg"
