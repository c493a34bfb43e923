"""The twins' pictures show the number that differs, its digits and its bits."""

import xml.etree.ElementTree as ET

import numpy as np
import plotly.graph_objects as go
import pytest

from core.twins import PARTS, Difference
from figures import twins

SVG = "{http://www.w3.org/2000/svg}"
WORDS = {part: part for part in PARTS} | {name: name for name in (
    "equal", "differs", "later", "start", "now", "a", "b", "alt", "sign", "exponent", "fraction")}
LR = Difference(1, "step", "conv1.0.weight", ((6, 1, 5, 5),) * 2, (0, 0, 0, 0), 0.0005026314174756408, 0.008502613753080368, 150)


def words(svg: str) -> list[str]:
    return ["".join(element.itertext()) for element in ET.fromstring(svg).iter(f"{SVG}text")]


def test_plotly_accepts_the_chart():
    named = dict.fromkeys(("a", "b", "chance", "step", "loss", "distance", "zero"), "words")
    for equal in (False, True):
        figure = twins.chart(2.303, named, equal)
        drawn = go.Figure(figure)
        assert [trace.yaxis for trace in drawn.data] == [None, None, "y2"]
        assert len(drawn.layout.annotations) == 1 + equal


@pytest.mark.parametrize("part", PARTS)
def test_what_comes_before_is_equal_and_what_comes_after_is_not_compared(part):
    shown = words(twins.walk(Difference(1, part, "x", ((2,), (2,)), (0,), 1.5, 2.5, 1), WORDS))
    at = PARTS.index(part)
    assert [w for w in shown if w in ("= equal", "≠ differs", "later")] == ["= equal"] * at + ["≠ differs"] + ["later"] * (5 - at)


def test_without_a_difference_all_are_equal_and_before_the_begin_nothing_is_said():
    assert words(twins.walk(None, WORDS)).count("= equal") == 6
    assert words(twins.walk(None, WORDS, begun=False)).count("?") == 6


def test_the_number_is_named_and_both_values_stand_there():
    shown = words(twins.walk(LR, WORDS))
    assert "conv1.0.weight[0, 0, 0, 0]" in shown
    assert "0.00050263142" in shown
    assert "0.00850261375" in shown


def test_digits_are_marked_from_the_first_that_differs():
    marked = ["".join(t.itertext()) for t in ET.fromstring(twins.walk(LR, WORDS)).iter(f"{SVG}tspan")]
    assert marked == ["050263142", "850261375"]


def test_tensors_of_different_shape_show_their_shapes():
    shown = words(twins.walk(Difference(1, "batch", "x", ((32, 1, 28, 28), (64, 1, 28, 28))), WORDS))
    assert {"x.shape", "32 × 1 × 28 × 28", "64 × 1 × 28 × 28"} <= set(shown)


def test_a_number_without_axes_has_no_index():
    assert "loss" in words(twins.walk(Difference(1, "loss", "loss", ((), ()), (), 2.25, 2.5, 1), WORDS))


@pytest.mark.parametrize("value", [0.1, -0.0014973640209063888, 123.456, 3e-5, 7e-12, 65504.0])
@pytest.mark.parametrize("up", [np.inf, -np.inf])
def test_neighbours_among_float32_are_written_differently(value, up):
    a = np.float32(value)
    b = np.nextafter(a, np.float32(up))
    one, two = twins.digits(float(a), float(b))
    assert one != two
    assert (np.float32(one), np.float32(two)) == (a, b)


def test_whole_numbers_are_written_whole():
    assert twins.digits(3, 5) == ("3", "5")
    assert twins.digits(0.0, 0.0) == ("0", "0")


def test_bits_are_those_of_the_float32():
    shown = words(twins.bits(1.0, float(np.nextafter(np.float32(1), np.float32(2))), WORDS))
    cells = [w for w in shown if w in ("0", "1")]
    one = "0" + "01111111" + 23 * "0"                # +, 2 to the power of 127 - 127, 1.000…
    assert "".join(cells[:32]) == one
    assert "".join(cells[32:]) == one[:-1] + "1"


def test_only_differing_bits_are_filled():
    drawn = ET.fromstring(twins.bits(0.5, -0.5, WORDS)).iter(f"{SVG}rect")
    assert sum(rect.get("fill") != "none" for rect in drawn) == 2          # the sign, in both rows
