"""nn.Conv1d, nn.Conv2d and nn.Conv3d in the gallery: every window that is shown gives PyTorch's number."""

import re
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch
from torch import nn

from core.errors import SpecError
from core.layers.conv import AXES, ConvSpec, as_linear, conv, size, window
from core.models import fresh
from figures.grids import Grid
from figures.sliding import sliding
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two are fixtures)

SETTINGS = [ConvSpec(kind, kernel, stride, pad, dilation)
            for kind, kernel, stride, pad, dilation in product(AXES, (1, 2, 3, 5), (1, 2, 4), (0, 1, 2), (1, 2, 3))]


@pytest.mark.parametrize("kind", AXES)
def test_the_formula_gives_the_size_or_the_kernel_is_refused_as_pytorch_does(kind):
    fits = 0
    for spec in [spec for spec in SETTINGS if spec.conv == kind]:
        layer = getattr(nn, f"Conv{kind}")(1, 1, spec.kernel, spec.stride, spec.pad, spec.dilation)
        x = torch.zeros(1, 1, *[spec.side] * AXES[kind])
        if spec.span > spec.side + 2 * spec.pad:
            with pytest.raises(RuntimeError, match="Kernel size can't be greater than actual input size"):
                layer(x)
            with pytest.raises(SpecError, match=f"conv_too_large kernel={spec.kernel} dilation={spec.dilation} span={spec.span} "):
                conv(spec)
        else:
            assert layer(x).shape[2:] == conv(spec).y.shape[2:] == (size(spec),) * AXES[kind]
            fits += 1
    assert fits > 50


