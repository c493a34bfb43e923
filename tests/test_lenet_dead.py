"""Channels that stay 0 for every test digit are marked dead in LeNet's maps, and only those."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from content.text import Text
from core import data, weights
from core.change import Change, apply
from core.dead import MOST_FLOPS, Dead, dead_channels, dead_for_digits
from core.images import fit_to, normalise, scale
from core.look import see
from core.models import LENETS, MODELS, fresh
from jobs import client
from jobs.artifacts import WEIGHTS
from tests.test_lenet_page import told
from tests.test_pages import fine, opened, own_store, server_had_a_visitor  # noqa: F401  (two of them are fixtures)
from ui.lenet import dead, maps

MNIST = (0.1307,), (0.3081,)
EN = Text("en")


@pytest.fixture(autouse=True)
def nothing_known():
    dead._dead.clear()


@pytest.fixture
def asked(monkeypatch) -> list:
    """The networks whose dead channels were looked for."""
    networks = []

    def counted(model, *more):
        networks.append(model)
        return dead_for_digits(model, *more)

    monkeypatch.setattr(dead, "dead_for_digits", counted)
    return networks


def killed(conv1: int, conv2: int) -> torch.nn.Module:
    """Our trained LeNet with one channel of each convolution dead: one without weights, one whose bias keeps it below 0."""
    model = apply(weights.trained("lenet"), (Change("zero_channel", "conv1", conv1), Change("zero_channel", "conv2", conv2)))
    with torch.no_grad():
        model.conv2.bias[conv2] = -1.0
    return model


def kept(model: torch.nn.Module, **said: str) -> str:
    """As an upload leaves it; its id."""
    return client.put("a" * 32, WEIGHTS, weights.as_safetensors(model, {"network": "lenet", **said}))


def marks(at) -> dict[str, list[tuple[list, list]]]:
    """Role -> (dead, silent) of both copies."""
    return {row["role"]: [(copy["dead"], copy["silent"]) for copy in row["copies"]] for row in told(at)[0]["layers"][1:]}


def digits(network: str, mean: tuple, std: tuple) -> torch.Tensor:
    wanted = MODELS[network]
    images = fit_to(data.load("digits", train=False).images, wanted.channels, wanted.size).images
    return normalise(scale(images), mean * wanted.channels, std * wanted.channels)


@pytest.mark.parametrize("network", LENETS)
def test_all_360_digits_are_asked_as_the_page_prepares_them(network):
    model, channels = fresh(network, 1), MODELS[network].channels
    found = dead_for_digits(model, MNIST[0] * channels, MNIST[1] * channels, MODELS[network].size, 10**6)
    assert found == Dead(dead_channels(model, digits(network, *MNIST)), 360)


def test_a_costly_network_is_asked_about_fewer_digits():
    model = fresh("lenet", 1)
    few = dead_for_digits(model, *MNIST, 32, MOST_FLOPS // 12)
    assert few == Dead(dead_channels(model, digits("lenet", *MNIST)[:12]), 12)
    assert dead_for_digits(model, *MNIST, 32, 2 * MOST_FLOPS).digits == 1
    assert dead_for_digits(model, *MNIST, 32, 0).digits == 360


def test_killed_channels_are_marked_in_their_maps_and_in_the_pooled_ones():
    at = opened("lenet", weights=kept(killed(3, 7)), picture="real", digit="5")
    found = marks(at)
    assert [found[role][1][0] for role in ("C1", "S2", "C3", "S4")] == [[3], [3], [7], [7]]
    assert [found[role][0][0] for role in ("C1", "S2", "C3", "S4")] == [[]] * 4                  # fresh, seed 0: none
    assert all(copy == ([], []) for role in ("C5/F5", "F6", "OUT") for copy in found[role])
    assert not any(set(gone) & set(silent) for row in found.values() for gone, silent in row)
    about = [row["copies"][-1]["about"] for row in told(at)[0]["layers"]]
    assert about[1].endswith(" · dead (crossed out, 0 for all 360 test digits): 3")
    assert about[4].endswith(" · dead (crossed out, 0 for all 360 test digits): 7")


def test_a_fresh_copy_has_its_own_dead_channels_and_no_trained_one_has_any():
    expected = dead_channels(fresh("lenet", 1), digits("lenet", *MNIST))
    assert expected["conv2"] != []
    found = marks(opened("lenet", seed="1", lang="zh"))
    assert found["C3"][0][0] == found["S4"][0][0] == expected["conv2"]
    assert found["C3"][1][0] == []
    about = told(opened("lenet", seed="1", lang="zh"))[0]["layers"][3]["copies"][0]["about"]
    assert f"死亡通道（打叉，360 张测试数字上全为 0）：{expected['conv2'][0]}" in about


def test_the_digits_are_normalised_as_the_weights_file_says():
    """Bright ink after / 0.01 drowns the bias that MNIST's numbers leave in charge: the same weights, another answer."""
    model = weights.trained("lenet")
    with torch.no_grad():
        model.conv1.bias[2] = -40.0
    for mean, std in (((0.1307,), (0.3081,)), ((0.0,), (0.01,))):
        expected = dead_channels(model, digits("lenet", mean, std))["conv1"]
        assert (2 in expected) == (std == (0.3081,))
        found = marks(opened("lenet", weights=kept(model, mean=str(mean[0]), std=str(std[0]))))
        assert found["C1"][1][0] == expected


