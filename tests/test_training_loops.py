"""The laws of the training loops at the draws where rounding comes nearest to deciding them."""

from typing import Any

import numpy as np
import pytest
import torch

from grader.checks.support import training_loops
from grader.checks.support.compare import Mismatch
from grader.checks.support.descent import Problem
from grader.checks.support.training_loops import Trainer, eighths


def _trained(stops: bool) -> Trainer:
    """A trainer as a student may write it; one that `stops` takes growth for having settled."""

    def weights(_: Any, arguments: tuple[Any, ...]) -> tuple[Any, Any]:
        p, epochs = arguments
        W, b, X, Y = (torch.tensor(part, requires_grad=True) for part in (p.W, p.b, p.X, p.Y))
        before = np.inf
        for _ in range(epochs):
            total = 0.0
            for x, y in zip(X.split(p.batch), Y.split(p.batch), strict=True):
                loss = ((torch.nn.functional.linear(x, W, b) - y) ** 2).sum(1).mean()
                slope_W, slope_b = torch.autograd.grad(loss, (W, b))
                W, b = W - p.lr * slope_W, b - p.lr * slope_b
                total += loss.item()
            if stops and before - total <= 0:
                break
            before = total
        return W.detach(), b.detach()

    return Trainer("train", lambda p, epochs, *_: (p, epochs), weights, 2)


@pytest.mark.parametrize(("seed", "classes", "m"), [(7277, 2, 9), (9825, 3, 6), (1, 3, 9)])
def test_a_loss_that_grows_is_judged_by_more_than_what_rounding_left(
    seed: int, classes: int, m: int
) -> None:
    # In the first two each batch of X sums to 0: b grows by itself, W is what cancellation leaves.
    rng = np.random.default_rng(seed)
    W, b, X = eighths(rng, classes, 1), eighths(rng, classes), eighths(rng, m, 1)
    Y = np.eye(classes)[rng.integers(0, classes, m)]
    p = Problem(W=W, b=b, X=X, Y=Y, batch=3, lr=0.1, loss="over examples")

    training_loops.check_growth(_trained(stops=False), None, p)
    with pytest.raises(Mismatch) as caught:
        training_loops.check_growth(_trained(stops=True), None, p)
    assert "compare the absolute change" in str(caught.value.hint)
