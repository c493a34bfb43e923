"""How a drawing becomes the input, step by step: the numbers beside the pictures are those of the steps."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from content.text import LANGUAGES
from core.centre import bitmap, centring, eight_by_eight
from core.data.strokes import sharp_digit
from tests.test_pages import fine, opened, own_store, server_had_a_visitor  # noqa: F401  (two of them are fixtures)
from ui.lenet import pad

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
