"""HW2 Q3: attacks and interval bounds."""

from functools import partial
from typing import Any

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from grader.checks.support import interval_oracle as intervals
from grader.checks.support import robustness_oracle as oracle
from grader.checks.support.compare import (
    FLOAT32,
    FLOAT64,
    Tolerance,
    agree,
    at_least,
    at_most,
    close,
    holds,
)
from grader.checks.support.drawings import described
from grader.checks.support.interval_laws import (
    HANDOUT,
    HANDOUT_BOUNDS,
    bounds_of,
    certificates,
    draw_radii,
    draw_radii_among_others,
    further_propagations,
    layers_of,
    must_be_bounds,
    must_be_certificates,
    must_be_sound,
    propagate,
    search,
    why_not,
)
from grader.checks.support.laws import agree_with_one
from grader.checks.support.policies import test_allowed_imports as test_allowed_imports
from grader.checks.support.policies import test_calls as test_calls
from grader.checks.support.policies import test_comments as test_comments
from grader.checks.support.policies import test_pep8 as test_pep8
from grader.checks.support.purity import unchanged
from grader.checks.support.robustness_laws import (
    FGSM,
    PGD,
    accuracies_of,
    draw_accuracies,
    fgsm,
    like,
    model_is_left_alone,
    model_of,
    must_be_a_labelled_line,
    must_be_accuracies,
    must_be_signed_gradient,
    pgd,
    precision,
    success_rate,
)
from grader.checks.support.strategies import Network, interior, network, networks, seeds
from grader.data import classifier, mnist
from grader.engine.proxy import SubmissionProxy
from grader.sandbox import kits

EPSILONS = (0.01, 0.05, 0.1, 0.3)

# --- (a) ---------------------------------------------------------------------------------------


@given(net=networks(), epsilon=st.sampled_from(EPSILONS))
def test_fgsm_is_the_signed_gradient(submission: SubmissionProxy, net: Any, epsilon: Any) -> None:
    assume(oracle.is_smooth(net, net.x))
    x, y = net.inputs(), net.labels()
    got, after = submission.observe("fgsm", model_of(net), x, y, epsilon)
    law = "delta must be epsilon times the sign of the gradient of the mean cross entropy"
    must_be_signed_gradient(like(got, net, FGSM), net, epsilon, law)
    unchanged("fgsm", after[1:3], x, y)


@given(net=networks())
def test_fgsm_default_epsilon(submission: SubmissionProxy, net: Any) -> None:
    assume(oracle.is_smooth(net, net.x))
    law = "without an epsilon, fgsm uses the handout's 0.05"
    must_be_signed_gradient(fgsm(submission, net), net, 0.05, law)


@given(net=networks(), training=st.booleans())
def test_fgsm_leaves_the_model_alone(submission: SubmissionProxy, net: Any, training: Any) -> None:
    assume(oracle.is_smooth(net, net.x))
    law = "delta must be epsilon times the sign of the gradient"
    must_be_signed_gradient(fgsm(submission, net, 0.1), net, 0.1, law)
    model_is_left_alone(submission, net, training, "fgsm", 0.1)


def test_fgsm_fools_the_classifier(submission: SubmissionProxy, entry: Any) -> None:
    model = submission.build(kits.mlp(classifier.layers()))
    rate = success_rate(lambda x, y: submission.fgsm(model, x, y, 0.05), 200, entry)
    at_least(
        rate,
        entry.thresholds["success"],
        law="FGSM at epsilon 0.05 must fool the MNIST classifier on most test images",
    )


# --- (b) ---------------------------------------------------------------------------------------


@given(
    net=interior(),
    alpha=st.sampled_from([0.02, 0.1, 1.0, 10.0]),
    epsilon=st.sampled_from([0.02, 0.1, 0.2]),
    steps=st.integers(0, 3),
)
def test_pgd_takes_projected_gradient_steps(
    submission: SubmissionProxy, net: Any, alpha: Any, epsilon: Any, steps: Any
) -> None:
    accepted = oracle.accepted_updates(net, alpha, epsilon, steps)
    x, y = net.inputs(), net.labels()
    got, after = submission.observe("pgd", model_of(net), x, y, alpha, epsilon, steps)
    agree_with_one(
        like(got, net, PGD),
        accepted,
        precision(net, 10),
        law=f"after {steps} steps from 0, delta must be what delta <- clamp(delta + alpha g,"
        " -epsilon, epsilon) gives, with g the gradient of the mean loss (or its sign)",
        mistakes=oracle.pgd_mistakes(net, alpha, epsilon, steps),
        otherwise="start at delta = 0" if steps == 0 else None,
    )
    unchanged("pgd", after[1:3], x, y)


