"""What the copies look at: the heat stands where the network's numbers are, and every control says what it means."""

import re
import xml.etree.ElementTree as ET
from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from content.text import LANGUAGES, Text
from core import attribution
from core.look import LookSpec, look
from core.models import LENETS
from figures import heat
from figures.inside import colours
from figures.pixel import number
from ui.lenet import attention

SVG = "{http://www.w3.org/2000/svg}"
WORDS = {"input": "in & out", "unit": "logits", "zero": "0 everywhere", "alt": "a <heat>"}
GREY = np.zeros((1, 8, 8), np.uint8)
GREY[0, 2:6, 3:5] = 255


def page() -> None:
    import streamlit as st

    from content.text import Text
    from core.look import LookSpec, look
    from ui.lenet import attention

    asked = {name: st.session_state[name] for name in ("network", "digit", "picture") if name in st.session_state}
    t = Text(st.session_state["lang"])
    attention.draw(t, look(LookSpec(**asked)), [t("lenet.fresh"), "mine"])


def opened(lang: str = "en", **asked: object) -> AppTest:
    at = AppTest.from_function(page, default_timeout=60)
    for name, value in {"lang": lang, "fold.lenet.attention": True, **asked}.items():
        at.session_state[name] = value
    return fine(at.run())


def fine(at: AppTest) -> AppTest:
    assert [e.value for e in at.exception] == []
    return at


def svg(at: AppTest) -> str:
    return next(e for e in at.get("bidi_component") if "lenet.attention" in e.proto.id).proto.bytes.decode()


def words(drawn: str) -> list[str]:
    return [e.text for e in ET.fromstring(drawn).iter(f"{SVG}text")]


def pictures(drawn: str) -> list[tuple[dict, np.ndarray]]:
    """Every picture of the SVG: where it stands, and its pixels."""
    return [(e.attrib, np.asarray(Image.open(BytesIO(b64decode(e.attrib["href"].partition(",")[2])))))
            for e in ET.fromstring(drawn).iter(f"{SVG}image")]


def test_a_known_heat_is_at_its_place():
    values = np.zeros((4, 4))
    values[1, 2] = 0.5
    drawn = heat.beside(GREY, [heat.Heat("a", values, "about")], False, WORDS)
    (_, grey), (_, below), (place, shown), (_, band) = pictures(drawn)
    np.testing.assert_array_equal(grey, GREY[0])
    np.testing.assert_array_equal(below, GREY[0])
    assert [float(place[name]) for name in ("x", "y", "width", "height")] == [350, 40, 300, 300]
    assert (shown == shown[0, 0]).all(axis=2).sum() == 15                  # all but one are 0
    assert shown[1, 2].tolist() == colours(np.ones((1, 1)), 1, False)[0, 0].tolist() == band[0, -1].tolist()
    assert words(drawn) == ["in & out", "a", "0", "0.5", "logits", "about"]


def test_a_margin_is_left_free_and_a_signed_heat_has_zero_in_the_middle():
    values = np.array([[-2.0, 1.0], [0.0, 0.0]])
    drawn = heat.beside(GREY, [heat.Heat("a", values, "about", margin=2)], True, WORDS)
    _, _, (place, shown), (_, band) = pictures(drawn)
    assert [float(place[name]) for name in ("x", "y", "width", "height")] == [425, 115, 150, 150]     # 2 of 8 pixels are 75
    assert shown[0, 0].tolist() == band[0, 0].tolist()
    assert shown[1, 1].tolist() == [247, 247, 247]
    assert words(drawn)[2:6] == ["0", "−2", "2", "logits"]


def test_the_outline_runs_between_bright_and_dark_pixels():
    drawn = heat.beside(GREY, [heat.Heat("a", np.ones((2, 2)), "about")], False, WORDS)
    for path in ET.fromstring(drawn).iter(f"{SVG}path"):
        assert len(re.findall("h", path.attrib["d"])) == 2 * 2             # of 4 x 2 bright pixels: two wide, four high
        assert len(re.findall("v", path.attrib["d"])) == 2 * 4
        assert path.attrib["d"].startswith("M112.5 75h37.5")


