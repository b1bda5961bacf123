"""Thresholds of trained files part good models from weak ones, by the figures that were measured.

`trained_models.jsonl` has what `python -m grader.author.calibrate_generative` printed: ten training
seeds of the reference, looked at early and at the end, models trained in a wrong way, and samples
that are real images of a few digits only.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.checks.support.generative import share_of_points
from grader.rubric import CheckEntry, load_rubric

Line = dict[str, Any]
LINES: list[Line] = [
    json.loads(line)
    for line in (Path(__file__).parent / "trained_models.jsonl").read_text().splitlines()
]
EPOCHS = {"hw5_gan": 50, "hw5_dAE": 10, "hw5_vae": 10}
ARTIFACTS = [check for check in load_rubric().index.values() if check.kind == "artifact"]


def topic_of(check: CheckEntry) -> str:
    return check.id.split(".")[0]


def share(check: CheckEntry, line: Line) -> float:
    """The share of a check's points for a model; 1 where its figure was not measured."""
    (score,) = {name.split("_p")[0] for name in check.thresholds if name.endswith("_pass")}
    figures = dict(line)
    if "d_real" in line:
        figures["gap"] = line["d_real"] - line["d_noise"]
    if "bce" in line:
        figures["ratio"] = line["bce"] / check.thresholds.get("bce_of_reference", 1.0)
        figures["left"] = line["mse_ratio"]
    if score not in figures:
        return 1.0
    passing, full = (check.thresholds[f"{score}_{which}"] for which in ("pass", "full"))
    return share_of_points(figures[score], passing, full)


def weak(topic: str) -> Iterator[Line]:
    """Untrained, of one epoch, trained wrongly, or of a few digits; the GAN of five epochs too."""
    for line in LINES:
        own = line["topic"] == topic
        if own and line["epoch"] <= (5 if topic == "hw5_gan" else 1):
            yield line
        elif own and line["variant"] in ("no noise", "KL dropped"):
            if line["epoch"] == EPOCHS[topic]:
                yield line
        elif line["topic"] == "samples" and topic != "hw5_dAE":
            yield line


@pytest.mark.parametrize("check", ARTIFACTS, ids=lambda check: check.id)
def test_ten_good_models_earn_everything(check: CheckEntry) -> None:
    topic = topic_of(check)
    good = [
        line
        for line in LINES
        if (line["topic"], line["variant"], line["epoch"]) == (topic, "reference", EPOCHS[topic])
    ]

    assert sorted(line["seed"] for line in good) == list(range(10))
    assert {share(check, line) for line in good} == {1.0}


@pytest.mark.parametrize("check", ARTIFACTS, ids=lambda check: check.id)
def test_every_check_fails_a_weak_model(check: CheckEntry) -> None:
    assert 0.0 in {share(check, line) for line in weak(topic_of(check))}


@pytest.mark.parametrize("topic", EPOCHS)
def test_every_weak_model_fails_a_check(topic: str) -> None:
    checks = [check for check in ARTIFACTS if topic_of(check) == topic]
    found = list(weak(topic))

    assert len(found) >= 10
    for line in found:
        assert 0.0 in {share(check, line) for check in checks}, line
