"""torch.load and the worker's reader of trained files are replaced."""
# class: H2
# topic: hw5_vae
# only: hw5_vae.kl_is_never_negative
# expects: failed

import torch
from grader.sandbox import builders
from honest import VAE, generate, kl_divergence, plot_grid  # noqa: F401

torch.load = lambda *args, **kwargs: {}
builders.read_weights = lambda path: {"score": torch.ones(100)}
