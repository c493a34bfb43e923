"""Change something and watch: what becomes of the maps and the answer, and that everything can be taken back."""

import base64
import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core import weights
from core.change import Change, apply, convolutions
from core.look import LookSpec, look, see
from core.models import LENETS
from core.trace import layers
from figures.mosaic import tile
from figures.pixel import number
from tests.test_pages import fine, shown
from ui.lenet import surgery
from ui.lenet.maps import COLUMNS


def part() -> None:
    import streamlit as st

    from content.text import Text
    from core.look import LookSpec, look
    from ui import controls
    from ui.lenet import surgery

    surgery.draw(Text(st.session_state["lang"]), look(controls.read("lenet", LookSpec)), "trained")


def opened(lang: str = "en", **given: object) -> AppTest:
    at = AppTest.from_function(part, default_timeout=60)
    at.session_state["lang"] = lang
    at.session_state["fold.lenet.surgery"] = True
    for name, value in vars(LookSpec(**given)).items():
        at.session_state[f"lenet.{name}"] = value
    return fine(at.run())


def press(at: AppTest, button: str) -> AppTest:
    return fine(at.button(key=f"lenet.surgery.{button}").click().run())


def chosen(at: AppTest, kind: str = "zero_channel", layer: str = "conv1", **numbers: float) -> AppTest:
    fine(at.selectbox(key="lenet.surgery.kind").set_value(kind).run())
    fine(at.selectbox(key="lenet.surgery.layer").set_value(layer).run())
    for name, value in numbers.items():
        at.number_input(key=f"lenet.surgery.{name}").set_value(value)
    return fine(at.run())


def charts(at: AppTest) -> tuple[list, dict]:
    """The bars' traces, and the maps' one."""
    bars, maps = (json.loads(chart.proto.spec)["data"] for chart in at.get("plotly_chart"))
    return bars, maps[0]