@given(net=interior(), epsilon=st.sampled_from([0.02, 0.1, 0.2]), steps=st.integers(2, 12))
def test_pgd_stays_in_the_ball(
    submission: SubmissionProxy, net: Any, epsilon: Any, steps: Any
) -> None:
    assume(oracle.is_smooth(net, net.x))
    law = "one huge step must end where FGSM does: the step is projected onto the ball"
    must_be_signed_gradient(pgd(submission, net, 1e6, epsilon, 1), net, epsilon, law)
    for alpha in (epsilon / 3, 100.0):
        at_most(
            float(np.abs(pgd(submission, net, alpha, epsilon, steps)).max()),
            epsilon * (1 + 1e-6),
            law="every entry of delta must stay within [-epsilon, epsilon]",
            hint="project after every step, on the sum and not on the step alone",
        )


@given(batch=seeds())
def test_pgd_is_at_least_as_strong_as_fgsm(
    submission: SubmissionProxy, entry: Any, batch: Any
) -> None:
    epsilon, count = 0.2, entry.thresholds["networks"]
    rng = np.random.default_rng(batch)
    nets = [network(rng, [4, 6, 5, 3], 8, low=0.3, high=0.7) for _ in range(count)]

    def gain(alpha: float) -> float:
        return oracle.gain(nets, lambda net: pgd(submission, net, alpha, epsilon, 15))

    # Small steps suit the sign update, large ones the raw gradient of a mean loss.
    best = max(gain(0.25 * epsilon), gain(24.0 * epsilon))
    at_least(
        best / oracle.gain(nets, lambda net: oracle.signed_gradient(net, epsilon)),
        entry.thresholds["gain"],
        law="15 steps of PGD must raise the loss as much as the one step of FGSM, on average"
        f" (ratio of the gains over {8 * count} examples; the better of two step sizes)",
    )


@given(
    net=interior(min_examples=2, dtypes=("float64",)),
    alpha=st.sampled_from([0.02, 0.3, 2.0]),
)
def test_pgd_examples_are_independent(submission: SubmissionProxy, net: Any, alpha: Any) -> None:
    epsilon, steps = 0.1, 2
    raw, sign = oracle.accepted_updates(net, alpha, epsilon, steps)
    whole = pgd(submission, net, alpha, epsilon, steps)

    def one_by_one(alpha: float) -> np.ndarray:
        rows = [pgd(submission, one, alpha, epsilon, steps) for one in net.one_by_one()]
        return np.concatenate(rows)

    singles = [one_by_one(alpha), one_by_one(alpha / len(net.y))]
    right = [close(*pair, FLOAT64) for pair in zip(singles, (sign, raw), strict=True)]
    holds(
        any(right),
        law="an example attacked alone must get the delta of its update (sign steps with alpha, raw"
        " gradient steps with alpha / m, where the mean loss of the batch has the factor 1 / m)",
        got=singles[0],
        expected=sign,
    )
    agree_with_one(
        whole,
        singles,
        FLOAT64,
        law="each example's delta must not depend on the other examples of its batch (sign steps),"
        " or only through the 1 / m of the mean loss (raw gradient steps)",
    )


@given(net=interior(), training=st.booleans())
def test_pgd_leaves_the_model_alone(submission: SubmissionProxy, net: Any, training: Any) -> None:
    accepted = oracle.accepted_updates(net, 0.5, 0.1, 2)
    law = "two steps must be those of one of the two updates"
    agree_with_one(pgd(submission, net, 0.5, 0.1, 2), accepted, precision(net, 10), law)
    model_is_left_alone(submission, net, training, "pgd", 0.5, 0.1, 2)


def test_pgd_fools_the_classifier(submission: SubmissionProxy, entry: Any) -> None:
    model = submission.build(kits.mlp(classifier.layers()))
    limits = entry.thresholds
    steps = int(limits["steps"])
    rate = success_rate(
        lambda x, y: submission.pgd(model, x, y, limits["alpha"], 0.05, steps), 18, entry
    )
    at_least(
        rate,
        limits["success"],
        law=f"PGD at epsilon 0.05, alpha {limits['alpha']:g} and {steps} steps must fool the MNIST"
        " classifier on the handout's 18 images",
    )


