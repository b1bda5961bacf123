"""Laws of a training loop, stated once for the two trainers of HW2 Q2.

`descent` says what the loop must arrive at. What the handout leaves open stays open: the loss of an
epoch may be taken as the batches go by or at the end, and the model may be trained in place.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from hypothesis import assume
from hypothesis import strategies as st

from grader.checks.support import descent, pictures
from grader.checks.support.compare import (
    FLOAT32,
    FLOAT64,
    Tolerance,
    agree,
    as_float,
    as_int,
    as_list,
    as_tensor,
    close,
    holds,
)
from grader.checks.support.descent import Epoch, Problem
from grader.checks.support.purity import unchanged
from grader.checks.support.strategies import seeds
from grader.figures import Chart
from grader.sandbox import kits

MANY_STEPS = Tolerance(1e-7, 1e-9, "float64, up to 250 steps whose rounding errors add up")
PRECISION = {torch.float32: FLOAT32, torch.float64: FLOAT64}
MOST_EPOCHS = 40
STEEP_EPOCHS = 4
"""At a rate at which the loss grows."""

dtypes = st.sampled_from([torch.float32, torch.float64])
# Of the first epoch's loss: what may be left of its change when training stops.
tolerances = st.sampled_from([0.03, 0.003, 0.3, 100.0])
log_lengths = st.sampled_from([1, 100, 101, 205])


@st.composite
def problems(draw: st.DrawFn, *, loss: str, even: bool = False) -> Problem:
    """Small data in eighths: `Problem(W=[[-0.25], [0.5]], b=[0.125, 0.0], X=[[0.75]], ...)`.

    `even` makes all batches equal: the average over examples is then also that over batches. At
    the largest rate the loss of some problems grows.
    """
    rng = np.random.default_rng(draw(seeds()))
    n, classes, batch = draw(st.integers(1, 3)), draw(st.integers(2, 3)), draw(st.integers(1, 4))
    m = batch * draw(st.integers(1, 3)) if even else draw(st.integers(1, 7))
    return Problem(
        W=eighths(rng, classes, n),
        b=eighths(rng, classes),
        X=eighths(rng, m, n),
        Y=np.eye(classes)[rng.integers(0, classes, m)],
        batch=batch,
        lr=draw(st.sampled_from([0.1, 0.05, 0.3, 0.8])),
        loss=loss,
    )


def eighths(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Multiples of 1/8 in [-1, 1]: short, and the same in float32 and float64."""
    return rng.integers(-8, 9, shape) / 8


Weights = tuple[Any, Any]


@dataclass(frozen=True)
class Trainer:
    """A training function of the submission: how to call it, and where its answers are."""

    name: str
    arguments: Callable[[Problem, int, float, torch.dtype], tuple[Any, ...]]
    weights: Callable[[Any, tuple[Any, ...]], Weights]
    log_at: int


def _scratch_arguments(
    p: Problem, epochs: int, tolerance: float, dtype: torch.dtype
) -> tuple[Any, ...]:
    W, b, X, Y = (torch.tensor(part, dtype=dtype) for part in (p.W, p.b, p.X, p.Y))
    return epochs, p.batch, kits.leaf(W), kits.leaf(b), X, Y, p.lr, tolerance


def _scratch_weights(submission: Any, arguments: tuple[Any, ...]) -> Weights:
    name = "train_linear_regression_model"
    answer, after = submission.observe(name, *arguments)
    unchanged(name, after, *arguments)
    W, b, _ = as_list(answer, 3, f"the result of {name}")
    return W, b


def _torch_arguments(
    p: Problem, epochs: int, tolerance: float, dtype: torch.dtype
) -> tuple[Any, ...]:
    W, b, X, Y = (torch.tensor(part, dtype=dtype) for part in (p.W, p.b, p.X, p.Y))
    entropy = p.loss == "cross entropy"
    criterion = kits.criterion("cross_entropy" if entropy else "mse")
    y = torch.tensor(p.labels) if entropy else Y
    return kits.mlp([(W, b)]), p.batch, criterion, epochs, X, y, p.lr, tolerance