def halves(maps: dict, channels: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The tiles before and after, as drawn."""
    z = maps["z"]
    sheet = np.frombuffer(base64.b64decode(z["bdata"]), dtype=z["dtype"]).reshape([int(n) for n in z["shape"].split(",")])
    wide = tile(np.zeros((channels, size, size)), COLUMNS.get(channels, 8)).shape[1]
    return sheet[:, :wide], sheet[:, -wide:]


def map_of(copy, layer: str) -> np.ndarray:
    return next(op.out[0].numpy() for _, op in layers(copy.traced.ops) if op.path == layer)


def changed(network: str, *changes: Change):
    before = look(LookSpec(network=network)).trained
    return before, see(apply(before.model, changes), before.traced.ops[0].x)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("network", LENETS)
def test_a_zeroed_channels_map_is_zero_after_and_all_numbers_are_the_networks_own(network, lang):
    layer = list(convolutions(weights.trained(network)))[0]
    at = press(chosen(opened(lang, network=network), layer=layer, channel=2), "apply")
    before, after = changed(network, Change("zero_channel", layer, 2))
    bars, maps = charts(at)
    for trace, numbers in zip(bars, (before.logits, before.probs, after.logits, after.probs), strict=True):
        assert trace["y"] == pytest.approx(numbers.tolist(), abs=1e-5)
    channels, size, _ = map_of(before, layer).shape
    for drawn, copy in zip(halves(maps, channels, size), (before, after), strict=True):
        np.testing.assert_array_equal(drawn, tile(map_of(copy, layer), COLUMNS[channels]))
    there, gone = (half[:size, 2 * (size + 1) : 3 * (size + 1) - 1] for half in halves(maps, channels, size))
    assert there.max() > 0
    assert not gone.any()
    assert f"{float(after.probs.max()):.1%}" in shown(at)


def test_undo_and_reset_restore_the_numbers():
    at = press(chosen(opened(), channel=1), "apply")
    first = charts(at)
    press(chosen(at, "scale_kernel", "conv2", channel=3, input_channel=5, value=-2.0), "apply")
    press(chosen(at, "set_weight", "conv1", channel=0, input_channel=0, row=4, column=2, value=1.5), "apply")
    assert shown(at).count("1. `conv") == 3
    _, after = changed("lenet", Change("zero_channel", "conv1", 1), Change("scale_kernel", "conv2", 3, 5, value=-2.0),
                       Change("set_weight", "conv1", 0, 0, 4, 2, value=1.5))
    assert charts(at)[0][2]["y"] == pytest.approx(after.logits.tolist(), abs=1e-4)
    press(press(at, "undo"), "undo")
    assert charts(at) == first
    press(press(at, "apply"), "reset")
    assert len(at.get("plotly_chart")) == 0
    assert "Nothing is changed yet" in shown(at)


@pytest.mark.parametrize(("lang", "words"), [("en", "New weight (now {})"), ("zh", "新的权重（现在是 {}）")])
def test_the_weight_as_it_is_now_counts_the_changes_so_far(lang, words):
    def label() -> str:
        return at.number_input(key="lenet.surgery.value").label

    own = float(weights.trained("lenet").conv1.weight.detach()[2, 0, 1, 3])
    at = chosen(opened(lang), "set_weight", channel=2, input_channel=0, row=1, column=3, value=1.5)
    assert label() == words.format(number(own))
    press(at, "apply")
    fine(at.run())
    assert label() == words.format(number(1.5))
    press(at, "undo")
    assert label() == words.format(number(own))


def test_every_network_has_a_list_of_its_own():
    at = press(chosen(opened(), "scale_kernel", "conv2", channel=15, input_channel=5, value=3.0), "apply")
    ours = charts(at)
    at.session_state["lenet.network"] = "lenet5"
    assert "Nothing is changed yet" in shown(fine(at.run()))
    assert at.selectbox(key="lenet.surgery.layer").value == "conv1.0"        # which falls back to what is there
    assert at.number_input(key="lenet.surgery.channel").value == 5
    press(chosen(at, layer="conv2.0", channel=0), "apply")
    assert "`conv2.0`: channel 0 is zero" in shown(at)
    assert "times 3" not in shown(at)
    at.session_state["lenet.network"] = "lenet"
    assert "`conv2`: the kernel from input channel 5 to channel 15, times 3." in shown(fine(at.run()))
    at.selectbox(key="lenet.surgery.layer").set_value("conv2")
    assert charts(fine(at.run())) == ours


def test_the_networks_own_weights_are_never_changed():
    own = {name: tensor.clone() for name, tensor in weights.trained("lenet").state_dict().items()}
    at = press(chosen(opened(), channel=4), "apply")
    press(chosen(at, "set_weight", channel=0, input_channel=0, row=0, column=0, value=9.0), "apply")
    assert all(tensor.equal(own[name]) for name, tensor in weights.trained("lenet").state_dict().items())


def test_a_value_that_is_too_large_is_refused_in_words_and_nothing_is_lost():
    at = press(chosen(opened(), channel=1), "apply")
    first = charts(at)
    press(chosen(at, "scale_kernel", channel=2, input_channel=0, value=1000.0), "apply")
    assert "1000.0 is no number between -100 and 100" in at.warning[0].value
    assert charts(at) == first
    assert at.number_input(key="lenet.surgery.value").value == 1000.0


def test_numbers_that_leave_float32_are_said_and_can_be_undone():
    at = opened()
    at.session_state[surgery.MADE] = {("lenet", ""): (Change("scale_kernel", "conv1", 0, 0, value=100.0),) * 25}
    assert "too large for float32" in fine(at.run()).warning[0].value
    assert len(at.get("plotly_chart")) == 0
    press(at, "reset")
    assert len(at.warning) == 0


def test_only_the_controls_that_a_kind_reads_are_in_sight():
    at = opened()
    counts = {kind: len(chosen(at, kind).selectbox) + len(at.number_input) for kind in ("zero_channel", "scale_kernel", "set_weight")}
    assert counts == {"zero_channel": 3, "scale_kernel": 5, "set_weight": 7}


def test_the_first_thing_to_try_is_the_brightest_channel():
    brightest = int(map_of(look(LookSpec()).trained, "conv1").mean((1, 2)).argmax())
    assert f"in C1 channel {brightest} is the brightest" in shown(opened())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_drawing_whose_digit_nobody_knows_can_be_watched_too(lang):
    at = press(opened(lang, picture="drawn"), "apply")
    assert len(charts(at)[0]) == 4
