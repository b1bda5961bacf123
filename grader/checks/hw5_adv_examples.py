"""HW5 P7: attacks run in the worker, and are judged here with the grader's own copy of the model.

The box has checks of its own: elsewhere what comes back is moved into it before it is judged, so
that one slip is paid for once, and nothing is gained by leaving the box.
Success is demanded only where the grader's own attack succeeds with two thirds of the epsilon, or
less: enough for any working method, too little for a box in normalised units.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import given, reject
from hypothesis import strategies as st

from grader.checks.support import attacked_networks as networks
from grader.checks.support import pictures
from grader.checks.support.attack_laws import (
    TIE,
    inside_the_box,
    must_be_in_the_box,
    must_leave,
    must_reach,
)
from grader.checks.support.attacked_networks import Case, normalised
from grader.checks.support.compare import FLOAT32, agree, as_tensor, at_least, holds
from grader.checks.support.drawings import described
from grader.checks.support.policies import test_allowed_imports as test_allowed_imports
from grader.checks.support.policies import test_calls as test_calls
from grader.checks.support.policies import test_comments as test_comments
from grader.checks.support.policies import test_pep8 as test_pep8
from grader.checks.support.purity import left_alone, unchanged
from grader.checks.support.strategies import seeds
from grader.data import imagenet
from grader.engine.proxy import SubmissionProxy
from grader.engine.remote import Remote
from grader.sandbox import kits

if TYPE_CHECKING:
    import torch

STEPS = 60
WORDS = ("tench", "goldfish", "tusker", "bullet_train", "espresso", "daisy", "palace")
BULLET_TRAIN = 466
SHOWN = 2
"""Photos of a report."""
LABELS = {
    94: "hummingbird", 442: "bell cote", 466: "bullet train", 698: "palace", 985: "daisy",
}  # fmt: skip
"""Names of the classes that a report is likeliest to show; the others go by their number."""


def dtypes() -> st.SearchStrategy[str]:
    """Images and models in either precision; what comes back keeps it."""
    return st.sampled_from(["float32", "float64"])


def untargeted(
    submission: SubmissionProxy, model: Remote, given: Case, true_class: int, epsilon: float
) -> torch.Tensor:
    """What `untargeted_attack` returns, moved into its box."""
    args = (given.image, true_class, epsilon, STEPS, epsilon / 4)
    value = submission.untargeted_attack(model, *args)
    return inside_the_box(value, given.image, epsilon, "untargeted_attack(...)")


def targeted(
    submission: SubmissionProxy, model: Remote, given: Case, true_class: int, epsilon: float
) -> torch.Tensor:
    """What `targeted_attack` returns for the case's target, moved into its box."""
    args = (given.image, true_class, given.target_class, epsilon, STEPS, epsilon / 4)
    value = submission.targeted_attack(model, *args)
    return inside_the_box(value, given.image, epsilon, "targeted_attack(...)")


def enough(epsilon: float | None) -> float:
    """The epsilon to ask with; a case that the grader's own attack does not solve is left out."""
    if epsilon is None:
        reject()
    return epsilon


def shares() -> st.SearchStrategy[float]:
    """Sizes of the box, from nothing over too little to enough: `0.3`."""
    return st.sampled_from([0.0, 0.3, 1.0])


def rates() -> st.SearchStrategy[float]:
    """Step sizes in the unit of epsilon, also larger than the box: `2.0`."""
    return st.sampled_from([0.25, 2.0])


