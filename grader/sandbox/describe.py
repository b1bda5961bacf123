"""Plain descriptions of objects that stay in the worker: torch modules and matplotlib drawings."""

import math
from collections.abc import Mapping
from typing import Any

from grader.sandbox.wire import MAX_DIMS, MAX_EMPTY_DIMENSION

# What a check draws for one network; the largest of the homeworks has 650,000 numbers in ten.
MAX_PARAMETERS = 1024
MAX_NUMBERS = 1 << 24


def module_state(module: Any) -> dict[str, Any]:
    """Parameters, gradients, buffers and flags of a torch module (or of a list of modules)."""
    module = _one_module(module)
    return {
        "parameters": module_parameters(module),
        "gradients": {
            name: None if p.grad is None else p.grad.detach().clone()
            for name, p in module.named_parameters()
        },
        "buffers": {name: b.detach().clone() for name, b in module.named_buffers()},
        "requires_grad": {name: bool(p.requires_grad) for name, p in module.named_parameters()},
        "training": bool(module.training),
    }


def module_parameters(module: Any) -> dict[str, Any]:
    """Parameters of a torch module (or of a list of modules)."""
    return {name: p.detach().clone() for name, p in _one_module(module).named_parameters()}


def module_shapes(module: Any) -> dict[str, list[int]]:
    """Shapes of the parameters of a torch module (or of a list of modules).

    Raises:
        ValueError: there are more parameters, or numbers in them, than a check draws.
    """
    shapes = {name: list(p.shape) for name, p in _one_module(module).named_parameters()}
    if not can_be_drawn(shapes):
        raise ValueError(
            f"a network of more than {MAX_PARAMETERS} parameters, {MAX_NUMBERS:,} numbers or"
            f" {MAX_DIMS} dimensions"
        )
    return shapes


def can_be_drawn(shapes: Mapping[str, list[int]]) -> bool:
    """Whether parameters of these shapes are few and small enough for a check to draw."""
    if len(shapes) > MAX_PARAMETERS:
        return False
    for shape in shapes.values():
        # A side of 0 would hide how long the others are.
        longest = MAX_EMPTY_DIMENSION if 0 in shape else MAX_NUMBERS
        if len(shape) > MAX_DIMS or not all(0 <= side <= longest for side in shape):
            return False
    return sum(map(math.prod, shapes.values())) <= MAX_NUMBERS


def _one_module(module: Any) -> Any:
    if isinstance(module, list | tuple):
        from torch import nn

        return nn.ModuleList(module)
    return module


def describe(drawing: Any) -> dict[str, Any]:
    """What a matplotlib Axes or Figure shows; TypeError for anything else."""
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase

    if isinstance(drawing, Axes):
        return _axes(drawing)
    if isinstance(drawing, FigureBase):
        figure: Any = drawing
        return {"kind": "figure", "axes": [_axes(axes) for axes in figure.axes]}
    raise TypeError(f"expected a matplotlib Axes or Figure, got {type(drawing).__name__}")


def _axes(axes: Any) -> dict[str, Any]:
    import numpy as np
    from matplotlib.collections import PathCollection

    legends = [axes.get_legend(), *axes.figure.legends]
    legend = next((found for found in legends if found is not None), None)
    return {
        "kind": "axes",
        "lines": [
            {
                "x": np.asarray(line.get_xdata(orig=False), dtype=float),
                "y": np.asarray(line.get_ydata(orig=False), dtype=float),
                "label": _label(line, legend),
                # A line without width joins nothing either.
                "linestyle": str(line.get_linestyle()) if line.get_linewidth() else "None",
                "marker": str(line.get_marker()),
            }
            for line in axes.get_lines()
            # not a rule across the axes, whose ends are no data: axhline, axvline
            if line.get_transform().contains_branch(axes.transData)
        ],
        "scatters": [
            {
                "xy": np.asarray(np.ma.filled(part.get_offsets(), np.nan), dtype=float),
                "label": str(part.get_label()),
            }
            for part in axes.collections
            if isinstance(part, PathCollection)
        ],
        "bars": [
            {"x": float(p.get_x()), "height": float(p.get_height()), "width": float(p.get_width())}
            for p in axes.patches
            if hasattr(p, "get_height")
        ],
        "images": [np.asarray(np.ma.filled(i.get_array(), np.nan)) for i in axes.get_images()],
        "limits": [np.asarray(i.get_clim(), dtype=float) for i in axes.get_images()],
        "position": _position(axes),
        "title": _title(axes),
        "xlabel": str(axes.get_xlabel()),
        "ylabel": str(axes.get_ylabel()),
        "legend": [str(text.get_text()) for text in legend.get_texts()] if legend else [],
        "xticklabels": [str(text.get_text()) for text in axes.get_xticklabels()],
    }


def _label(line: Any, legend: Any) -> str:
    """A line's own label, else what a legend calls the line that looks like it."""
    label = str(line.get_label())
    if legend is None or not label.startswith("_"):
        return label
    named = zip(legend.legend_handles, legend.get_texts(), strict=False)
    found = [str(text.get_text()) for handle, text in named if _look(handle) == _look(line)]
    return found[0] if len(found) == 1 else label


def _look(artist: Any) -> Any:
    from matplotlib.colors import to_rgba
    from matplotlib.lines import Line2D

    if not isinstance(artist, Line2D):
        return None
    return str(artist.get_linestyle()), str(artist.get_marker()), to_rgba(artist.get_color())


def _position(axes: Any) -> list[float]:
    """Left, bottom, width and height in the whole figure, whichever part the axes are in."""
    locator = axes.get_axes_locator()
    if locator is not None:
        axes.apply_aspect(locator(axes, None))
    whole = axes.get_figure(root=True).bbox
    left, bottom, width, height = axes.bbox.bounds
    return [
        float(left / whole.width), float(bottom / whole.height),
        float(width / whole.width), float(height / whole.height),
    ]  # fmt: skip


def _title(axes: Any) -> str:
    """The title, wherever it stands: of the axes, of a part of the figure that is theirs alone."""
    titles = [axes.get_title(place) for place in ("left", "center", "right")]
    part = axes.figure
    if part is not axes.get_figure(root=True) and len(part.axes) == 1:
        titles.append(part.get_suptitle())
    return " ".join(str(title) for title in titles if title)
