"""Activation functions in the gallery: values and slopes are PyTorch's and those of the formulas, and stacked linear layers are one."""

import math
import re

import numpy as np
import plotly.graph_objects as go
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from core.layers.activation import ACTIVATIONS, ActivationSpec, activation, cold_says, curve, layer, slope_says
from core.layers.collapse import collapse
from figures import slopes
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two are fixtures)

ELEMENTWISE = [key for key in ACTIVATIONS if key != "softmax"]
SIGMOID = lambda x: 1 / (1 + math.exp(-x))                                 # noqa: E731
FORMULAS = {
    "relu": lambda x: max(x, 0),
    "leaky_relu": lambda x: x if x > 0 else 0.01 * x,
    "elu": lambda x: x if x > 0 else math.expm1(x),
    "selu": lambda x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * math.expm1(x)),
    "silu": lambda x: x * SIGMOID(x),
    "gelu": lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2,
    "hardtanh": lambda x: min(max(x, -1), 1),
    "sigmoid": SIGMOID,
    "tanh": math.tanh,
    "softplus": lambda x: math.log1p(math.exp(x)),
}


@pytest.mark.parametrize("at", [-5.0, -1.3, 0.4, 2.0, 4.9])
@pytest.mark.parametrize("key", ELEMENTWISE)
def test_value_and_slope_are_those_of_the_formula(key, at):
    found = activation(ActivationSpec(key, at))
    assert found.shown.y.item() == pytest.approx(FORMULAS[key](at), abs=1e-5)
    around = (FORMULAS[key](at + 1e-5) - FORMULAS[key](at - 1e-5)) / 2e-5
    assert found.slope == pytest.approx(around, abs=1e-5)


@pytest.mark.parametrize("key", ELEMENTWISE)
def test_the_curve_goes_through_the_points(key):
    drawn = curve(key)
    for i in (10, 117, 200):
        found = activation(ActivationSpec(key, drawn.x[i].item()))
        torch.testing.assert_close(drawn.y[i], found.shown.y[0])
        assert drawn.slope[i].item() == pytest.approx(found.slope, abs=1e-6)


@pytest.mark.parametrize("temperature", [0.1, 0.5, 1.0, 5.0])
@pytest.mark.parametrize("at", [-2.0, 3.0])
def test_softmax_with_temperature_and_its_slope(at, temperature):
    found = activation(ActivationSpec("softmax", at, temperature))
    torch.testing.assert_close(found.shown.y, F.softmax(torch.tensor([at, 2.0, 1.0, -1.0]) / temperature, dim=0))
    p = found.shown.y[0].item()
    assert found.slope == pytest.approx(p * (1 - p) / temperature, abs=1e-6)


@pytest.mark.parametrize("key", ACTIVATIONS)
def test_the_program_prints_the_same_output(key):
    found, names = activation(ActivationSpec(key, 0.7, 0.5)), {}
    exec(compile(found.shown.code, key, "exec"), names)
    assert names["y"].detach().equal(found.shown.y)
    assert names["x"].grad[0].item() == found.slope


def test_the_check_question_knows_its_answer():
    said = {key: slope_says(key) for key in ELEMENTWISE}
    assert said["relu"] == said["hardtanh"] == "zero"
    assert said["silu"] == said["gelu"] == "minus"
    assert set(said.values()) == {"zero", "minus", "little"}
    assert all(cold_says(at) == "larger" for at in (-5.0, 1.0, 2.0, 5.0))


def test_the_numbers_in_the_words_are_true():
    slope = {key: activation(ActivationSpec(key)).slope for key in ELEMENTWISE}
    assert [f"{slope[key]:.3f}" for key in ("elu", "selu", "sigmoid", "softplus")] == ["0.135", "0.238", "0.105", "0.119"]
    assert f"{slope['tanh']:.4f}" == "0.0707"
    assert 0.25 ** 10 < 1e-6
    assert curve("sigmoid").slope.max() == 0.25
    for key, lowest, where in (("silu", "-0.278", -1.28), ("gelu", "-0.170", -0.75)):
        x = torch.linspace(-3, 0, 30001)
        y = layer(key)(x)
        assert f"{y.min():.3f}" == lowest
        assert x[y.argmin()].item() == pytest.approx(where, abs=0.005)


