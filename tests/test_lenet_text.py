"""The introyt1 text's own untrained network on LeNet's page: its printed output, side by side with what a trained copy says."""

import html
import json

import numpy as np
import pytest

from content.text import LANGUAGES
from core.introyt1 import text_output
from core.look import LookSpec, look
from core.models import LENETS
from tests.test_core_seeded import OUTPUT
from tests.test_lenet_page import halves, told
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two of them are fixtures)

TEXT = {"start": "text", "picture": "text"}
RAW = OUTPUT.replace(", grad_fn=<AddmmBackward0>", "")                     # without a gradient to follow


def keys(at) -> set[str]:
    return {str(button.key) for button in at.button}


def drawn_bars(at) -> list[dict]:
    return json.loads(at.get("plotly_chart")[0].proto.spec)["data"]


def test_the_texts_printed_output_stands_beside_the_trained_copys():
    at = opened("lenet", **TEXT)
    trained = look(LookSpec(**TEXT)).trained.logits.unsqueeze(0)
    assert f">>> net(x)  # text's\n{RAW}\n>>> net(x)  # trained\n{trained}" in [code.value for code in at.code]
    bars = {trace["name"]: trace for trace in drawn_bars(at)}
    assert {"text's", "trained"} <= set(bars)
    assert "fresh" not in bars
    assert "shows no digit" in shown(at)
    assert not any(str(group.key).startswith("predict.lenet") for group in at.button_group)      # noise has no right answer


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_left_copy_has_the_texts_name_wherever_it_is_named(lang):
    old, new = {"en": ("fresh", "text's"), "zh": ("未训练", "课文")}[lang]
    at = opened("lenet", lang=lang, **TEXT)
    for fold in ("attention", "deeper"):
        at.session_state[f"fold.lenet.{fold}"] = True
    fine(at.run())
    assert told(at)[0]["names"][0] == new
    pictures = [html.unescape(e.proto.bytes.decode()) for e in at.get("bidi_component") if "lenet.attention" in e.proto.id]
    assert f">{new}</text>" in pictures[0]
    assert f">{old}</text>" not in pictures[0]
    assert "<path" not in pictures[0]                                      # the outline of noise would be a maze
    charts = [chart.proto.spec for chart in at.get("plotly_chart")]
    assert len(charts) == 3                                                # the answers and two layers' kernels
    said = [json.dumps(json.loads(chart), ensure_ascii=False) for chart in charts]
    assert all(f'"{new}"' in words or f"<b>{new}</b>" in words for words in said)
    assert all(f'"{old}"' not in words for words in said)


def test_the_noise_goes_into_the_maps_as_it_is():
    at = opened("lenet", **TEXT)
    row, first = told(at)[0]["layers"][:2]
    noise = look(LookSpec(**TEXT)).fresh.traced.ops[0].x[0].numpy()
    np.testing.assert_array_equal(halves(row["copies"][0]["values"]), noise.ravel().astype("<f2"))
    assert 0 <= row["copies"][0]["range"][0] < row["copies"][0]["range"][1] < 1
    assert row["copies"][0]["about"] == "as it is, not normalised"
    assert first["role"] == "C1"


def test_with_a_digit_the_texts_weights_are_asked_like_any_untrained_ones():
    at = opened("lenet", start="text")
    assert "What will the text's copy, which has learned nothing, answer?" in shown(at)
    maps = told(at)[0]["layers"][1]["copies"][0]["values"]
    assert maps != told(opened("lenet"))[0]["layers"][1]["copies"][0]["values"]


def test_the_button_beside_the_texts_output_leads_there_and_another_back():
    at = opened("lenet", picture="real", digit="7", seed="5")
    at.session_state["fold.lenet.deeper"] = True
    fine(at.run())
    assert OUTPUT in [code.value for code in at.code]
    assert "lenet.start.back" not in keys(at)
    fine(at.button(key="lenet.start.look").click().run())
    assert at.query_params == {"lang": "en", "digit": "7", "seed": "5", **TEXT}
    assert at.number_input(key="lenet.seed").disabled
    assert at.button(key="lenet.start.look").disabled
    assert "lenet.start.back_below" in keys(at)
    fine(at.button(key="lenet.start.back").click().run())
    assert at.query_params == {"lang": "en", "digit": "7", "seed": "5", "picture": "text"}
    assert not at.number_input(key="lenet.seed").disabled
    assert told(at)[0]["names"] == ["fresh", "trained"]
    assert not keys(at) & {"lenet.start.back", "lenet.start.back_below"}


def test_another_network_is_offered_neither_and_forgets_both():
    at = opened("lenet", **TEXT)
    fine(at.selectbox(key="lenet.network").set_value("lenet5").run())
    assert at.query_params == {"lang": "en", "network": "lenet5"}
    assert told(at)[0]["names"][0] == "fresh"
    assert "text's noise" not in offered(at)
    fine(at.selectbox(key="lenet.network").set_value("lenet").run())
    assert at.query_params == {"lang": "en"}
    assert "text's noise" in offered(at)


def test_the_kinds_of_picture_are_offered_in_the_same_way_for_every_network():
    """A browser forgets the value when a box becomes buttons."""
    at = opened("lenet", picture="real")
    for network in LENETS:
        fine(at.selectbox(key="lenet.network").set_value(network).run())
        assert at.selectbox(key="lenet.picture").value == "real"


def offered(at) -> list[str]:
    """The kinds of picture to choose from."""
    return at.selectbox(key="lenet.picture").options


def test_a_link_that_asks_another_network_for_it_shows_that_network_as_ever():
    at = opened("lenet", network="cifar_net", **TEXT)
    assert at.query_params == {"lang": "en", "network": "cifar_net"}
    assert "The picture shows a 3" in shown(at)


def test_reset_takes_it_back():
    at = opened("lenet", **TEXT)
    fine(at.button(key="frame.reset").click().run())
    assert at.query_params == {"lang": "en"}
    assert told(at)[0]["names"][0] == "fresh"


def test_nobody_can_change_the_texts_network_for_the_others():
    mine = text_output()[0]
    mine.conv1.weight.data.zero_()
    assert text_output()[0].conv1.weight.abs().sum() > 0
    assert look(LookSpec(**TEXT)).fresh.logits.equal(text_output()[1][0])