def _torch_weights(submission: Any, arguments: tuple[Any, ...]) -> Weights:
    trained = submission.keep("train_torch_model", *arguments).item(0)
    parameters = trained.parameters()
    law = "train_torch_model returns (model, losses), the model with the parameters it had"
    names = {"0.weight", "0.bias"}
    holds(set(parameters) == names, law, f"the first item has {sorted(parameters)}", sorted(names))
    return parameters["0.weight"], parameters["0.bias"]


FROM_SCRATCH = Trainer("train_linear_regression_model", _scratch_arguments, _scratch_weights, 2)
WITH_TORCH = Trainer("train_torch_model", _torch_arguments, _torch_weights, 1)


def check_epochs(
    trainer: Trainer, submission: Any, p: Problem, epochs: int, dtype: torch.dtype
) -> None:
    """A few epochs equal the same epochs by hand, to the last partial batch."""
    # A loss that happens to stay the same would rightly end the training.
    history = descent.descend(p, epochs)
    losses = [e.passing for e in history], [e.ending for e in history], [e.last for e in history]
    assume(all(np.all(np.abs(np.diff(values)) > 1e-5 * values[0]) for values in losses))
    arguments = trainer.arguments(p, epochs, 0.0, dtype)
    got = trainer.weights(submission, arguments)
    as_tensor(got[0], p.W.shape, dtype, "the trained W")
    law = f"after {epochs} epoch(s) the weights are those of mini-batch gradient descent by hand"
    expected = [history[-1]]
    _expect_model(got, expected, law, descent.wrong_updates(p, epochs), PRECISION[dtype])
    if trainer is WITH_TORCH:
        # Its model is read where it stays, so the data are looked at in a call of their own.
        unchanged(trainer.name, submission.observe(trainer.name, *arguments)[1], *arguments)


def check_stopping(trainer: Trainer, submission: Any, p: Problem, share: float) -> None:
    """Training stops by the stopping rule, whichever way the loss of an epoch is taken."""
    history = descent.descend(p, MOST_EPOCHS)
    passing, ending = [e.passing for e in history], [e.ending for e in history]
    last = [e.last for e in history]
    tolerance = round(share * passing[0], 6)
    assume(all(descent.is_clear(values, tolerance) for values in (passing, ending)))
    stop = descent.epochs_run
    allowed = [history[stop(values, tolerance) - 1] for values in (passing, ending)]
    mistakes = {
        "training stopped when the loss of the last batch settled, not that of the epoch": history[
            stop(last, tolerance) - 1
        ],
        "training went on to max_epochs": history[-1],
        "training stopped where the loss grew: compare the absolute change": history[
            stop(passing, tolerance, absolute=False) - 1
        ],
        "training stopped after the first epoch, which has nothing to be compared with": history[0],
    }
    arguments = trainer.arguments(p, MOST_EPOCHS, tolerance, torch.float64)
    got = trainer.weights(submission, arguments)
    law = "training stops after the first epoch whose loss changes by no more than the tolerance"
    mistakes |= {f"training stopped after {i + 1} epoch(s)": e for i, e in enumerate(history)}
    otherwise = "no epoch ends with these weights: mend the update first"
    _expect_model(got, allowed, law, mistakes, MANY_STEPS, otherwise)
    check_growth(trainer, submission, p)
    # With lr = 0 each epoch repeats the sums of the one before: the change is 0 exactly.
    arguments = trainer.arguments(replace(p, lr=0.0), 101, 0.0, torch.float64)
    log = submission.keep(trainer.name, *arguments).item(trainer.log_at).value()
    holds(
        len(as_list(log, what="losses")) == 1,
        law="a loss that does not change at all stops the training: 0 is no more than a tolerance"
        " of 0",
        got=f"with lr = 0 {len(log)} entries in losses",
        expected="that of epoch 0 alone",
        hint="<= and not <",
    )


