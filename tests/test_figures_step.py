"""The pictures of a frozen step: well-formed, with the right colours, and charts that plotly accepts."""

import base64
import io
import xml.etree.ElementTree as ET

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image

from core.one_step import points
from core.one_step.frame import lines
from figures import one_step, one_step_curves, one_step_layers
from figures.inside import colours
from figures.palette import packed

WORDS = dict.fromkeys(("loss", "sample", "none", "after", "logit", "x", "hidden", "activation", "output", "logits", "alt"), "<&>")


def drawn(moment: int, sample: int = 0, skipped: bool = False) -> str:
    frame = points.frames("sgd", 0.5, "relu", skipped)[moment]
    plane = points.decision("relu", frame.weights).numpy()
    return one_step.picture(one_step.Look(frame, sample, 1.0, 0.2, None, "hidden.bias[2]"), lines(), plane, skipped, WORDS)


@pytest.mark.parametrize("moment", range(21))
def test_every_moment_is_well_formed_and_keeps_its_size(moment):
    picture = ET.fromstring(drawn(moment))
    assert picture.get("viewBox") == ET.fromstring(drawn(0)).get("viewBox")
    assert len(picture.findall(".//{*}title")) == 17                       # one for each parameter


@pytest.mark.parametrize(("moment", "frames"), [(0, 0), (1, 0), (2, 10), (3, 1), (4, 22), (5, 17), (6, 17)])
def test_what_the_line_changed_has_an_orange_frame(moment, frames):
    """Forward: two numbers for each of five units; backward: 17 gradients and those of five units; zero_grad: 17 are gone."""
    assert drawn(moment).count('stroke="#E08A00" stroke-width="3"') == frames


def test_the_line_that_ran_is_marked_and_a_forgotten_one_struck_out():
    marked = [i for i, y in enumerate(range(6, 6 + 5 * one_step.LINE, one_step.LINE)) if f'y="{y}" width="430"' in drawn(9)]
    assert marked == [3]
    assert drawn(9).count("line-through") == 0
    assert drawn(9, skipped=True).count("line-through") == 1


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