@given(seed=seeds(199), height=st.integers(1, 4), width=st.integers(1, 4), dtype=dtypes())
def test_normalize_formula(
    submission: SubmissionProxy, seed: int, height: int, width: int, dtype: str
) -> None:
    import torch

    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 11, (1, 3, height, width)) / 10
    image = torch.tensor(pixels, dtype=getattr(torch, dtype))
    value, after = submission.observe("normalize", image)
    unchanged("normalize", after, image)
    mean, std = (torch.tensor(t, dtype=image.dtype).view(1, 3, 1, 1) for t in _MEAN_STD)
    agree(
        as_tensor(value, tuple(image.shape), image.dtype, "normalize(image)"),
        (image - mean) / std,
        FLOAT32,
        law="normalize takes ImageNet's mean from each channel and divides by its std",
        mistakes={
            "the mean and std are ImageNet's, not 0.5": (image - 0.5) / 0.5,
            "the division by std is missing": image - mean,
            "the mean was not taken away": image / std,
            "divide by std, do not multiply": (image - mean) * std,
            "the channels are red, green, blue, in this order": (image - mean.flip(1))
            / std.flip(1),
            "the pixels are in [0, 1], not [0, 255]": (image / 255 - mean) / std,
            "mean and std are swapped": (image - std) / mean,
        },
    )


_MEAN_STD = (networks.MEAN, networks.STD)


@given(seed=seeds(199))
def test_untargeted_changes_the_label(submission: SubmissionProxy, seed: int) -> None:
    given = networks.case(seed)
    epsilon = enough(networks.untargeted_epsilon(seed, given.true_class))
    model = submission.build(given.kit)
    result = untargeted(submission, model, given, given.true_class, epsilon)
    must_leave(given, result, given.true_class, epsilon)


@given(seed=seeds(199), share=shares(), lr=rates(), dtype=dtypes())
def test_untargeted_stays_in_the_box(
    submission: SubmissionProxy, seed: int, share: float, lr: float, dtype: str
) -> None:
    given = networks.case(seed, dtype)
    epsilon, true_class = share * 2 * given.scale, given.true_class
    model = submission.build(given.kit)
    args = (given.image, true_class, epsilon, STEPS, max(lr * epsilon, 1e-3))
    value = submission.untargeted_attack(model, *args)
    result = must_be_in_the_box(value, given.image, epsilon, "untargeted_attack(...)")
    rise = given.target_loss(result, true_class) - given.target_loss(given.image, true_class)
    at_least(
        rise,
        1e-3 if share else -TIE,
        law="the cross-entropy of the true class must rise, also where the label cannot change",
        hint="climb: the loss of the true class is to grow (gradient ascent)",
    )


@given(seed=seeds(199))
def test_untargeted_leaves_the_model_alone(submission: SubmissionProxy, seed: int) -> None:
    given = networks.case(seed)
    epsilon = enough(networks.untargeted_epsilon(seed, given.true_class))
    model = submission.build(given.kit)
    before = model.state()
    args = (model, given.image, given.true_class, epsilon, STEPS, epsilon / 4)
    value, after = submission.observe("untargeted_attack", *args)
    unchanged("untargeted_attack", after, *args)
    left_alone("untargeted_attack", before, model.state())
    result = inside_the_box(value, given.image, epsilon, "untargeted_attack(...)")
    must_leave(given, result, given.true_class, epsilon)


@given(seed=seeds(199))
def test_untargeted_from_a_rival_label(submission: SubmissionProxy, seed: int) -> None:
    given = networks.case(seed)
    epsilon = enough(networks.untargeted_epsilon(seed, given.true_class))
    model = submission.build(given.kit)
    # First the label that the image has, then each that it has not: there the work is done already.
    order = sorted(range(networks.CLASSES), key=lambda c: c != given.true_class)
    for true_class in order:
        result = untargeted(submission, model, given, true_class, epsilon)
        must_leave(given, result, true_class, epsilon)


@given(index=st.integers(0, 6), start=st.integers(0, 3), as_dict=st.booleans())
def test_label_lookup(submission: SubmissionProxy, index: int, start: int, as_dict: bool) -> None:
    words = [*WORDS[start:], *WORDS[:start]]
    labels: Any = {str(i): word for i, word in enumerate(words)} if as_dict else words
    got = submission.label_of(index, labels)
    holds(
        type(got) is str and got == words[index],
        law="label_of gives the name of an index, from a list or from a dict with string keys",
        got=got,
        expected=words[index],
    )


@given(seed=seeds(199))
def test_targeted_reaches_the_target(submission: SubmissionProxy, seed: int) -> None:
    given = networks.case(seed)
    epsilon = enough(networks.targeted_epsilon(seed, given.true_class, given.target_class))
    model = submission.build(given.kit)
    must_reach(given, targeted(submission, model, given, given.true_class, epsilon), epsilon)