def test_selu_keeps_mean_and_variance():
    x = torch.linspace(-9, 9, 200_001, dtype=torch.float64)
    density = torch.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    y = nn.SELU()(x)
    assert torch.trapezoid(y * density, x).item() == pytest.approx(0, abs=1e-5)
    assert torch.trapezoid(y * y * density, x).item() == pytest.approx(1, abs=1e-5)


def test_what_the_deeper_words_say():
    assert not hasattr(nn.Module, "ReLU")
    with pytest.warns(UserWarning, match="Implicit dimension choice for softmax has been deprecated"):
        nn.Softmax()(torch.ones(2))
    for key, at, slope in (("relu", 0.0, 0), ("leaky_relu", 0.0, 0.01), ("hardtanh", -1.0, 0), ("hardtanh", 1.0, 0)):
        assert activation(ActivationSpec(key, at)).slope == pytest.approx(slope)
    assert [p.tolist() for p in nn.PReLU().parameters()] == [[0.25]]
    assert not any(list(layer(key).parameters()) for key in ACTIVATIONS)
    torch.testing.assert_close(F.softmax(torch.tensor([1.0, 2.0]) + 7, dim=0), F.softmax(torch.tensor([1.0, 2.0]), dim=0))


def test_stacked_linear_layers_are_one_and_a_relu_between_breaks_it():
    found = collapse()
    assert found.product.equal(found.second @ found.first)
    assert found.linear_difference < 1e-6
    assert found.relu_difference > 0.1


def test_ranges_below_finds_every_flat_piece():
    x = np.arange(7.0)
    assert slopes.ranges_below(x, np.array([0, 0, 1, 1, 0, 0.01, 0.02]), 0.05) == [(0, 1), (4, 6)]
    assert slopes.ranges_below(x, np.ones(7), 0.05) == []
    assert slopes.ranges_below(x, np.zeros(7), 0.05) == [(0, 6)]


def test_plotly_accepts_the_curve_and_the_point_is_inside():
    x = np.linspace(-1, 1, 5)
    words = dict.fromkeys(("x", "y", "value", "slope", "flat", "mark"), "word")
    figure = slopes.chart(x, x ** 2, 2 * x, (0.5, 40.0, -30.0), words, flat=[(-0.1, 0.1)], mark=0.0)
    go.Figure(figure)
    low, high = figure["layout"]["yaxis"]["range"]
    assert low < -30
    assert high > 40


@pytest.mark.parametrize("key", ELEMENTWISE)
def test_the_page_reads_value_and_slope(key):
    at = opened("layers", view="activation", function=key, at="-2")
    said = shown(fine(at.button(key="predict.layers.activation.show").click().run())).replace("−", "-")
    value, slope = map(float, re.search(r"\(-2\) = \*\*(\S+)\*\*, and the slope there is \*\*(\S+)\*\*\.", said).groups())
    assert value == pytest.approx(FORMULAS[key](-2), abs=0.005)
    assert slope == pytest.approx(activation(ActivationSpec(key)).slope, abs=0.005)


def test_softmax_has_bars_and_a_temperature():
    at = opened("layers", view="activation", function="softmax", temperature="0.5")
    said = shown(fine(at.button(key="predict.layers.activation.show").click().run()))
    assert f"{math.exp(-4) / (math.exp(-4) + math.exp(4) + math.exp(2) + math.exp(-2)):.3g}" == "0.000295"
    assert "T = 0.5: the first probability is p = **0.000295**" in said
    assert at.slider(key="layers.activation.temperature").value == 0.5


def test_the_collapse_is_shown_in_numbers():
    at = opened("layers", view="activation")
    fine(at.button(key="predict.layers.activation.show").click().run())
    at.session_state["fold.layers.activation.collapse"] = True
    said = shown(fine(at.run()))
    difference = re.search(r"the largest difference is \*\*(\S+)\*\*", said)[1]    # rounding: another processor may round another way
    assert float(difference.replace("−", "-")) < 1e-6
    assert "wrong by up to **0.274**" in said
