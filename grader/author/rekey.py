"""The reference's trained weights under the parameter names of another right submission.

Names are a student's own, so a submission kept in the tests cannot load the reference's files. Its
networks are built here, which runs its source: only for files of this project.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from grader.author.train_models import RECIPES, REFERENCE


def rekeyed(topic: str, source: str) -> dict[str, bytes]:
    """The trained files of a topic for the networks in `source`; none for a topic without any.

    Tensors are matched in the order of both state dicts, and turned where they are stored the other
    way round. ValueError where a shape fits neither way.
    """
    import torch

    if topic not in RECIPES:
        return {}
    module = ModuleType(topic)
    exec(compile(source, f"{topic}.py", "exec"), module.__dict__)
    files = {}
    for network, file in RECIPES[topic].files.items():
        trained = torch.load(REFERENCE / file, weights_only=True)
        wanted = getattr(module, network)().state_dict()
        buffer = io.BytesIO()
        torch.save(_matched(trained, wanted, f"{topic}.{network}"), buffer)
        files[file] = buffer.getvalue()
    return files


def _matched(trained: Mapping[str, Any], wanted: Mapping[str, Any], what: str) -> dict[str, Any]:
    if len(trained) != len(wanted):
        raise ValueError(f"{what} has {len(wanted)} tensors, the reference {len(trained)}")
    # each takes the first that fits: weights may all come before the biases
    left = dict(trained)
    found = {}
    for name, tensor in wanted.items():
        fitting = [key for key, value in left.items() if _fit(value, tensor) is not None]
        if not fitting:
            raise ValueError(f"{what}: nothing of the reference fits {name}")
        found[name] = _fit(left.pop(fitting[0]), tensor)
    return found


def _fit(value: Any, like: Any) -> Any:
    """`value` in the shape of `like`, turned if need be; None where it does not fit."""
    if value.shape == like.shape:
        return value
    if value.ndim == 2 and value.T.shape == like.shape:
        return value.T.contiguous()
    if value.numel() == like.numel() and sum(side != 1 for side in like.shape) <= 1:
        return value.reshape(like.shape)
    return None
