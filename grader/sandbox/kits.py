"""Kits: what a check asks the worker to build from data, as the grader names them.

Each function returns a record for the wire; `builders` on the other side makes the object.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from grader.sandbox.wire import Handle, Kit

Layer = tuple[str, Mapping[str, Any], Mapping[str, Any]]


def linear_layers(layers: Sequence[tuple[Any, Any]]) -> Kit:
    """A list of `nn.Linear` with the given (weight, bias) pairs."""
    return Kit("linear_layers", [[weight, bias] for weight, bias in layers])


def mlp(layers: Sequence[tuple[Any, Any]]) -> Kit:
    """An `nn.Sequential` of the given linear layers with ReLU between them; logits come out."""
    return Kit("mlp", [[weight, bias] for weight, bias in layers])


def sequential(layers: Sequence[Layer]) -> Kit:
    """An `nn.Sequential` in eval mode of (class name, constructor arguments, state) layers."""
    return Kit("sequential", [[name, dict(args), dict(state)] for name, args, state in layers])


def leaf(tensor: Any) -> Kit:
    """A leaf tensor of these values with requires_grad=True."""
    return Kit("leaf", tensor)


def basis(name: str) -> Kit:
    """A function of an array by its name, one of `builders.BASIS`."""
    return Kit("basis", name)


def criterion(name: str) -> Kit:
    """A loss by its name: "mse", "cross_entropy" or "bce"."""
    return Kit("criterion", name)


def optimizer(name: str, target: Handle | Sequence[Handle], **options: float) -> Kit:
    """An optimiser by its name, "adam" or "sgd", over the parameters of models or tensors kept."""
    targets = [target] if isinstance(target, Handle) else list(target)
    return Kit("optimizer", {"name": name, "targets": targets, "options": dict(options)})


def student(name: str) -> Kit:
    """One of the submission's own functions, handed over as an argument."""
    return Kit("student", name)


def attack(name: str, **options: Any) -> Kit:
    """An attack of the grader's own by its name, one of `builders.ATTACKS`."""
    return Kit("attack", {"name": name, "options": options})


def imagenet(name: str) -> Kit:
    """An ImageNet classifier that is installed beside the grader, in eval mode."""
    return Kit("imagenet", name)
