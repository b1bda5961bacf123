"""What a check is told of a drawing: as people see it, however it was made."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from mpl_toolkits.axes_grid1 import ImageGrid

from grader.engine.forms import is_drawing
from grader.sandbox.describe import describe

IMAGE = np.arange(4.0).reshape(2, 2)


@pytest.fixture
def axes() -> Axes:
    return Figure().subplots()


def labels(axes: Axes) -> list[str]:
    return [line["label"] for line in describe(axes)["lines"]]


def test_a_legends_texts_are_the_labels_of_its_lines(axes: Axes) -> None:
    axes.plot([0, 1], "o-")
    axes.plot([1, 0], "--")
    axes.legend(["first", "second"])

    assert labels(axes) == ["first", "second"]


def test_a_legend_that_fits_two_lines_names_none(axes: Axes) -> None:
    lines = [axes.plot([0, 1], "k")[0], axes.plot([1, 0], "k")[0]]
    axes.legend(handles=lines, labels=["first", "second"])

    assert all(label.startswith("_") for label in labels(axes))


def test_a_legend_of_other_things_names_no_line(axes: Axes) -> None:
    axes.plot([0, 1])
    axes.legend([axes.stem([1, 2])], ["stems"])

    assert labels(axes)[0].startswith("_")


def test_a_figures_legend_is_its_axes_legend() -> None:
    figure = Figure()
    figure.subplots().plot([0, 1], label="accuracy")
    figure.legend()

    assert describe(figure)["axes"][0]["legend"] == ["accuracy"]


def test_a_rule_across_the_axes_is_no_line_of_data(axes: Axes) -> None:
    axes.axhline(0)
    axes.axvline(0)
    axes.plot([1, 2], [3, 4])

    (line,) = describe(axes)["lines"]
    assert line["y"].tolist() == [3, 4]


def test_only_markers_are_a_scatter(axes: Axes) -> None:
    axes.vlines([0, 1], 0, 1)
    axes.fill_between([0, 1], 0, 1)
    axes.scatter([5], [6])
    axes.plot([1, 2], [3, 4], "o", linewidth=0)
    axes.plot([1, 2], [3, 4], marker="o", linewidth=0)

    found = describe(axes)
    assert [part["xy"].tolist() for part in found["scatters"]] == [[[5, 6]]]
    assert [line["linestyle"] for line in found["lines"]] == ["None", "None"]


@pytest.mark.parametrize("place", ["left", "center", "right"])
def test_a_title_may_stand_anywhere(axes: Axes, place: Any) -> None:
    axes.set_title("a cat", loc=place)

    assert describe(axes)["title"] == "a cat"


def test_the_title_of_a_part_of_the_figure_is_that_of_its_only_axes() -> None:
    figure = Figure()
    figure.suptitle("all")
    left, right = figure.subfigures(1, 2)
    left.suptitle("a cat")
    left.subplots()
    right.suptitle("two dogs")
    right.subplots(2)

    assert [axes["title"] for axes in describe(figure)["axes"]] == ["a cat", "", ""]


def bottoms(figure: Figure) -> list[float]:
    shown = [axes for axes in describe(figure)["axes"] if axes["images"]]
    return [round(axes["position"][1], 2) for axes in shown]


def test_positions_are_those_in_the_whole_figure() -> None:
    figure = Figure()
    for part in figure.subfigures(2, 1):
        for axes in part.subplots(1, 2):
            axes.imshow(IMAGE)

    above, _, below, _ = bottoms(figure)
    assert above > 0.5 > below
    assert bottoms(figure) == [above, above, below, below]


def test_a_grid_that_places_its_axes_late_is_asked_where() -> None:
    figure = plt.figure()
    for axes in ImageGrid(figure, 111, nrows_ncols=(2, 2)):
        axes.imshow(IMAGE)

    above, _, below, _ = bottoms(figure)
    plt.close(figure)
    assert above > below


def test_a_description_without_its_colours_is_of_another_form(axes: Axes) -> None:
    axes.imshow(IMAGE)
    right = describe(axes)

    assert is_drawing(right)
    assert not is_drawing({**right, "limits": []})
    assert not is_drawing({**right, "limits": [[0.0, 1.0]]})
    assert not is_drawing({**right, "limits": [np.zeros(3)]})
