"""The law of the two modules of HW2 Q2: dense layers, ReLU between them, logits out."""

from itertools import pairwise
from typing import Any

import numpy as np
import torch

from grader.checks.support import networks
from grader.checks.support.networks import identity, relu, sigmoid, tanh
from grader.checks.support.training_loops import eighths
from grader.engine.failures import StudentError


def check_module(
    submission: Any,
    name: str,
    seed: int,
    hidden: list[int],
    n: int,
    classes: int,
    default: bool,
) -> None:
    """Its parameters have the shapes of the layers, and it computes what the layers say."""
    if default:
        n, classes = 64, 10
    model = submission.keep(
        name, **({} if default else {"num_features": n, "num_classes": classes})
    )
    widths = [n, *hidden, classes]
    layers = list(pairwise(widths))
    state = _state(model, n)
    networks.expect_layers(state, layers, name)
    rng = np.random.default_rng(seed)
    parameters = {
        key: torch.tensor(eighths(rng, *value.shape), dtype=torch.float32)
        for key, value in state["parameters"].items()
    }
    networks.set_weights(model, parameters)
    X = torch.tensor(eighths(rng, 2, n), dtype=torch.float32)
    readings = list(networks.arrangements(parameters, layers))

    def by_hand(between: Any, last: Any) -> Any:
        return lambda found: networks.dense(X, found, between, last)

    mistakes = {
        "a softmax is applied to the outputs: return the logits": by_hand(
            relu, lambda z: z.softmax(1)
        ),
        "a log-softmax is applied to the outputs: return the logits": by_hand(
            relu, lambda z: z.log_softmax(1)
        ),
        "ReLU is applied to the outputs too": by_hand(relu, relu),
        "a sigmoid is applied to the outputs: return the logits": by_hand(relu, sigmoid),
        "there is no activation between the layers": by_hand(identity, identity),
        "the hidden activation is a sigmoid, not ReLU": by_hand(sigmoid, identity),
        "the hidden activation is tanh, not ReLU": by_hand(tanh, identity),
        "ReLU is applied to the inputs too": lambda found: networks.dense(
            relu(X), found, relu, identity
        ),
    }
    if hidden:
        mistakes["there is no ReLU after the second hidden layer"] = lambda found: networks.dense(
            relu(X @ found[0][0].T + found[0][1]), found[1:], identity, identity
        )
    law = f"{name} computes its layers" + (" with ReLU between them" if hidden else "")
    networks.expect_output(
        model(X), readings, by_hand(relu, identity), law=f"{law}, nothing after", mistakes=mistakes
    )


def _state(model: Any, n: int) -> Any:
    """The state of a module; a lazy layer has its parameters after the first batch."""
    try:
        return model.state()
    except StudentError:
        model(torch.zeros(1, n))
        return model.state()
