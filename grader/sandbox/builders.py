"""The worker's side of the kits: builds models, functions and optimisers from plain data.

torch is imported only by the builders that need it. A builder takes the kit's data and knows no
topic: what is built here is described by the check that asks for it.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

BASIS: dict[str, Callable[[Any], Any]] = {
    "one": np.ones_like,
    "identity": np.positive,
    "square": np.square,
    "cube": lambda x: x**3,
    "sin": np.sin,
    "cos": np.cos,
    "exp": np.exp,
    "sqrt_abs": lambda x: np.sqrt(np.abs(x)),
    "log1p_abs": lambda x: np.log1p(np.abs(x)),
    "tanh": np.tanh,
    "abs": np.abs,
}

LAYER_CLASSES = (
    "Linear", "Conv2d", "BatchNorm1d", "BatchNorm2d", "ReLU", "LeakyReLU", "Sigmoid", "Tanh",
    "Softplus", "Flatten", "AvgPool2d", "AdaptiveAvgPool2d", "MaxPool2d", "Dropout", "Identity",
)  # fmt: skip


def build(name: str, data: Any) -> Any:
    """The object that a kit stands for; KeyError for a name that is not known."""
    return _BUILDERS[name](data)


def _linear(weight: Any, bias: Any) -> Any:
    from torch import nn

    layer = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, dtype=weight.dtype)
    layer.load_state_dict({"weight": weight, **({} if bias is None else {"bias": bias})})
    return layer


def _linear_layers(data: Any) -> list[Any]:
    return [_linear(weight, bias) for weight, bias in data]


def _mlp(data: Any) -> Any:
    from torch import nn

    parts: list[Any] = []
    for layer in _linear_layers(data):
        parts += [layer, nn.ReLU()]
    return nn.Sequential(*parts[:-1]).eval()


def _sequential(data: Any) -> Any:
    from torch import nn

    parts = []
    for name, arguments, state in data:
        if name not in LAYER_CLASSES:
            raise KeyError(f"no layer class {name}")
        part = getattr(nn, name)(**arguments)
        for tensor in state.values():
            part.to(tensor.dtype if tensor.is_floating_point() else part_dtype(part))
        if state:
            part.load_state_dict(state)
        parts.append(part)
    return nn.Sequential(*parts).eval()


def part_dtype(part: Any) -> Any:
    """The dtype that a module's parameters have; float32 for one that has none."""
    import torch

    return next((p.dtype for p in part.parameters()), torch.float32)


def _leaf(tensor: Any) -> Any:
    return tensor.detach().clone().requires_grad_(True)


def _criterion(name: str) -> Any:
    from torch import nn

    return {"mse": nn.MSELoss, "cross_entropy": nn.CrossEntropyLoss, "bce": nn.BCELoss}[name]()


def _optimizer(data: Any) -> Any:
    from torch import nn, optim

    parameters: list[Any] = []
    for target in data["targets"]:
        parameters += target.parameters() if isinstance(target, nn.Module) else [target]
    kind = {"adam": optim.Adam, "sgd": optim.SGD}[data["name"]]
    return kind(parameters, **data["options"])


def _input_gradient(model: Any, x: Any, y: Any) -> Any:
    import torch

    leaf = x.detach().clone().requires_grad_(True)
    # A sum, so that no example's gradient depends on the size of its batch.
    loss = torch.nn.functional.cross_entropy(model(leaf), y, reduction="sum")
    return torch.autograd.grad(loss, leaf)[0]


def _sign_attack(model: Any, x: Any, y: Any, epsilon: float = 0.05, **_: Any) -> Any:
    return epsilon * _input_gradient(model, x, y).sign()


def _shift_attack(model: Any, x: Any, y: Any, epsilon: float = 0.05, **_: Any) -> Any:
    # Up and down in turn: examples leave the pixel range on both sides.
    delta = x.new_full(x.shape, epsilon)
    delta[:, 1::2] = -epsilon
    return delta


ATTACKS: dict[str, Callable[..., Any]] = {"sign": _sign_attack, "shift": _shift_attack}


def _attack(data: Any) -> Any:
    kind, options = ATTACKS[data["name"]], data["options"]

    def attack(model: Any, x: Any, y: Any, epsilon: float = 0.05, **more: Any) -> Any:
        return kind(model, x, y, epsilon=epsilon, **options, **more)

    return attack


def _imagenet(name: str) -> Any:
    from grader.sandbox import imagenet_kit

    return imagenet_kit.build(name)


_BUILDERS: dict[str, Callable[[Any], Any]] = {
    "linear_layers": _linear_layers,
    "mlp": _mlp,
    "sequential": _sequential,
    "leaf": _leaf,
    "basis": BASIS.__getitem__,
    "criterion": _criterion,
    "optimizer": _optimizer,
    "attack": _attack,
    "imagenet": _imagenet,
}


def read_weights(path: Path) -> dict[str, Any]:
    """The state dict in a trained file: names to plain tensors.

    Runs in the worker only: `weights_only=True` has had holes, and a malformed file can still
    crash torch. Raises ValueError when the file holds anything but a flat state dict.
    """
    import torch

    found = torch.load(path, map_location="cpu", weights_only=True)
    if not isinstance(found, dict):
        raise ValueError(f"{path.name} holds a {type(found).__name__}, not a state dict: save"
                         " model.state_dict(), not the model")  # fmt: skip
    for name, tensor in found.items():
        if not isinstance(name, str) or not isinstance(tensor, torch.Tensor):
            raise ValueError(f"{path.name} is not a flat state dict: entry {name!r}")
        if tensor.layout is not torch.strided or tensor.is_quantized:
            raise ValueError(f"{path.name}: entry {name!r} is not a plain dense tensor")
    return {str(name): tensor.detach().clone() for name, tensor in found.items()}
