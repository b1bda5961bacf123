"""What must be true of an adversarial image, and of the model that it was made with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.checks.support.attacked_networks import Case, away_from, toward
from grader.checks.support.compare import as_tensor, at_least, holds
from grader.engine.failures import Mismatch

if TYPE_CHECKING:
    import torch

    from grader.checks.support.attacked_networks import Objective

BOX_SLACK = 1e-6
"""How far outside the box float32 arithmetic may leave a pixel."""
TIE = 1e-4
"""Logits this near to each other may be ordered either way by another summation order."""


def inside_the_box(value: Any, image: torch.Tensor, epsilon: float, what: str) -> torch.Tensor:
    """The returned image, moved to the nearest point that is within epsilon and within [0, 1]."""
    result = as_tensor(value, tuple(image.shape), what=what)
    holds(
        result.is_floating_point(),
        law=f"{what} has the wrong dtype",
        got=str(result.dtype),
        expected=str(image.dtype),
    )
    result = result.to(image.dtype)
    lowest, highest = (image - epsilon).clamp(min=0), (image + epsilon).clamp(max=1)
    inside: torch.Tensor = result.clamp(lowest, highest)
    return inside


def must_be_in_the_box(value: Any, image: torch.Tensor, epsilon: float, what: str) -> torch.Tensor:
    """The returned image: its shape and dtype, within epsilon and within [0, 1] everywhere."""
    result: torch.Tensor = as_tensor(value, tuple(image.shape), image.dtype, what)
    low, high = float(result.min()), float(result.max())
    hint = None
    if low < -0.5 or high > 1.5:
        hint = "this looks like the normalised image; return pixels"
    try:
        holds(
            low >= -BOX_SLACK and high <= 1 + BOX_SLACK,
            law=f"the pixels of {what} must stay in [0, 1]",
            got=f"{low:.7g} to {high:.7g}",
            hint=hint or "clamp image + perturbation to [0, 1] too",
        )
        moved = float((result.double() - image.double()).abs().max())
        in_8_bits = bool((((result * 255).round() / 255 - result).abs() < BOX_SLACK).all())
        holds(
            moved <= epsilon + BOX_SLACK,
            law=f"no pixel of {what} may move by more than epsilon",
            got=f"a pixel moved by {moved:.7g}",
            expected=f"at most {epsilon:g}",
            hint="rounding to 8 bits moves a pixel by up to 0.002 more"
            if in_8_bits
            else "clamp the perturbation to [-epsilon, epsilon], in the unit of the pixels",
        )
    except Mismatch as error:
        if float((result + image - image.clamp(0, 1)).abs().max()) <= epsilon + BOX_SLACK:
            error.hint = "this looks like the perturbation alone; return image + perturbation"
        raise
    return result


def must_leave(given: Case, result: torch.Tensor, true_class: int, epsilon: float) -> None:
    """The label is another than `true_class`."""
    law = f"the label must no longer be {true_class}: the best other class must lead its logit"
    _must_lead(given, result, epsilon, away_from(true_class), law)


def must_reach(given: Case, result: torch.Tensor, epsilon: float) -> None:
    """The label is the target."""
    law = f"the label must be the target {given.target_class}: its logit must lead all others"
    _must_lead(given, result, epsilon, toward(given.target_class), law)


def _must_lead(
    given: Case, result: torch.Tensor, epsilon: float, lead: Objective, law: str
) -> None:
    value = float(lead(given.logits(result)))
    if not value >= -TIE:
        law += " (the grader's own attack needs less than 2/3 of this epsilon)"
        at_least(value, -TIE, law, _why(given, result, epsilon, lead))


def _why(given: Case, result: torch.Tensor, epsilon: float, lead: Objective) -> str:
    """The likeliest reason for an attack that fell short."""

    def unnormalised(image: torch.Tensor) -> float:
        return float(lead(given.model(image)[0]))

    image = given.image
    before, after = float(lead(given.logits(image))), float(lead(given.logits(result)))
    moved = float((result - image).abs().max())
    if moved == 0:
        return "the image came back unchanged"
    if moved < 0.3 * epsilon:
        return (
            f"no pixel moved by more than {moved / epsilon:.0%} of epsilon: epsilon is meant in"
            " pixels, before normalising, for each pixel by itself, and there are steps enough"
        )
    if unnormalised(image) <= 0 < unnormalised(result):
        return "the model is fooled by the image as it is: give it the normalised image"
    if after < before:
        return "the image is further away than at the start: step in the direction that helps"
    return (
        "it came nearer and not there: judge the image that you return, not an earlier one, give"
        " the model the normalised image, and go on until the right class leads"
    )