# --- (c) ---------------------------------------------------------------------------------------


@given(
    net=networks(12, min_examples=5),
    epsilons=st.lists(st.sampled_from([0.0, 0.1, 0.3, 0.6, 1.0]), max_size=4, unique=True),
)
def test_accuracy_is_of_clipped_examples(
    submission: SubmissionProxy, net: Any, epsilons: Any
) -> None:
    must_be_accuracies(submission, net, epsilons)


@given(net=networks(12, min_examples=5), epsilon=st.sampled_from([0.05, 0.2]))
def test_accuracy_without_attack_is_clean(
    submission: SubmissionProxy, net: Any, epsilon: Any
) -> None:
    perturbed = oracle.by_signed_gradient(net, epsilon)
    got = submission.accuracy_under_attack(
        model_of(net), net.inputs(), net.labels(), kits.attack("sign"), [0.0, epsilon]
    )
    clean, attacked = accuracies_of(got, 2).tolist()
    agree(
        clean,
        oracle.accuracy(net, net.x),
        FLOAT32,
        law="the accuracy at epsilon 0 must be that on the examples as they are",
    )
    agree(
        attacked,
        oracle.accuracy(net, perturbed),
        FLOAT32,
        law=f"under the signed gradient of size {epsilon:g}, the accuracy is that on the clipped"
        " perturbed examples",
    )


@given(examples=st.integers(100, 2100), start=seeds())
def test_accuracy_counts_every_example(
    submission: SubmissionProxy, examples: Any, start: Any
) -> None:
    net = network(np.random.default_rng(start), [2, 4, 3], examples, dtype="float64")
    hint = "the last batch may be short: divide all right answers by the number of all examples"
    must_be_accuracies(submission, net, [0.0, 0.4], hint)


@given(net=interior(8, min_examples=3))
def test_accuracy_passes_arguments_on(submission: SubmissionProxy, net: Any) -> None:
    perturbed = oracle.by_signed_gradient(net, 0.2)
    attack = kits.student("pgd")
    for alpha, expected, what in (
        (0.0, oracle.accuracy(net, net.x), "steps of size 0 leave the clean accuracy"),
        (1e6, oracle.accuracy(net, perturbed), "one huge step is FGSM"),
    ):
        got = submission.accuracy_under_attack(
            model_of(net), net.inputs(), net.labels(), attack, [0.2], alpha=alpha, num_iter=1
        )
        agree(
            float(accuracies_of(got, 1)[0]),
            expected,
            FLOAT32,
            law=f"alpha and num_iter must reach the attack: {what}",
        )


@given(net=networks(6, min_examples=2), training=st.booleans())
def test_accuracy_leaves_the_model_alone(
    submission: SubmissionProxy, net: Any, training: Any
) -> None:
    epsilons = [0.0, 0.3]
    must_be_accuracies(submission, net, epsilons)
    attack = kits.attack("shift")
    model_is_left_alone(submission, net, training, "accuracy_under_attack", attack, epsilons)


def test_accuracy_falls_with_epsilon(submission: SubmissionProxy, entry: Any) -> None:
    limits = entry.thresholds
    count, epsilons = int(limits["images"]), [0.0, 0.05, 0.1, 0.2]
    x, y = mnist.test_images()[:count], mnist.test_labels()[:count]
    model = submission.build(kits.mlp(classifier.layers()))
    got = submission.accuracy_under_attack(model, x, y, kits.student("fgsm"), epsilons)
    found = accuracies_of(got, len(epsilons))
    draw_accuracies(entry, count, epsilons, found)
    pairs = zip(found, epsilons, strict=True)
    entry.note("FGSM accuracy " + ", ".join(f"{a:.3f} at {e:g}" for a, e in pairs))
    at_least(found[0], limits["clean"], law="the clean accuracy must be the classifier's own")
    at_most(
        float(np.diff(found).max()),
        limits["noise"],
        law="the accuracy under FGSM must not rise with epsilon",
    )
    at_most(found[2], limits["at_0.1"], law="FGSM at epsilon 0.1 must fool the classifier")


