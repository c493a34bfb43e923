"""The pictures of a frozen step: well-formed, with the right colours, and charts that plotly accepts."""

import base64
import io
import re
import xml.etree.ElementTree as ET

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image

from core.one_step import points
from core.one_step.frame import lines
from figures import one_step, one_step_curves, one_step_layers
from figures.inside import answers, colours
from figures.palette import CLASSES, ORANGE, SIGNED, packed
from figures.pixel import number

WORDS = dict.fromkeys(("loss", "sample", "none", "after", "logit", "x", "hidden", "activation", "output", "logits", "alt", "above",
                       "below", "new", "watched"), "<&>")


def drawn(moment: int, sample: int = 0, words: dict[str, str] = WORDS) -> str:
    frame = points.frames("sgd", 0.5, "relu", False)[moment]
    return one_step.picture(one_step.Look(frame, sample, 1.0, 0.2, None, "hidden.bias[2]"), words)


def band(moment: int, sample: int = 0, skipped: bool = False, plane: np.ndarray | None = None) -> str:
    frame = points.frames("sgd", 0.5, "relu", skipped)[moment]
    plane = points.decision("relu", frame.weights).numpy() if plane is None else plane
    return one_step.band(lines(), frame.part, skipped, {"handed": "<&>", "program": "<&>"}, plane, sample)


@pytest.mark.parametrize("moment", range(21))
def test_every_moment_is_well_formed_and_keeps_its_size(moment):
    picture = ET.fromstring(drawn(moment))
    assert picture.get("viewBox") == ET.fromstring(drawn(0)).get("viewBox")
    assert len(picture.findall(".//{*}title")) == 17                       # one for each parameter


@pytest.mark.parametrize(("moment", "frames"), [(0, 0), (1, 0), (2, 10), (3, 1), (4, 22), (5, 17), (6, 17)])
def test_what_the_line_changed_has_an_orange_frame(moment, frames):
    """Forward: two numbers for each of five units; backward: 17 gradients and those of five units; zero_grad: 17 are gone."""
    assert drawn(moment).count('stroke="#E08A00" stroke-width="3"') == frames + 1           # the legend's own


def test_the_line_that_ran_is_marked_and_a_forgotten_one_struck_out():
    wide = one_step.PROGRAM - 8
    marked = [i for i, y in enumerate(range(1, 1 + 5 * one_step.LINE, one_step.LINE)) if f'y="{y}" width="{wide}"' in band(9)]
    assert marked == [3]
    assert band(9).count("line-through") == 0
    assert band(9, skipped=True).count("line-through") == 1


def test_orange_is_what_has_just_changed_and_nothing_else():
    """The chosen sample has a ring in black and white, and the plane colours of its own, none of them blue or red."""
    assert ORANGE not in band(0)                     # at the start no line ran, and a sample is chosen
    rings = [band(0, sample).count('fill="#FFFFFF" stroke="#000000" stroke-width="3"') for sample in range(4)]
    assert rings == [2, 2, 2, 2]
    assert len({band(0, sample) for sample in range(4)}) == 4
    signed = {stop for _, stop in SIGNED} - {"#F7F7F7"}
    assert not signed & {stop for _, stop in CLASSES}
    corners = answers(np.array([[0.0, 0.5, 1.0]]))[0]
    assert corners.tolist() == [[0x1B, 0x78, 0x37], [0xF7, 0xF7, 0xF7], [0x76, 0x2A, 0x83]]


def test_a_units_gradient_stands_right_below_the_sum_that_it_is_the_gradient_of():
    frame = points.frames("sgd", 0.5, "relu", False)[4]
    sums, flows, names = frame.outputs["output"][0], frame.flows["output"][0], WORDS | {"logit": "logit"}
    probabilities = sums.softmax(0)
    written = re.findall(r">((?:logit|grad|p) [^<]*)<", drawn(4, words=names))
    first = written.index(f"logit {number(float(sums[0]))}")
    assert written[first : first + 6] == [f"{name} {number(float(values[unit]))}" for unit in range(2)
                       for name, values in (("logit", sums), ("grad", flows), ("p", probabilities))]


def test_long_numbers_get_smaller_letters_so_that_they_stay_in_their_field():
    assert one_step._size("−0.113 → −0.0291", one_step.VALUE) == one_step.LETTERS
    assert 12 < one_step._size("b −0.00181 → −0.00293", one_step.VALUE) < one_step.LETTERS


def test_the_thick_frame_lies_above_its_neighbours():
    assert ET.fromstring(drawn(4)).findall("{*}g")[-1].findall("{*}rect")[-1].get("stroke-width") == "4"


def test_a_map_has_white_for_zero_the_ends_for_the_largest_and_nothing_between_tiles():
    sheet = np.array([[-2.0, 0.0, 2.0, 9.0, np.nan]], dtype=np.float32)
    uri = one_step_layers._indexed(sheet, 2.0)
    image = np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))).convert("RGBA"))[0]
    expected = colours(np.array([[-2.0, 0.0, 2.0, 2.0]]), 2.0, signed=True)[0]
    assert image[:4, :3].tolist() == expected.tolist()
    assert image[:, 3].tolist() == [255, 255, 255, 255, 0]


def test_plotly_accepts_both_curves_and_zero_errors_have_a_place():
    words = dict.fromkeys(("h", "error", "here", "zeroed", "forgotten", "step", "loss"), "word")
    errors = one_step_curves.errors((1.0, 0.1), (1e-4, 0.0), (0.1, 0.0), words)
    losses = one_step_curves.losses((0.7, 0.1), (0.7, 0.0), words)
    go.Figure(errors), go.Figure(losses)             # each raises for a property that plotly does not know
    assert errors["data"][0]["y"] == packed(np.array([1e-4, one_step_curves.EXACT]))
    assert losses["data"][1]["y"] == packed(np.array([0.7, one_step_curves.SMALL]))
