"""The eight digit models of HW2 Q2 at the handout's own settings: accuracies and seconds.

Two processes, with the settings of a worker: one thread each, so that the models take two cores.
Run by hand, on a machine that does nothing else: `python benchmarks/digit_models.py [SEED]`.
"""

import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from grader.sandbox.process import LIBRARY_SETTINGS

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "reference"))

import hw2_digits

HANDOUT = {  # test accuracy and seconds of the handout's own run, on its GPU machine
    "lm_scratch_full_gd": (0.936, 14.3),
    "lm_scratch_sgd": (0.939, 30.5),
    "lm_torch_full_gd_mse": (0.908, 4.7),
    "lm_torch_full_sgd_mse": (0.942, 14.9),
    "lm_torch_full_gd_ce": (0.961, 46.7),
    "lm_torch_full_sgd_ce": (0.969, 376.8),
    "nn_torch_full_gd_ce": (0.964, 43.0),
    "nn_torch_full_sgd_ce": (0.956, 15.6),
}
SETTINGS = {"max_epochs": 100_000, "lr": 1e-2, "tolerance": 1e-6}
CORES = 2


def _digits() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=0.2, random_state=42, stratify=y
    )
    return *hw2_digits.scale_features(X_train, X_test), y_train, y_test


def train(name: str, seed: int) -> tuple[float, float, float, float]:
    """Train accuracy, test accuracy, and when the training of one model began and ended."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    X_train, X_test, y_train, y_test = _digits()
    X, unseen = torch.tensor(X_train).float(), torch.tensor(X_test).float()
    targets = torch.tensor(hw2_digits.one_hot(y_train, y_test)[0]).float()
    labels = torch.tensor(y_train)
    start = time.perf_counter()
    model = hw2_digits._train_by_name(name, X, targets, labels, **SETTINGS)
    end = time.perf_counter()
    test = hw2_digits.accuracy(model, unseen, torch.tensor(y_test))
    return hw2_digits.accuracy(model, X, labels), test, start, end


def main() -> None:
    """Train the eight models and print them beside the handout's own figures."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    # What the C library and torch read as the processes start.
    os.environ.update(LIBRARY_SETTINGS)
    with ProcessPoolExecutor(CORES, mp_context=get_context("spawn")) as pool:
        # The longest first, so that the other core has work to the end.
        order = sorted(HANDOUT, key=lambda name: -HANDOUT[name][1])
        jobs = {name: pool.submit(train, name, seed) for name in order}
        rows = {name: jobs[name].result() for name in HANDOUT}
    # The handout's seconds are those of its training loops alone: imports are in neither sum. The
    # clock is the machine's, the same in all processes.
    together = max(end for *_, end in rows.values()) - min(start for *_, start, _ in rows.values())
    print(f"{'model':<24}{'train':>8}{'test':>8}{'floor':>8}{'seconds':>9}{'handout':>9}")
    for name, (train_share, test_share, start, end) in rows.items():
        published, handout_seconds = HANDOUT[name]
        # One standard error of a share of 360 test images.
        floor = published - (published * (1 - published) / 360) ** 0.5
        mark = "" if test_share >= floor else "  below the floor"
        print(
            f"{name:<24}{train_share:8.4f}{test_share:8.4f}{floor:8.4f}"
            f"{end - start:9.1f}{handout_seconds:9.1f}{mark}"
        )
    handout = sum(seconds for _, seconds in HANDOUT.values())
    label = f"together, wall, {CORES} cores"
    print(f"{label:<48}{together:9.1f}{handout:9.1f}  ratio {together / handout:.2f}")


if __name__ == "__main__":
    main()
