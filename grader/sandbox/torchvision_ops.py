"""Makes torchvision importable where its compiled operators do not load."""

from __future__ import annotations

from functools import cache
from typing import Any

_SCHEMAS = {
    name: f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
    for name in ("nms", "qnms")
}


@cache
def ensure_importable() -> None:
    """Declare the operators that `import torchvision` looks up, only where they are missing.

    A CPU build of torch cannot load torchvision's compiled operators where these were built for
    CUDA; the import then fails although models, datasets, transforms and utils need none of them.
    The declared schemas have no implementation: calling one still raises.
    """
    import torch

    try:
        import torchvision  # noqa: F401
    except RuntimeError as error:
        if "does not exist" not in str(error):
            raise
        library: Any = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
        for name, schema in _SCHEMAS.items():
            if not hasattr(torch.ops.torchvision, name):
                library.define(schema)
        # the declarations last as long as the object does
        _libraries.append(library)


_libraries: list[object] = []