@given(seed=seeds(199), share=shares(), lr=rates(), dtype=dtypes())
def test_target_loss_falls(
    submission: SubmissionProxy, seed: int, share: float, lr: float, dtype: str
) -> None:
    given = networks.case(seed, dtype)
    epsilon, true, target = share * 2 * given.scale, given.true_class, given.target_class
    model = submission.build(given.kit)
    args = (given.image, true, target, epsilon, STEPS, max(lr * epsilon, 1e-3))
    value = submission.targeted_attack(model, *args)
    result = must_be_in_the_box(value, given.image, epsilon, "targeted_attack(...)")
    start, end = given.logits(given.image), given.logits(result)
    toward = given.target_loss(given.image, target) - given.target_loss(result, target)
    # A loss of two parts may trade one for the other; their difference is z_true - z_target.
    both = float((start[true] - start[target]) - (end[true] - end[target]))
    at_least(
        max(toward, both),
        1e-3 if share else -TIE,
        law="the loss of the target must fall, alone or less that of the true class, also where"
        " the target is out of reach",
        hint="descend: the cross-entropy of the target is to shrink",
    )


@given(seed=seeds(199))
def test_targeted_leaves_the_model_alone(submission: SubmissionProxy, seed: int) -> None:
    given = networks.case(seed)
    epsilon = enough(networks.targeted_epsilon(seed, given.true_class, given.target_class))
    model = submission.build(given.kit)
    before = model.state()
    classes = (given.true_class, given.target_class)
    args = (model, given.image, *classes, epsilon, STEPS, epsilon / 4)
    value, after = submission.observe("targeted_attack", *args)
    unchanged("targeted_attack", after, *args)
    left_alone("targeted_attack", before, model.state())
    result = inside_the_box(value, given.image, epsilon, "targeted_attack(...)")
    must_reach(given, result, epsilon)


@given(seed=seeds(199))
def test_targeted_from_a_rival_label(submission: SubmissionProxy, seed: int) -> None:
    given = networks.case(seed)
    others = set(range(networks.CLASSES)) - {given.true_class, given.target_class}
    rival = min(others)
    # Raw gradients of the two-part loss, which does not know the image's label, are slow here.
    epsilon = 4 / 3 * enough(networks.targeted_epsilon(seed, rival, given.target_class))
    model = submission.build(given.kit)
    must_reach(given, targeted(submission, model, given, rival, epsilon), epsilon)


@given(seed=seeds(199), names=st.permutations(WORDS))
def test_plot_shows_both_images(
    submission: SubmissionProxy, seed: int, names: Sequence[str]
) -> None:
    given = networks.case(seed)
    other = 1 - given.image
    drawing = submission.keep("plot_adversarial", given.image, other, tuple(names[:2]))
    figure = described(drawing, "plot_adversarial", "figure")
    shown = [axes for axes in figure["axes"] if axes["images"]]
    for image, name, what in (
        (given.image, names[0], "original"),
        (other, names[1], "adversarial"),
    ):
        wanted = image[0].permute(1, 2, 0).numpy()
        having = [axes for axes in shown if any(_pictures(i, wanted) for i in axes["images"])]
        holds(bool(having), law=f"the figure must show the {what} image, as (H, W, 3) pixels")
        holds(
            any(name in (axes["title"] + axes["xlabel"]) for axes in having),
            law=f"the {what} image must stand under its own title",
            got=[axes["title"] for axes in having],
            expected=name,
        )


def _pictures(drawn: np.ndarray, wanted: np.ndarray) -> bool:
    pixels = np.asarray(drawn, dtype=float)
    if pixels.shape != wanted.shape:
        return False
    if drawn.dtype.kind in "iu" or pixels.max() > 1.5:
        pixels = pixels / 255
    return bool(np.allclose(pixels, wanted, atol=1 / 250))


