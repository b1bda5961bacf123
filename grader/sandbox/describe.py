"""Plain descriptions of objects that stay in the worker: torch modules and matplotlib drawings."""

from typing import Any


def module_state(module: Any) -> dict[str, Any]:
    """Parameters, gradients, buffers and flags of a torch module (or of a list of modules)."""
    if isinstance(module, list | tuple):
        from torch import nn

        module = nn.ModuleList(module)
    return {
        "parameters": {name: p.detach().clone() for name, p in module.named_parameters()},
        "gradients": {
            name: None if p.grad is None else p.grad.detach().clone()
            for name, p in module.named_parameters()
        },
        "buffers": {name: b.detach().clone() for name, b in module.named_buffers()},
        "requires_grad": {name: bool(p.requires_grad) for name, p in module.named_parameters()},
        "training": bool(module.training),
    }


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

    legend = axes.get_legend()
    return {
        "kind": "axes",
        "lines": [
            {
                "x": np.asarray(line.get_xdata(orig=False), dtype=float),
                "y": np.asarray(line.get_ydata(orig=False), dtype=float),
                "label": str(line.get_label()),
                "linestyle": str(line.get_linestyle()),
                "marker": str(line.get_marker()),
            }
            for line in axes.get_lines()
        ],
        "scatters": [
            {
                "xy": np.asarray(np.ma.filled(part.get_offsets(), np.nan), dtype=float),
                "label": str(part.get_label()),
            }
            for part in axes.collections
        ],
        "bars": [
            {"x": float(p.get_x()), "height": float(p.get_height()), "width": float(p.get_width())}
            for p in axes.patches
            if hasattr(p, "get_height")
        ],
        "images": [np.asarray(np.ma.filled(i.get_array(), np.nan)) for i in axes.get_images()],
        "limits": [np.asarray(i.get_clim(), dtype=float) for i in axes.get_images()],
        "position": [float(side) for side in axes.get_position().bounds],
        "title": str(axes.get_title()),
        "xlabel": str(axes.get_xlabel()),
        "ylabel": str(axes.get_ylabel()),
        "legend": [str(text.get_text()) for text in legend.get_texts()] if legend else [],
        "xticklabels": [str(text.get_text()) for text in axes.get_xticklabels()],
    }