@given(count=st.integers(2, 6), start=seeds(99))
def test_plot_has_two_labelled_lines(submission: SubmissionProxy, count: Any, start: Any) -> None:
    rng = np.random.default_rng(start)
    epsilons = [round(0.02 * k, 2) for k in range(count)]
    curves = {name: np.round(rng.uniform(0, 1, count), 2).tolist() for name in ("fgsm", "pgd")}
    function = "plot_accuracy_vs_epsilon"
    drawing = submission.keep(function, epsilons, curves["fgsm"], curves["pgd"])
    drawn = described(drawing, function, "axes")
    for name, values in curves.items():
        must_be_a_labelled_line(drawn, name, epsilons, values)
    holds(bool(drawn["legend"]), law="the labels must be shown in a legend", got="no legend")


# --- (d) ---------------------------------------------------------------------------------------


@given(net=networks(), epsilon=st.sampled_from([0.0, 0.02, 0.1, 0.3, 1.0]))
def test_bounds_are_interval_arithmetic(
    submission: SubmissionProxy, net: Any, epsilon: Any
) -> None:
    x = net.inputs()
    got, after = submission.observe("bound_propagation", layers_of(net), x, epsilon)
    must_be_bounds(
        bounds_of(got, net),
        intervals.interval_bounds(net.layers, net.x, epsilon),
        net,
        epsilon,
        law="the bounds must be those of interval arithmetic, before the activation",
    )
    unchanged("bound_propagation", after[1:2], x)


@given(net=networks(max_hidden=3), epsilon=st.sampled_from([0.05, 0.2, 0.5]), points=seeds(99))
def test_bounds_are_sound(submission: SubmissionProxy, net: Any, epsilon: Any, points: Any) -> None:
    bounds = propagate(submission, net, epsilon)
    box = np.stack(intervals.interval_bounds(net.layers, net.x, epsilon)[0])
    agree(np.stack(bounds[0]), box, precision(net), law="entry 0 must be the box cut to [0, 1]")
    must_be_sound(net, epsilon, bounds, np.random.default_rng(points))


@given(net=networks(max_hidden=0), epsilon=st.sampled_from([0.02, 0.2, 0.6]))
def test_bounds_of_one_layer_are_attained(
    submission: SubmissionProxy, net: Any, epsilon: Any
) -> None:
    values = oracle.preactivations(net.layers, intervals.corners(net.x, epsilon))[-1]
    agree(
        np.stack(propagate(submission, net, epsilon)[1]),
        np.stack([values.min(axis=0), values.max(axis=0)]),
        precision(net).times(4, "sums of bounds"),
        law="the bounds of the first layer must be its smallest and largest value over the corners"
        " of the box: for one layer they are exact",
    )


def test_bounds_of_the_handout_network(submission: SubmissionProxy) -> None:
    got = propagate(submission, HANDOUT, 0.2)
    # 9.475 in the handout is printed as 9.47.
    printed = Tolerance(0.0, 0.0051, "the handout prints two decimals")
    for index, (pair, wanted) in enumerate(zip(got, HANDOUT_BOUNDS, strict=True)):
        agree(
            np.stack(pair),
            np.array(wanted),
            printed,
            law=f"entry {index} of the handout's unit tests, x = [.1, .9] and [.4, .5], eps .2",
        )


@given(net=networks(), small=st.sampled_from([0.01, 0.1]), factor=st.sampled_from([1.5, 4.0]))
def test_bounds_are_nested(submission: SubmissionProxy, net: Any, small: Any, factor: Any) -> None:
    exact = oracle.preactivations(net.layers, net.x)
    points = propagate(submission, net, 0.0)[1:]
    for index, ((lower, upper), point) in enumerate(zip(points, exact, strict=True)):
        agree(
            np.stack([lower, upper]),
            np.stack([point, point]),
            precision(net).times(4, "sums of bounds"),
            law=f"at epsilon 0 both bounds of layer {index + 1} must be its value",
        )
    narrow, wide = (propagate(submission, net, epsilon) for epsilon in (small, factor * small))
    for inner, outer in zip(narrow, wide, strict=True):
        slack = 1e-5 * (1.0 + float(np.abs(outer).max()))
        excess = max(float((outer[0] - inner[0]).max()), float((inner[1] - outer[1]).max()))
        at_most(excess, slack, law="a larger epsilon must give bounds that hold the smaller one's")