def test_photos_lose_their_label(submission: SubmissionProxy, entry: Any) -> None:
    judge = _Judge(submission, entry)
    for name in entry.thresholds["photos"]:
        image, true_class = judge.photo(name)
        args = (image, true_class, entry.thresholds["epsilon"])
        result = judge.attack("untargeted_attack", image, *args)
        judge.count(image, result, lambda logits, own=true_class: int(logits.argmax()) != own)
    judge.verdict("lost their label")


def test_photos_become_the_target(submission: SubmissionProxy, entry: Any) -> None:
    judge = _Judge(submission, entry)
    pairs = [tuple(pair) for pair in entry.thresholds["pairs"]]
    if "elephant" in imagenet.photos():
        pairs.append(("elephant", BULLET_TRAIN))
    for name, target in pairs:
        image, true_class = judge.photo(name)
        args = (image, true_class, target, entry.thresholds["epsilon"])
        result = judge.attack("targeted_attack", image, *args)
        judge.count(image, result, lambda logits, to=target: int(logits.argmax()) == to)
    judge.verdict("became the target")


class _Judge:
    """Runs attacks on the ImageNet classifier in the worker; judges with the grader's copy."""

    def __init__(self, submission: SubmissionProxy, entry: Any) -> None:
        self.submission, self.entry = submission, entry
        self.name = imagenet.best_available()
        self.own = imagenet.classifier(self.name)
        self.model = submission.build(kits.imagenet(self.name))
        weights = imagenet.weights(self.name)
        if weights is not None:
            self.model.method("load_state_dict", weights)
        self.hits: list[bool] = []
        self.after_rounding = 0
        self.shown: list[tuple[torch.Tensor, torch.Tensor]] = []

    def photo(self, name: str) -> tuple[torch.Tensor, int]:
        """A photo's pixels and its label."""
        image = imagenet.photos()[name].pixels
        return image, int(self.logits(image).argmax())

    def logits(self, image: torch.Tensor) -> torch.Tensor:
        import torch

        with torch.no_grad():
            logits: torch.Tensor = self.own(normalised(image))[0]
        return logits

    def attack(self, function: str, image: torch.Tensor, *args: Any) -> torch.Tensor:
        steps, lr = self.entry.thresholds["steps"], self.entry.thresholds["lr"]
        value = self.submission.call(function, self.model, *args, steps, lr)
        return inside_the_box(value, image, args[-1], f"{function}(...)")

    def count(self, image: torch.Tensor, result: torch.Tensor, success: Any) -> None:
        self.shown.append((image, result))
        self.hits.append(success(self.logits(result)))
        self.after_rounding += success(self.logits((result * 255).round() / 255))

    def draw(self) -> None:
        """The first photos before and after, and the difference, at half their size."""
        import torch

        before, after = (torch.cat(part) for part in zip(*self.shown[:SHOWN], strict=True))
        name, gap = pictures.magnified(before, after)
        rows = {"photo": before, "attacked": after}
        captions = {label: [self.reading(x) for x in photos] for label, photos in rows.items()}
        # The mean of four pixels hides noise that changes from pixel to pixel: of the difference
        # every second pixel is shown as it is.
        small: dict[str, Any] = {
            label: torch.nn.functional.avg_pool2d(photos, 2) for label, photos in rows.items()
        }
        title = f"Photos under your attack, and what {self.name} sees"
        self.entry.draw(pictures.images(title, {**small, name: gap[..., ::2, ::2]}, captions))

    def reading(self, photo: torch.Tensor) -> str:
        """The label of a photo (3, H, W), and how sure the classifier is of it."""
        probability, label = self.logits(photo[None]).softmax(0).max(0)
        return f"{LABELS.get(int(label), f'class {int(label)}')}, {float(probability):.0%}"

    def verdict(self, what: str) -> None:
        self.draw()
        hits, total = sum(self.hits), len(self.hits)
        self.entry.note(
            f"{self.name}: {hits} of {total} photos {what}; {self.after_rounding} after rounding"
            " to 8 bits"
        )
        at_least(
            hits / total,
            self.entry.thresholds["success"],
            law=f"on real photos ({self.name}), too few {what}: {hits} of {total}",
        )
