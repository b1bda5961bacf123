"""Tensors that are sparse, quantised, without data, conjugated or of a class of their own."""
# class: I5
# topic: hw5_vae
# only: hw5_vae.kl_equals_torch_distributions, hw5_vae.kl_is_never_negative
# expects: failed, output_limit

import itertools

import torch
from honest import VAE, generate, plot_grid  # noqa: F401


class Agreeing(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return torch.tensor(True)


one = torch.ones(())
kinds = itertools.cycle([
    lambda: one.to_sparse(), lambda: torch.empty((), device="meta"), lambda: one.as_subclass(Agreeing),
    lambda: torch.quantize_per_tensor(one, 0.1, 0, torch.quint8), lambda: (one * 1j).conj().imag,
    lambda: one.expand(1 << 20, 1 << 20), lambda: torch.nested.nested_tensor([one.reshape(1)]),
    lambda: one.requires_grad_(),
])  # fmt: skip


def kl_divergence(mu, logvar):
    return next(kinds)()