@given(
    net=networks(5, dtypes=("float64", "float32")),
    length=st.integers(1, 40),
    top=st.sampled_from([0.02, 0.1, 0.3, 1.0]),
    own=st.booleans(),
)
def test_search_is_the_exhaustive_answer(
    submission: SubmissionProxy, net: Any, length: Any, top: Any, own: Any
) -> None:
    epsilons = [top * (k + 1) / length for k in range(length)]
    if own:
        # Labels that the network itself gives can be certified; drawn ones mostly not.
        net = oracle.with_own_labels(net)
    expected, gap = intervals.certified(net, epsilons)
    assume(gap > (1e-9 if net.dtype == "float64" else 1e-4))
    x, y = net.inputs(), net.labels()
    got, after = submission.observe("binary_search", epsilons, layers_of(net), x, y, net.classes)
    found = certificates(got, epsilons, len(net.y))
    hint = partial(why_not, submission, net, epsilons, found)
    must_be_certificates(found, expected, epsilons, hint)
    holds(after[0] == epsilons, law="binary_search changed epsilons in place", got=after[0])
    unchanged("binary_search", after[2:4], x, y)


@given(length=st.integers(1, 60), classes=st.integers(2, 4), start=seeds(99))
def test_search_finds_every_position(
    submission: SubmissionProxy, entry: Any, length: Any, classes: Any, start: Any
) -> None:
    case = intervals.ladder(length, classes, start)
    found = search(submission, case.net, case.epsilons)
    draw_radii(entry, case.exact, case.expected, found)
    hint = partial(why_not, submission, case.net, case.epsilons, found)
    must_be_certificates(found, case.expected, case.epsilons, hint)


def test_search_on_the_handout_network(submission: SubmissionProxy) -> None:
    for count, expected in ((10_000, [0.0028, 0.0067]), (1_000_000, [0.002898, 0.006763])):
        epsilons = [k / count for k in range(1, 10_000)]
        exact = Network(HANDOUT.layers, HANDOUT.x, HANDOUT.y, "float64")
        net = HANDOUT if count == 10_000 else exact
        must_be_certificates(search(submission, net, epsilons), expected, epsilons)
    tie = Network(((np.eye(2), np.zeros(2)),), np.array([[0.75, 0.25]]), np.array([0]), "float32")
    got = search(submission, tie, [0.125, 0.25, 0.5])
    holds(
        got == [0.125],
        law="lower[c] must be greater than upper[i]: equal bounds (here at 0.25) do not certify",
        got=got,
        expected=[0.125],
        hint="> and not >=",
    )


def test_search_is_logarithmic(submission: SubmissionProxy, entry: Any) -> None:
    limits = entry.thresholds
    short, long = int(limits["short"]), int(limits["long"])
    propagations = further_propagations(submission, short, long)
    # The seconds differ from run to run, and a report must not: only the verdict is told.
    holds(
        propagations <= limits["propagations"],
        law=f"a list of {long} epsilons must take little longer than one of {short}: bisect, do not"
        " try them all",
        got=f"the time of more than {limits['propagations']:g} further propagations",
        expected=f"{int(np.log2(long // short))} further propagations",
    )


def test_search_certifies_the_classifier(submission: SubmissionProxy, entry: Any) -> None:
    count = 2
    x, y = mnist.test_images()[:count], mnist.test_labels()[:count]
    epsilons = [k / 10_000 for k in range(1, 256)]
    got = submission.binary_search(epsilons, kits.linear_layers(classifier.layers()), x, y, 10)
    found = certificates(got, epsilons, count)
    layers = [(w.double().numpy(), b.double().numpy()) for w, b in classifier.layers()]
    images, labels = x.double().numpy(), y.numpy()
    slack = entry.thresholds["margin"]
    radii = np.array([e or 0.0 for e in found])[:, None]
    entry.note("certified radii " + ", ".join(f"{e:.4f}" for e in radii[:, 0]))
    draw_radii_among_others(entry, radii[:, 0].tolist())
    inside = intervals.margins(layers, images, labels, radii)
    outside = intervals.margins(layers, images, labels, radii + 1e-4)
    at_least(
        float(inside[radii[:, 0] > 0].min(initial=1.0)),
        -slack,
        law="every radius given for an MNIST image must be certified (smallest margin of logits)",
    )
    at_most(
        float(outside.max()),
        slack,
        law="no MNIST image may be certified at the next radius of the list (largest margin)",
    )