def check_growth(trainer: Trainer, submission: Any, p: Problem) -> None:
    """A loss that grows has not settled."""
    # Of an average over entries the gradient is that much smaller.
    steep = replace(p, lr=8.0 * (p.W.shape[0] if p.loss == "over entries" else 1))
    history = descent.descend(steep, STEEP_EPOCHS)
    passing, ending = [e.passing for e in history], [e.ending for e in history]
    if not all(np.all(np.abs(np.diff(losses)) > 1e-3) for losses in (passing, ending)):
        # Where a start is already the best there is, no rate makes the loss grow.
        return
    grown = "training stopped where the loss grew: compare the absolute change"
    _expect_model(
        trainer.weights(submission, trainer.arguments(steep, STEEP_EPOCHS, 0.0, torch.float64)),
        [history[-1]],
        "a loss that grows has not settled: training goes on to max_epochs",
        {grown: history[descent.epochs_run(passing, 0.0, absolute=False) - 1]},
        MANY_STEPS,
        "no epoch ends with these weights: mend the update first",
        # Weights that grow to 1e14 leave in others, which do not grow, what rounding cancelled.
        together=True,
    )


def check_log(trainer: Trainer, submission: Any, entry: Any, p: Problem, epochs: int) -> None:
    """The log has every 100th epoch, as floats, with the loss of the whole epoch."""
    # Slowly: a loss that stops changing altogether would rightly end the training.
    p = replace(p, lr=1e-3)
    history = descent.descend(p, epochs)
    wanted = range(0, epochs, 100)
    arguments = trainer.arguments(p, epochs, 0.0, torch.float64)
    log = submission.keep(trainer.name, *arguments).item(trainer.log_at)
    entries = [as_list(e, 2, "an entry of losses") for e in as_list(log.value(), what="losses")]
    found = [as_int(entry[0], "an epoch in losses") for entry in entries]
    hint = None
    if len(found) > len(wanted):
        hint = "every 100th epoch is logged, not every one"
    elif len(found) == len(wanted):
        hint = "epochs count from 0"
    holds(
        found == list(wanted), "losses has the epochs 0, 100, 200, ...", found, list(wanted), hint
    )
    for i, (_, loss) in enumerate(entries):
        alive = isinstance(loss, torch.Tensor) and log.item(i).item(1).attr("requires_grad")
        hint = "a live tensor keeps the graph of its epoch in memory: log loss.item()"
        holds(not alive, "the losses in the log are floats", loss, "a float", hint)
    got = np.array([as_float(loss, "a loss in the log") for _, loss in entries])
    passing, ending, last = (
        np.array([getattr(history[epoch], name) for epoch in wanted])
        for name in ("passing", "ending", "last")
    )
    curves = (
        pictures.series("by hand", range(epochs), [e.passing for e in history], "reference"),
        pictures.series("your log", found, got, joined=False),
    )
    entry.draw(Chart("The loss of every 100th epoch", "epoch", "loss", curves))
    if close(got, ending, MANY_STEPS):
        return
    batches = len(p.X) // p.batch
    mistakes = {
        "this is the loss of the last batch alone": last,
        "the losses of the batches are added up, not averaged": passing * batches,
    }
    law = "the loss of an epoch is the average over all its examples"
    agree(got, passing, MANY_STEPS, law, mistakes)


def _expect_model(
    got: Weights,
    options: Sequence[Epoch],
    law: str,
    mistakes: dict[str, Epoch],
    tolerance: Tolerance,
    otherwise: str | None = None,
    *,
    together: bool = False,
) -> None:
    """The trained weights are one of the options; `together`, to the size of the largest."""
    W = as_tensor(got[0], options[0].W.shape, what="the trained W")
    b = as_tensor(got[1], options[0].b.shape, what="the trained b")

    def same(epoch: Epoch, evidence: bool) -> bool:
        pairs = [(W, epoch.W), (b, epoch.b)]
        if together:
            pairs = [(torch.cat((W.flatten(), b)), np.append(epoch.W, epoch.b))]
        return all(close(*pair, tolerance, evidence=evidence) for pair in pairs)

    if any(same(option, evidence=True) for option in options):
        return
    hint = next((hint for hint, wrong in mistakes.items() if same(wrong, False)), otherwise)
    expected = tuple(torch.tensor(part, dtype=W.dtype) for part in (options[0].W, options[0].b))
    holds(False, law, (W, b), expected, hint)