@pytest.mark.parametrize("channels", [(1, 1, 1), (3, 2, 1), (2, 4, 2), (3, 3, 3)])
@pytest.mark.parametrize("kind", AXES)
def test_every_number_is_the_window_times_the_kernel_and_the_bias(kind, channels):
    inside, outside, groups = channels
    for spec in (ConvSpec(kind, 3, 2, 1), ConvSpec(kind, 2, 1, 0, 2), ConvSpec(kind, 2, 1, 2, 3)):
        spec = replace(spec, in_channels=inside, out_channels=outside, groups=groups)
        torch.manual_seed(1)
        layer = getattr(nn, f"Conv{kind}")(inside, outside, spec.kernel, spec.stride, spec.pad, spec.dilation, groups)
        x = torch.randint(10, (1, inside, *[spec.side] * AXES[kind])).float()
        y = layer(x)
        assert conv(spec).y.equal(y)
        for place in {0, 1, y.numel() // 2, y.numel() - 1}:
            found = window(replace(spec, place=place))
            assert found.value == y.flatten()[place].item() == y[0][found.place].item()
            assert (found.window.double() * found.kernel.double()).sum().item() + found.bias == pytest.approx(found.value, abs=1e-5)
            assert len(found.channels) == inside // groups


def test_the_window_lies_where_it_is_framed_and_padding_counts_as_zero():
    found = window(ConvSpec(stride=2, pad=1, place=1))
    x = conv(ConvSpec(stride=2, pad=1)).x[0, 0]
    assert found.along == (range(0, 3), range(2, 5))
    assert found.padded.isnan().sum() == 8 * 8 - 6 * 6
    assert found.window[0].tolist() == [[0.0, 0.0, 0.0], x[0, 1:4].tolist(), x[1, 1:4].tolist()]


def test_dilation_two_leaves_one_out():
    found = window(ConvSpec(dilation=2, place=3))
    assert found.along == (range(1, 6, 2), range(1, 6, 2))
    assert found.window[0].equal(conv(ConvSpec(dilation=2)).x[0, 0, 1::2, 1::2])


def test_a_place_beyond_the_last_shows_the_last():
    assert window(ConvSpec(place=4095)).place == (0, 3, 3)


@pytest.mark.parametrize(("inside", "outside", "groups"), [(1, 1, 2), (3, 2, 3), (2, 3, 2)])
def test_groups_that_do_not_divide_are_refused_as_pytorch_does(inside, outside, groups):
    with pytest.raises(ValueError, match="must be divisible by groups"):
        nn.Conv2d(inside, outside, 3, groups=groups)
    with pytest.raises(SpecError, match=f"groups_uneven groups={groups} in_channels={inside} out_channels={outside}"):
        conv(ConvSpec(in_channels=inside, out_channels=outside, groups=groups))


@pytest.mark.parametrize(("kernel", "stride", "pad", "dilation"), [(3, 1, 0, 1), (3, 2, 1, 1), (2, 1, 2, 3), (5, 4, 2, 2), (1, 1, 0, 1)])
def test_a_convolution_is_a_linear_layer_with_shared_weights(kernel, stride, pad, dilation):
    spec = ConvSpec("1d", kernel, stride, pad, dilation)
    found = conv(spec)
    by_matrix = as_linear(spec) @ found.x[0, 0] + found.module.bias.detach()
    torch.testing.assert_close(by_matrix, found.y[0, 0])
    assert set(as_linear(spec).unique().tolist()) <= {0.0, *found.module.weight.flatten().tolist()}


def test_the_texts_lenet_has_81290_parameters():
    net = fresh("lenet_conv3", 0)
    assert sum(p.numel() for p in net.parameters()) == 81_290
    assert sum(p.numel() for p in fresh("lenet", 0).parameters()) == 61_706
    convs = [layer for layer in net.modules() if isinstance(layer, nn.Conv2d)]
    assert convs[1].kernel_size == (3, 3)
    assert next(layer for layer in net.modules() if isinstance(layer, nn.Linear)).in_features == 16 * 6 * 6 == 576
    assert nn.Conv2d(6, 16, (3, 5)).weight.shape == (16, 6, 3, 5)


def test_same_padding_needs_stride_one():
    assert nn.Conv2d(1, 1, 3, padding="same")(torch.zeros(1, 6, 6)).shape == (1, 6, 6)
    with pytest.raises(ValueError, match="not supported for strided"):
        nn.Conv2d(1, 1, 3, padding="same", stride=2)


def page(**query):
    at = opened("layers", view="conv", **query)
    return fine(at.button(key="predict.layers.conv.show").click().run())


def test_the_page_fills_the_formula_in_and_writes_the_sum_out():
    said = shown(page(stride="2", pad="1", place="4"))
    assert "⌊(6 + 2·1 − 1·(3 − 1) − 1) / 2 + 1⌋ = **3**" in said
    found = window(ConvSpec(stride=2, pad=1, place=4))
    assert f"y[0, 0, 1, 1] = {found.window[0, 0, 0]:g} · " in said
    assert f"≈ **{round(found.value, 3):.3g}**".replace("-", "−") in said


def test_the_slider_moves_the_window():
    at = page()
    at.slider(key="layers.conv.place").set_value(5).run()
    assert "y[0, 0, 1, 1] = " in shown(fine(at))
    assert at.query_params["place"] == "5"


@pytest.mark.parametrize("kind", AXES)
def test_channels_of_every_kind_are_written_out(kind):
    said = shown(page(conv=kind, in_channels="3", out_channels="2", place="4095"))
    assert "channel 0 of x: " in said
    assert "channel 2 of x, in the same way: " in said
    assert ("slices of channel 0 only" in said) == (kind == "3d")


def test_a_kernel_that_does_not_fit_is_refused_in_words_and_can_be_mended():
    at = opened("layers", view="conv", kernel="5", dilation="3", groups="2", in_channels="2", out_channels="2")
    assert "reaches over 13 numbers, but the input with its padding has only 6" in at.warning[0].value
    at.slider(key="layers.conv.dilation").set_value(1).run()
    assert not fine(at).warning


def test_uneven_groups_are_refused_in_words_and_the_sliders_stay():
    at = opened("layers", view="conv", groups="2")
    assert "groups=2 cannot split 1 input and 1 output channels evenly" in at.warning[0].value
    at.session_state["fold.layers.conv.channels"] = True
    fine(at.run()).slider(key="layers.conv.groups").set_value(1).run()
    assert not fine(at).warning


def test_the_matrix_of_shared_weights_is_drawn_in_its_fold():
    at = page()
    at.session_state["fold.layers.conv.shared"] = True
    assert "The layer above has 10 parameters" in shown(fine(at.run()))
    assert f"`nn.Linear(36, 16)`, which may give every pair its own weight, would have {36 * 16 + 16}" in shown(at)


def test_of_many_products_the_first_are_written_and_the_rest_summed():
    found = window(ConvSpec("3d"))
    rest = (found.window * found.kernel).flatten()[9:].sum()
    assert f"{round(rest.item(), 3):.3g} (from 18 further products)".replace("-", "−") in shown(page(conv="3d")).replace("− ", "−")


def test_padding_is_drawn_empty_with_what_it_counts_as():
    x = Grid("x", np.array([[np.nan, 1.0], [2.0, np.nan]]))
    drawn = sliding([(x,)], Grid("y", np.array([[3.0]]), sign="→"), -np.inf, "alt")
    assert drawn.count("−∞") == 2
    assert drawn.count("stroke-dasharray") == 2


def test_grids_of_one_row_stand_below_one_another():
    row, kernel, y = Grid("x", np.ones((1, 8))), Grid("weight", np.ones((1, 3)), sign="·"), Grid("y", np.ones((1, 6)), sign="=")
    wide, high = re.search(r'viewBox="0 0 (\d+) (\d+)"', sliding([(row, kernel)], y, 0, "alt")).groups()
    assert (int(wide), int(high)) == (1000, 3 * (42 + 62) + 10)