def test_silent_for_this_picture_is_not_dead_and_dead_may_be_lit_by_another_picture():
    sheets = np.zeros((4, 2, 2))
    sheets[0, 0, 0] = sheets[3] = 1.0
    made = maps._copy(EN, sheets, Dead({"conv1": [0, 1]}, 360), "conv1", False, 1.0)
    assert (made["dead"], made["silent"]) == ([0, 1], [2])
    assert made["about"] == ("0 to 1 · zeros 69% · silent for this picture (dashed): 2"
                             " · dead (crossed out, 0 for all 360 test digits): 0, 1")
    assert maps._copy(EN, sheets, Dead({"conv2": [0, 1]}, 360), "conv1", False, 1.0)["dead"] == []


def test_the_digits_are_asked_once_for_each_set_of_weights(asked):
    at = opened("lenet")
    assert len(asked) == 2
    at.session_state[maps.PICKED] = (1, 1, 0, 0, 0)
    fine(at.run())
    fine(at.slider(key="lenet.digit").set_value(8).run())
    opened("lenet", digit="2")                                             # another visitor
    assert len(asked) == 2
    fine(at.number_input(key="lenet.seed").set_value(1).run())
    assert len(asked) == 3                                                 # the trained copy is the same


def test_other_weights_under_the_same_name_are_asked_again(asked):
    first = kept(killed(3, 7))
    at = opened("lenet", weights=first)
    path = client.artifact(first, WEIGHTS)
    path.write_bytes(weights.as_safetensors(killed(4, 8), {"network": "lenet"}))
    assert marks(fine(at.run()))["C1"][1][0] == [4]
    assert len(asked) == 3


def test_one_set_of_weights_with_other_operations_has_an_answer_of_its_own(asked):
    """Only the operations tell these networks apart: their state_dict is the same, name by name and number by number."""
    own, copies = fresh("edited.1x28.6k5.16k5.max2.relu.120.84", 0).state_dict(), []
    for network in ("16k5.max2.relu", "16k5.max2.tanh", "16k5.average2.relu", "16k5s2p4.max2.relu"):
        model = fresh(f"edited.1x28.6k5.{network}.120.84", 1)
        model.load_state_dict(own)
        copies.append(see(model, torch.zeros(1, 1, 28, 28)))
    found = []
    for one, other in (copies[:2], copies[2:]):
        found += dead.of(SimpleNamespace(fresh=one, trained=other, mean=MNIST[0], std=MNIST[1], image=torch.zeros(1, 28, 28)))
    assert asked == [copy.model for copy in copies]
    assert [list(each.channels) for each in found] == [["conv1", "conv2"], [], ["conv1", "conv2"], ["conv1", "conv2"]]


def test_a_dead_channel_is_crossed_out_and_stays_so_while_pixels_are_lit(app, chromium_page):
    channel = dead_channels(fresh("lenet", 1), digits("lenet", *MNIST))["conv2"][0]
    page = chromium_page
    page.goto(app + "lenet?lang=en&seed=1")
    sheets = page.locator(".maps .sheet")
    expect(sheets).to_have_count(15)
    crossed = [sheets.nth(n).locator("path.dead") for n in range(15)]
    c3, s4 = 5, 7                                                          # of the fresh copy
    assert [n for n in range(15) if crossed[n].count()] == [c3, s4]
    tile = 10 + 1                                                          # C3's maps, and the pixel between them
    start = f"M{channel % 8 * tile} {channel // 8 * tile}l10 10"
    assert crossed[c3].first.get_attribute("d").startswith(start)
    box = sheets.nth(c3).bounding_box()
    sheets.nth(c3).hover(position={"x": box["width"] * 0.03, "y": box["height"] * 0.2})
    expect(sheets.nth(c3).locator("rect")).not_to_have_count(0)
    assert crossed[c3].count() == 2                                        # white on a black rim
    expect(sheets.nth(c3).locator("xpath=following-sibling::small")).to_contain_text(f"0 for all 360 test digits): {channel}")
    assert page.complaints == []
