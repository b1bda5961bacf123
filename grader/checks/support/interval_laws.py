"""What interval bounds and certified radii are judged by."""

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

import numpy as np

from grader.checks.support import interval_oracle as oracle
from grader.checks.support import pictures
from grader.checks.support.compare import (
    MAX_HINTS,
    agree,
    as_float,
    as_list,
    as_tensor,
    at_most,
    close,
    holds,
)
from grader.checks.support.robustness_laws import precision
from grader.checks.support.robustness_oracle import preactivations, with_own_labels
from grader.checks.support.strategies import Network, network
from grader.engine.failures import Mismatch, StudentError
from grader.engine.proxy import SubmissionProxy
from grader.figures import Bars, Chart, Histogram, Marker
from grader.sandbox import kits

BOUNDS_FIRST = "bound_propagation is not right yet: mend it first"
HANDOUT_LAYERS = (
    (np.array([[0.5, -1.0], [2.0, 2.0], [0.0, 1.0]]), np.array([1.0, 0.0, 0.5])),
    (
        np.array([[-3.0, 2.0, 1.0], [0.0, 0.5, -1.0], [-2.0, 1.0, 0.5]]),
        np.array([0.0, 0.0, 1.0]),
    ),
    (np.array([[1.0, 1.0, 0.5], [2.0, 1.0, -1.0]]), np.array([0.5, 0.5])),
)
HANDOUT = Network(HANDOUT_LAYERS, np.array([[0.1, 0.9], [0.4, 0.5]]), np.array([0, 0]), "float32")
HANDOUT_BOUNDS = (
    ([[0.0, 0.7], [0.2, 0.3]], [[0.3, 1.0], [0.6, 0.7]]),
    ([[0.0, 1.4, 1.2], [0.4, 1.0, 0.8]], [[0.45, 2.6, 1.5], [1.0, 2.6, 1.2]]),
    ([[2.65, -0.8, 2.1], [-0.2, -0.7, 0.4]], [[6.7, 0.1, 4.35], [5.2, 0.5, 3.4]]),
    ([[4.2, 1.45], [0.7, -2.9]], [[9.475, 11.9], [7.9, 11.0]]),
)


def layers_of(net: Network) -> Any:
    """Its layers as a kit: a list of nn.Linear."""
    return kits.linear_layers(net.tensors())


def propagate(submission: SubmissionProxy, net: Network, epsilon: float) -> oracle.Bounds:
    """The submission's bounds, from the input box to the logits."""
    return bounds_of(submission.bound_propagation(layers_of(net), net.inputs(), epsilon), net)


def bounds_of(value: Any, net: Network) -> oracle.Bounds:
    """The L + 1 pairs, with their shapes and dtypes."""
    pairs = as_list(value, what="bound_propagation(...)")
    holds(
        len(pairs) == len(net.layers) + 1,
        law="bound_propagation(...) has the wrong length: the input box and a pair for each layer",
        got=f"{len(pairs)} items",
        expected=f"{len(net.layers) + 1} items",
        hint="entry 0 is the box of the input" if len(pairs) == len(net.layers) else None,
    )
    dtype = net.inputs().dtype
    widths = [net.x.shape[1], *(len(bias) for _, bias in net.layers)]
    found = []
    for index, (pair, width) in enumerate(zip(pairs, widths, strict=True)):
        lower, upper = as_list(pair, 2, f"entry {index} of the bounds")
        shape = (len(net.x), width)
        found.append(
            (
                as_tensor(lower, shape, dtype, f"lower bound {index}").double().numpy(),
                as_tensor(upper, shape, dtype, f"upper bound {index}").double().numpy(),
            )
        )
    return found


def must_be_bounds(
    got: oracle.Bounds, expected: oracle.Bounds, net: Network, epsilon: float, law: str
) -> None:
    """Every entry, from the input box to the logits."""
    wrong = oracle.wrong_bounds(net, epsilon)
    for index, (pair, wanted) in enumerate(zip(got, expected, strict=True)):
        where = f"layer {index}" if index else "the input"
        agree(
            np.stack(pair),
            np.stack(wanted),
            precision(net).times(4, "sums of bounds"),
            law=f"{law}; (lower, upper) of {where}",
            mistakes={hint: np.stack(bounds[index]) for hint, bounds in wrong.items()},
        )


def must_be_sound(
    net: Network, epsilon: float, bounds: oracle.Bounds, rng: np.random.Generator
) -> None:
    """No wider than interval arithmetic, and no point tried lies outside."""
    allowed = oracle.interval_bounds(net.layers, net.x, epsilon)
    for layer, (lower, upper) in enumerate(bounds[1:]):
        low, high = allowed[layer + 1]
        at_most(
            float(((upper - lower) / (high - low + 1e-3)).max()),
            1.0,
            law=f"the bounds of layer {layer + 1} must be no wider than interval arithmetic gives"
            " (ratio of the widths)",
        )
        tried = np.concatenate(
            [
                oracle.random_points(rng, net.x, epsilon, 40),
                oracle.ascent_points(net, epsilon, layer, +1.0),
                oracle.ascent_points(net, epsilon, layer, -1.0),
            ]
        )
        values = preactivations(net.layers[: layer + 1], tried)[-1]
        slack = 1e-5 * (1.0 + float(np.abs(values).max()))
        outside = np.maximum(lower - values, values - upper)
        worst = np.unravel_index(int(outside.argmax()), outside.shape)
        at_most(
            float(outside[worst]),
            slack,
            law=f"a point of the box leaves the bounds of layer {layer + 1}: at"
            f" x = {np.round(tried[worst[:2]], 3)} unit {worst[2]} of example {worst[1]} is"
            f" {values[worst]:.4g}, its bounds are [{lower[worst[1:]]:.4g},"
            f" {upper[worst[1:]]:.4g}] (shown: how far outside)",
        )


