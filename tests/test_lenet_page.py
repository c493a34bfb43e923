"""LeNet's maps and the pixel inspector: what the browser gets, and that its sums are PyTorch's."""

import base64
import json
import re

import numpy as np
import pytest
import torch

from core import weights
from core.look import LookSpec, look, see
from core.models import LENETS, fresh
from core.trace import layers
from figures.pixel import number
from jobs import client
from jobs.artifacts import WEIGHTS
from tests import stored_runs
from tests.test_pages import fine, opened, own_store, server_had_a_visitor  # noqa: F401  (two of them are fixtures)
from ui.lenet import maps

BYTES = 100_000


def element(at):
    return next(e for e in at.get("bidi_component") if "lenet.maps" in e.proto.id)


def told(at) -> tuple[dict, dict]:
    """What the browser draws, and what it says about the picked pixel."""
    return tuple(json.loads(part) for part in element(at).proto.bytes.decode().split("\n"))


def halves(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), dtype="<f2")


@pytest.mark.parametrize("network", LENETS)
def test_every_layers_numbers_reach_the_browser(network):
    at = opened("lenet", network=network)
    drawn, picked = told(at)
    seen = look(LookSpec(network=network))
    assert picked == {"picked": None}
    assert "Click a pixel" in " ".join(box.value for box in at.info)
    for copy, one in enumerate((seen.fresh, seen.trained)):
        for row, (role, op) in zip(drawn["layers"][1:], layers(one.traced.ops), strict=True):
            assert row["role"] == role
            np.testing.assert_array_equal(halves(row["copies"][copy]["values"]), op.out[0].numpy().ravel().astype("<f2"))
    assert len(element(at).proto.bytes) <= BYTES


def test_the_window_back_is_that_of_the_operation():
    rows = told(opened("lenet", network="lenet_conv3"))[0]["layers"]
    backs = [row.get("back") for row in rows[1:]]
    conv5, conv3, pool = ([[size] * 2, [step] * 2, [0, 0], [1, 1]] for size, step in ((5, 1), (3, 1), (2, 2)))
    assert backs == [{"window": conv5, "same": False}, {"window": pool, "same": True}, {"window": conv3, "same": False},
                     {"window": pool, "same": True}, None, None, None]


@pytest.mark.parametrize(("scale", "shared"), [("layer", True), ("all", True), ("map", False)])
def test_the_colour_scale_is_shared_as_asked(scale, shared):
    at = opened("lenet")
    at.session_state["lenet.scale"] = scale
    rows = told(fine(at.run()))[0]["layers"][1:]
    tops = [[copy["range"][1] for copy in row["copies"]] for row in rows]
    assert all((fresh == trained) == shared for fresh, trained in tops)
    assert (len({top for row in tops for top in row}) == 1) == (scale == "all")


@pytest.mark.parametrize("place", [
    (0, 1, 2, 10, 13), (1, 2, 5, 6, 6), (1, 3, 7, 4, 9), (0, 4, 15, 4, 0), (1, 5, 119, 0, 0), (1, 7, 3, 0, 0),
])
def test_the_picked_pixel_is_explained_by_its_own_number(place):
    at = opened("lenet")
    at.session_state[maps.PICKED] = place
    _, picked = told(fine(at.run()))
    seen = look(LookSpec())
    _, op = layers((seen.fresh, seen.trained)[place[0]].traced.ops)[place[1] - 1]
    value = number(float(op.out[0][place[2:] if op.out.ndim == 4 else place[2]]))
    assert picked["picked"] == list(place)
    assert f"How this {value} came to be" in picked["title"]
    words = re.findall(r">([^<>]+)</text>", picked["svg"])
    assert value in " ".join(words) or "ReLU stops a number that is not above 0: 0" in " ".join((*words, picked["about"]))


def test_a_pixel_can_be_reached_and_moved_without_a_pointer():
    at = opened("lenet")
    at.session_state[maps.PICKED] = (1, 1, 0, 0, 0)
    fine(at.run())
    fine(at.number_input(key="lenet.pixel.row").set_value(27).run())
    assert at.session_state[maps.PICKED] == (1, 1, 0, 27, 0)
    fine(at.selectbox(key="lenet.pixel.layer").set_value(4).run())         # S4 is 5 x 5
    assert at.session_state[maps.PICKED] == (1, 4, 0, 4, 0)
    assert told(at)[1]["picked"] == [1, 4, 0, 4, 0]
    fine(at.selectbox(key="lenet.pixel.layer").set_value(7).run())
    assert at.number_input(key="lenet.pixel.unit").value == 0


def test_in_another_network_the_place_is_kept_as_far_as_it_exists():
    at = opened("lenet", network="lenet")
    at.session_state[maps.PICKED] = (1, 1, 5, 27, 27)
    fine(at.run())
    fine(at.selectbox(key="lenet.network").set_value("lenet5").run())
    assert at.session_state[maps.PICKED] == (1, 1, 5, 23, 23)


