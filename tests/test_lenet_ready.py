"""How a drawing becomes the input, step by step: the numbers beside the pictures are those of the steps."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from content.text import LANGUAGES
from core.centre import bitmap, centring, eight_by_eight
from core.data.strokes import sharp_digit
from figures.palette import GREY, RED
from tests.test_pages import fine, opened, own_store, server_had_a_visitor  # noqa: F401  (two of them are fixtures)
from ui.lenet import pad

SVG = "{http://www.w3.org/2000/svg}"
SMALL = sharp_digit(7)[0].roll((-4, 4), (0, 1)).numpy()                    # a 7 near the upper right corner


def drawn(image: np.ndarray | None, **query: str):
    """The page after somebody drew this, with everything unfolded."""
    at = opened("lenet", picture="drawn", **query)
    at.session_state["pad lenet.pad"] = pad.Kept(pixels=pad.encode(image))
    at.session_state["fold.lenet.ready"] = True
    return fine(at.run())


def steps(at) -> str:
    found = [e for e in at.get("bidi_component") if "lenet.ready.steps" in e.proto.id]
    return found[0].proto.bytes.decode() if found else ""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_mnists_rule_is_shown_with_the_numbers_of_this_drawing(lang):
    made, svg = centring(SMALL), steps(drawn(SMALL, lang=lang))
    ET.fromstring(svg)
    high, wide = made.box[2:]
    row, column = (at + corner for at, corner in zip(made.mass, made.corner, strict=True))
    for words in (f"{high} × {wide}", f"{made.scaled.shape[0]} × {made.scaled.shape[1]}", f"({row:.1f}, {column:.1f})"):
        assert words in svg
    assert len(re.findall("<image", svg)) == 3
    assert 13.5 <= row < 14.5


def test_boxes_and_crosses_stand_where_the_steps_say():
    """Three panels of 290 units for 28 pixels, 355 apart and 44 down; the middle of pixel 0 is half a pixel in."""
    made = centring(SMALL)
    drawing = ET.fromstring(steps(drawn(SMALL)))
    pixel = 290 / 28

    def place(panel: int, row: float, column: float) -> list[float]:
        return [355 * panel + column * pixel, 44 + row * pixel]

    (*ink, high, wide), (row, column), (top, left) = made.box, made.mass, made.corner
    boxes = [[float(e.attrib[name]) for name in ("x", "y", "width", "height")] for e in drawing.iter(f"{SVG}rect")]
    assert boxes[0] == pytest.approx([*place(0, *ink), wide * pixel, high * pixel], abs=0.01)
    assert boxes[1] == pytest.approx([*place(1, 4, 4), 20 * pixel, 20 * pixel], abs=0.01)
    crosses = [e for e in drawing.iter(f"{SVG}path") if e.attrib["d"].endswith("v22")]
    assert [e.attrib["stroke"] for e in crosses] == [RED, GREY, RED]
    wanted = [place(1, row + 4.5, column + 4.5), place(2, 14.5, 14.5), place(2, row + top + 0.5, column + left + 0.5)]
    for cross, (x, y) in zip(crosses, wanted, strict=True):
        start, down = re.fullmatch(r"M(\S+ \S+)h22M(\S+ \S+)v22", cross.attrib["d"]).groups()
        assert [float(n) for n in start.split()] == pytest.approx([x - 11, y], abs=0.01)
        assert [float(n) for n in down.split()] == pytest.approx([x, y - 11], abs=0.01)


def test_the_rule_of_the_digits_is_shown_when_that_was_done():
    svg = steps(drawn(SMALL, form="eight"))
    assert "32 × 32" in svg
    assert len(re.findall("<image", svg)) == 3


@pytest.mark.parametrize(("image", "form"), [(None, "learned"), (None, "eight"), (SMALL, "as_drawn")])
def test_without_a_step_there_is_nothing_to_show(image, form):
    assert steps(drawn(image, form=form)) == ""


def test_the_counts_are_those_of_the_bitmap():
    counted = bitmap(SMALL).view(8, 4, 8, 4).sum((1, 3))                   # (32, 32) -> (8, 8)
    assert (eight_by_eight(SMALL) / 255 * 16).round().equal(counted)
