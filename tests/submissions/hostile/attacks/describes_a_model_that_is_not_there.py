"""The worker describes a network of the right shape, and a drawing, that never existed."""
# class: A7
# topic: hw5_vae
# only: hw5_vae.network_has_the_layers_of_the_figure
# expects: failed, violation

from grader.sandbox import worker
from honest import VAE, generate, kl_divergence, plot_grid  # noqa: F401

answered = worker.Server.answer
LIES = [{}, {"parameters": {"a": 1}}, {"parameters": {}, "gradients": {}, "buffers": {},
        "requires_grad": {"b": True}, "training": True}, [], None, {"kind": "axes", "lines": 3}]


def answer(self, operation, payload):
    if operation in ("state", "parameters", "shapes", "describe"):
        return "ok", LIES[payload["handle"] % len(LIES)]
    return answered(self, operation, payload)


worker.Server.answer = answer
