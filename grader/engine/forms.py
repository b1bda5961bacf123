"""What the descriptions of a worker look like, checked before a check reads them.

The process that describes a model or a drawing belongs to whoever wrote the submission. A check
takes such a description apart without asking; one of another form is a broken protocol, and never
an error of the grader.
"""

from typing import Any

import numpy as np

from grader.sandbox.describe import can_be_drawn

_LINE_TEXTS = ("label", "linestyle", "marker")
_AXES_TEXTS = ("title", "xlabel", "ylabel")
_ITEM_BYTES = 64
_AXES_LISTS = ("lines", "scatters", "bars", "images", "limits", "legend", "xticklabels")


def weight(value: Any, enough: int) -> int:
    """About how many bytes an answer takes; counting stops past `enough`."""
    total, waiting = 0, [value]
    while waiting and total <= enough:
        item = waiting.pop()
        total += _ITEM_BYTES
        if isinstance(item, str | bytes):
            total += len(item)
        elif isinstance(item, list | tuple):
            waiting += item
        elif isinstance(item, dict):
            waiting += [*item.keys(), *item.values()]
        elif isinstance(item, np.ndarray) or _is_tensor(item):
            total += int(item.nbytes)
    return total


def is_outline(found: Any) -> bool:
    """Imports, functions with what they use, and counts of a source file."""
    return (
        _has(found, list, "imports")
        and _has(found, dict, "functions", "assigned")
        and _has(found, int, "comments", "docstrings", "lines", "code_lines")
        and all(map(_are_texts, (found["imports"], found["functions"], found["assigned"])))
        and all(type(names) is list and _are_texts(names) for names in found["assigned"].values())
        and all(
            _has(part, int, "line")
            and _has(part, bool, "stub")
            and _has(part, list, "calls", "names")
            and _are_texts([*part["calls"], *part["names"]])
            for part in found["functions"].values()
        )
    )


def is_state(found: Any) -> bool:
    """Parameters, gradients, buffers and flags of a torch module, under the same names."""
    if not _has(found, dict, "parameters", "gradients", "buffers", "requires_grad"):
        return False
    parameters, gradients, flags = found["parameters"], found["gradients"], found["requires_grad"]
    return (
        is_tensors(parameters)
        and is_tensors(found["buffers"])
        and parameters.keys() == gradients.keys() == flags.keys()
        and all(_fits(gradients[name], tensor) for name, tensor in parameters.items())
        and all(type(flag) is bool for flag in flags.values())
        and type(found.get("training")) is bool
    )


def is_tensors(found: Any) -> bool:
    """Names to tensors."""
    return type(found) is dict and all(
        type(name) is str and _is_tensor(tensor) for name, tensor in found.items()
    )


def are_shapes(found: Any) -> bool:
    """Names to shapes, none of which is too large to draw."""
    return (
        type(found) is dict
        and all(type(name) is str and type(shape) is list for name, shape in found.items())
        and all(type(side) is int for shape in found.values() for side in shape)
        and can_be_drawn(found)
    )


def is_drawing(found: Any) -> bool:
    """A matplotlib Axes, or a Figure with its axes."""
    if type(found) is dict and found.get("kind") == "figure":
        return _has(found, list, "axes") and all(map(_is_axes, found["axes"]))
    return _is_axes(found)


def _are_texts(found: Any) -> bool:
    return all(type(text) is str for text in found)


def _is_axes(found: Any) -> bool:
    return (
        type(found) is dict
        and found.get("kind") == "axes"
        and _has(found, list, *_AXES_LISTS, "position")
        and _has(found, str, *_AXES_TEXTS)
        and all(map(_is_line, found["lines"]))
        and all(map(_is_scatter, found["scatters"]))
        and all(_has(bar, float, "x", "height", "width") for bar in found["bars"])
        and all(map(_is_image, found["images"]))
        and len(found["limits"]) == len(found["images"])
        and all(map(_is_range, found["limits"]))
        and all(type(text) is str for name in ("legend", "xticklabels") for text in found[name])
        and [type(side) for side in found["position"]] == [float] * 4
    )


def _is_line(line: Any) -> bool:
    return (
        _is_numbers(line, "x", 1)
        and _is_numbers(line, "y", 1)
        and len(line["x"]) == len(line["y"])
        and _has(line, str, *_LINE_TEXTS)
    )


def _is_scatter(part: Any) -> bool:
    return _is_numbers(part, "xy", 2) and part["xy"].shape[1] == 2 and _has(part, str, "label")


def _is_image(image: Any) -> bool:
    if type(image) is not np.ndarray or image.dtype.kind not in "fiub":
        return False
    return image.ndim == 2 or (image.ndim == 3 and image.shape[2] in (3, 4))


def _is_range(limits: Any) -> bool:
    return type(limits) is np.ndarray and limits.dtype == np.float64 and limits.shape == (2,)


def _is_numbers(found: Any, name: str, dimensions: int) -> bool:
    if not _has(found, np.ndarray, name):
        return False
    return bool(found[name].dtype == np.float64 and found[name].ndim == dimensions)


def _has(found: Any, kind: type, *names: str) -> bool:
    """Whether it is a dictionary whose entries of these names are exactly of that type."""
    return type(found) is dict and all(type(found.get(name)) is kind for name in names)


def _is_tensor(value: Any) -> bool:
    return type(value).__module__ == "torch" and type(value).__name__ == "Tensor"


def _fits(gradient: Any, parameter: Any) -> bool:
    return gradient is None or (_is_tensor(gradient) and gradient.shape == parameter.shape)