@pytest.mark.parametrize("said", [None, "x", [1, 2], [1, 1, 0, 0, "0"], [1, 1, 0, 0, 0.5], [True, 1, 0, 0, 0], {"a": 1}])
def test_what_is_no_place_picks_nothing(said, monkeypatch):
    monkeypatch.setattr(maps.st, "session_state", {maps.KEY: {"picked": said}})
    assert maps.read("picked", 5) is None


@pytest.mark.parametrize("place", [(1, 9, 0, 0, 0), (2, 1, 0, 0, 0), (1, 0, 0, 0, 0), (-1, 1, 0, 0, 0)])
def test_a_place_in_no_layer_is_forgotten(place):
    at = opened("lenet")
    at.session_state[maps.PICKED] = place
    assert told(fine(at.run()))[1] == {"picked": None}


@pytest.mark.parametrize(("network", "flops", "field"), [
    ("lenet", "833,040", "16×16"), ("cifar_net", "1,303,440", "16×16"), ("lenet_conv3", None, "12×12"), ("lenet5", None, "16×16"),
])
def test_go_deeper_lists_what_every_operation_costs_and_sees(network, flops, field):
    at = opened("lenet", network=network)
    at.session_state["fold.lenet.deeper"] = True
    rows = next(m.value for m in fine(at.run()).markdown if "What each operation costs" in m.value).splitlines()
    table = [row.split(" | ") for row in rows if row.startswith("| `")]
    assert len(table) == 12
    assert [row[6] for row in table if row[0] == "| `max_pool2d`"][-1] == field
    assert flops is None or f"{flops} FLOPs" in rows[1] + rows[0]
    assert table[0][3].endswith("= 156") or network == "cifar_net"


def test_reset_forgets_the_pixel_and_the_scale():
    at = opened("lenet")
    at.session_state[maps.PICKED], at.session_state["lenet.scale"] = (1, 1, 0, 0, 0), "all"
    fine(at.run())
    fine(at.button(key="frame.reset").click().run())
    assert told(at)[1] == {"picked": None}
    assert at.session_state["lenet.scale"] == "layer"


def test_the_link_names_the_picked_pixel_and_leads_back_to_it():
    at = opened("lenet", network="lenet5", pixel="1.3.4.2.5")
    drawn, picked = told(at)
    assert picked["picked"] == [1, 3, 4, 2, 5]
    assert "channel 4, row 2, column 5" in picked["title"]
    assert given(at)["pixel"] == "1.3.4.2.5"
    at.session_state["lenet.picked"] = (0, 1, 2, 20, 1)
    assert given(fine(at.run()))["pixel"] == "0.1.2.20.1"
    at.session_state["lenet.picked"] = None
    assert "pixel" not in given(fine(at.run()))


@pytest.mark.parametrize("pixel", ["", "1", "1.3.4.2", "1.3.4.2.x", "1.3.4.2.-5", "9.9.9.9.9", "1.0.0.0.0", "1.3.4.2.5.6", "²." * 5,
                                   "1.3.4.2." + "9" * 5000])
def test_a_pixel_that_does_not_exist_is_no_pixel(pixel):
    assert told(opened("lenet", network="lenet5", pixel=pixel))[1] == {"picked": None}


def test_a_pixel_beyond_the_map_is_the_nearest_one():
    assert told(opened("lenet", network="lenet5", pixel="1.3.40.2.500"))[1]["picked"] == [1, 3, 15, 2, 7]


def test_the_numbers_of_a_diverged_network_are_its_own(tmp_path, monkeypatch):
    stored_runs.own_store(tmp_path, monkeypatch)
    model = fresh("lenet5", 0)
    with torch.no_grad():
        model.conv1[0].weight.mul_(1e9)
        model.fc3[0].bias[3] = float("inf")
    run = client.put("somebody", WEIGHTS, weights.as_safetensors(model, {"network": "lenet5"}))
    monkeypatch.setattr(weights, "_check", lambda *_: None)                # which refuses inf, but a network can make its own
    rows = told(opened("lenet", network="lenet5", weights=run))[0]["layers"]
    trained = layers(see(model, look(LookSpec(network="lenet5")).trained.traced.ops[0].x).traced.ops)
    for row, (_, op) in zip(rows[1:], trained, strict=True):
        copy, numbers = row["copies"][1], op.out[0].numpy().ravel()
        np.testing.assert_allclose(halves(copy["values"]).astype("f8") * copy["unit"], numbers, rtol=1e-3, atol=float(copy["unit"]) * 1e-3)
        assert np.isfinite(copy["range"]).all()


def given(at) -> dict[str, str]:
    """The link of the page."""
    return {name: said if isinstance(said, str) else said[0] for name, said in at.query_params.items()}