def test_a_heat_without_any_is_said_to_be_zero():
    drawn = heat.beside(GREY, [heat.Heat("a", np.zeros((2, 2)), "about")], False, WORDS)
    assert "0 everywhere" in words(drawn)
    assert len(pictures(drawn)) == 3                                       # no scale


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("method", attention.METHODS)
@pytest.mark.parametrize("network", LENETS)
def test_every_method_draws_both_copies_of_every_network(network, method, lang):
    at = opened(lang, network=network, **{"lenet.attention.method": method})
    said = words(svg(at))
    t = Text(lang)
    assert [word for word in said if word in (t("lenet.fresh"), "mine")] == [t("lenet.fresh"), "mine"]
    assert said.count(t(f"lenet.attention.unit.{method}")) + said.count(t("lenet.attention.zero")) == 2
    about = " ".join(box.value for box in at.markdown)
    assert ("not prove" if lang == "en" else "不能证明") in about
    assert "{" not in about


@pytest.mark.parametrize("digit", ["answer", "8"])
def test_the_heat_is_that_of_the_class_asked_for(digit):
    at = opened(**{"lenet.attention.class": digit})
    seen = look(LookSpec())
    target = int(seen.trained.logits.argmax()) if digit == "answer" else 8
    found = attribution.saliency(seen.trained.model, seen.trained.traced.ops[0].x, target).numpy()
    heats = [shown for place, shown in pictures(svg(at)) if place["height"] == "300" and shown.ndim == 3]
    np.testing.assert_array_equal(heats[1], colours(found, float(found.max()), False))
    assert number(float(found.max())) in words(svg(at))
    assert f"logit {number(float(seen.trained.logits[target]))}," in " ".join(words(svg(at)))


def test_the_class_follows_the_answer_until_one_is_chosen():
    at = opened(digit=3)
    assert at.selectbox(key="lenet.attention.class").value == "answer"
    assert "class 3 in" in svg(at)
    at.session_state["digit"] = 7
    assert "class 7 in" in svg(fine(at.run()))
    fine(at.selectbox(key="lenet.attention.class").set_value("5").run())
    at.session_state["digit"] = 3
    assert "class 5 in" in svg(fine(at.run()))


def test_grad_cam_is_as_coarse_as_the_maps_and_names_their_layer():
    at = opened(network="lenet5", **{"lenet.attention.method": "grad_cam"})
    heats = [shown.shape for place, shown in pictures(svg(at)) if place["height"] == "300" and shown.ndim == 3]
    assert heats == [(8, 8, 3)] * 2                                        # 28 -> 24 -> 12 -> 8
    about = " ".join(box.value for box in at.markdown)
    assert "`conv2.0`" in about
    assert "8 × 8 places" in about


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("picture", "zero", "other"), [("sharp", "grey", "black"), ("text", "black", "grey")])
def test_occlusion_says_what_colour_a_hidden_pixel_has(picture, zero, other, lang):
    """x is 0 there: a grey behind a normalised picture, black in the text's noise, whose numbers are x itself."""
    about = " ".join(box.value for box in opened(lang, picture=picture, **{"lenet.attention.method": "occlusion"}).markdown)
    assert Text(lang)(f"lenet.attention.{zero}") in about
    assert Text(lang)(f"lenet.attention.{other}") not in about


def test_occlusion_leaves_the_rim_free_that_no_square_is_centred_on():
    at = opened(**{"lenet.attention.method": "occlusion"})
    place, shown = next((place, shown) for place, shown in pictures(svg(at)) if shown.shape == (14, 14, 3))
    assert float(place["width"]) == pytest.approx(300 * 28 / 32)           # 14 places of 2 pixels
    assert float(place["y"]) == pytest.approx(40 + 300 * 2 / 32)