def search(submission: SubmissionProxy, net: Network, epsilons: list[float]) -> list[float | None]:
    """The submission's certified radius of every example."""
    value = submission.binary_search(
        epsilons, layers_of(net), net.inputs(), net.labels(), net.classes
    )
    return certificates(value, epsilons, len(net.y))


def certificates(value: Any, epsilons: list[float], count: int) -> list[float | None]:
    """One member of the list, or None, per example."""
    items = as_list(value, count, "binary_search(...)")
    found = [None if item is None else as_float(item, "a certified epsilon") for item in items]
    for number in found:
        holds(
            number is None or any(abs(number - e) <= 1e-6 * e for e in epsilons),
            law="a certified epsilon must be a member of epsilons, or None",
            got=number,
            expected=f"one of {len(epsilons)} radii",
            hint="this is a position in the list: return the epsilon that stands there"
            if number in range(len(epsilons))
            else None,
        )
    return found


def why_not(
    submission: SubmissionProxy, net: Network, epsilons: list[float], got: list[float | None]
) -> str | None:
    """What is wrong with certified radii: the bounds that they rest on, or a known mistake."""
    right = oracle.interval_bounds(net.layers, net.x, epsilons[-1])
    try:
        pairs = zip(propagate(submission, net, epsilons[-1]), right, strict=True)
    except (Mismatch, StudentError):
        return BOUNDS_FIRST
    tolerance = precision(net).times(4, "sums of bounds")
    if not all(close(np.stack(a), np.stack(b), tolerance, evidence=False) for a, b in pairs):
        return BOUNDS_FIRST
    hints = [hint for hint, wrong in oracle.wrong_radii(net, epsilons) if wrong == got]
    return "; or: ".join(hints[:MAX_HINTS]) or None


def must_be_certificates(
    got: Sequence[float | None],
    expected: Sequence[float | None],
    epsilons: list[float],
    hint: Callable[[], str | None] = lambda: None,
) -> None:
    """Every example's answer, None included; `hint` is asked where one is wrong."""

    def index(answer: Sequence[float | None]) -> np.ndarray:
        """Positions in the list, -1 for None."""
        grid = np.asarray(epsilons)
        return np.array([-1 if e is None else int(np.abs(grid - e).argmin()) for e in answer])

    found, wanted, top = index(got), index(expected), len(epsilons) - 1
    differs = found != wanted
    off = found[differs] - wanted[differs]
    if not differs.any():
        return
    hints = {
        "None is for examples whose smallest epsilon is not certified": wanted[differs] == -1,
        "one place too far: this one is not certified any more": off == 1,
        "one place too early: the next one is certified too": off == -1,
        "where the whole list certifies, the answer is its last member": wanted[differs] == top,
    }
    holds(
        False,
        law="each answer must be the largest epsilon at which the lower bound of the true class"
        " exceeds the upper bounds of all others",
        got=got,
        expected=expected,
        hint=hint() or next((text for text, cases in hints.items() if cases.all()), None),
    )


def further_propagations(submission: SubmissionProxy, short: int, long: int) -> float:
    """What a search in a long list takes more than in a short one.

    Of the difference, in which time that does not depend on the list is gone, and in units of the
    submission's own propagation, whatever that takes.
    """
    net = network(np.random.default_rng(0), [256, 512, 512, 3], 1, dtype="float32")
    net = with_own_labels(net)
    radius = oracle.certified_radius(net)
    layers = submission.build(layers_of(net))
    seconds = {0: np.inf, short: np.inf, long: np.inf}

    def timed(length: int, function: str, *args: Any) -> Any:
        started = perf_counter()
        answer = submission.call(function, *args)
        seconds[length] = min(seconds[length], perf_counter() - started)
        return answer

    for length in (short, long) * 3:
        # The answer lies in the middle of the list: far from either end for a linear scan.
        epsilons = [2 * radius * (k + 0.5) / length for k in range(length)]
        arguments = epsilons, layers, net.inputs(), net.labels(), net.classes
        got = timed(length, "binary_search", *arguments)
        must_be_certificates(certificates(got, epsilons, 1), [epsilons[length // 2 - 1]], epsilons)
        timed(0, "bound_propagation", layers, net.inputs(), radius)
    return (seconds[long] - seconds[short]) / seconds[0]


def draw_radii(
    entry: Any, exact: np.ndarray, expected: list[float | None], found: list[float | None]
) -> None:
    """What was certified over what is true; not certified at all counts as 0."""
    order = np.argsort(exact)

    def ranked(radii: list[float | None]) -> np.ndarray:
        return np.array([radius or 0.0 for radius in radii])[order]

    series = (
        pictures.series("largest epsilon of the list", exact[order], ranked(expected), "reference"),
        pictures.series("your answer", exact[order], ranked(found), joined=False),
    )
    labels = ("largest epsilon that is safe", "certified epsilon")
    entry.draw(Chart("Certified epsilon of each example", *labels, series))


def draw_radii_among_others(entry: Any, found: list[float]) -> None:
    """The radii of the images that were asked about among those of 500 images."""
    counts = tuple(float(count) for count in entry.thresholds["certified"])
    edges = tuple(k / 1000 for k in range(len(counts) + 1))
    entry.draw(
        Histogram(
            "Certified epsilon of MNIST test images",
            "certified epsilon",
            "images",
            edges,
            (Bars("the grader's, first 500 images", counts, "data"),),
            tuple(
                Marker(f"yours, image {number} of {len(found)}: {radius:g}", radius)
                for number, radius in enumerate(found, 1)
            ),
        )
    )
