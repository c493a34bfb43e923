"""First weights in the gallery: ten real layers, started by torch.nn.init."""

import contextlib
import io
import math

import pytest
import torch
from torch import nn

from core.layers.first import DEPTH, INPUTS, SAMPLES, SCHEMES, UNITS, FirstSpec, alike, deep, program, start, written
from figures import first as figure
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two are fixtures)

VERDICTS = {"relu": {"constant": "explodes", "normal": "explodes", "uniform": "explodes",
                     "kaiming_uniform": "keeps", "kaiming_normal": "keeps"},
            "tanh": {"constant": "saturates", "normal": "saturates", "uniform": "saturates", "xavier_uniform": "keeps",
                     "xavier_normal": "keeps", "kaiming_uniform": "keeps", "kaiming_normal": "keeps", "orthogonal": "keeps"}}


@pytest.mark.parametrize("nonlinearity", ["relu", "tanh"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_program_prints_the_spreads_of_the_picture(scheme, nonlinearity):
    spec, told = FirstSpec(scheme, nonlinearity, 64, 3), io.StringIO()
    with contextlib.redirect_stdout(told):
        exec(compile(program(spec), scheme, "exec"), {})
    printed = [float(line) for line in told.getvalue().splitlines()[:DEPTH]]
    assert printed == pytest.approx(deep(spec).spreads, rel=6e-3)


@pytest.mark.parametrize("nonlinearity", ["relu", "tanh"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_has_one_verdict_whatever_the_seed(scheme, nonlinearity):
    found = {deep(FirstSpec(scheme, nonlinearity, width, seed)).verdict for width in (64, 128) for seed in (0, 1)}
    assert found == {VERDICTS[nonlinearity].get(scheme, "vanishes")}


@pytest.mark.parametrize("nonlinearity", ["relu", "tanh"])
def test_gradients_are_those_of_backward(nonlinearity):
    torch.manual_seed(5)
    x, layers = torch.randn(SAMPLES, 64), []
    for _ in range(DEPTH):
        layers.append(nn.Linear(64, 64))
        nn.init.xavier_normal_(layers[-1].weight)
        nn.init.zeros_(layers[-1].bias)
    arriving, outs = torch.randn(SAMPLES, 64), []
    for layer in layers:
        x = getattr(torch, nonlinearity)(layer(x))
        x.retain_grad()
        outs.append(x)
    x.backward(arriving)
    found = deep(FirstSpec("xavier_normal", nonlinearity, 64, 5))
    assert found.weight.equal(layers[0].weight)
    assert found.gradients == pytest.approx([out.grad.std().item() for out in outs], rel=1e-4)
    assert found.gradients[-1] == pytest.approx(1, abs=0.02)
    assert found.counts.sum(1).tolist() == [SAMPLES * 64] * DEPTH
    last = outs[-1].detach()
    idle = (last <= 0).all(0) if nonlinearity == "relu" else last.abs() > 0.97
    assert found.idle[-1] == pytest.approx(idle.float().mean().item(), abs=1e-6)


@pytest.mark.parametrize(("scheme", "std"), [
    ("zeros", 0), ("constant", 0), ("normal", 1), ("small", 0.01), ("uniform", 1 / math.sqrt(12)), ("xavier_uniform", math.sqrt(2 / 512)),
    ("xavier_normal", math.sqrt(2 / 512)), ("kaiming_uniform", math.sqrt(2 / 256)), ("kaiming_normal", math.sqrt(2 / 256)),
    ("orthogonal", 1 / 16), ("default", 1 / math.sqrt(3 * 256))])
def test_the_weights_have_the_spread_that_is_named(scheme, std):
    torch.manual_seed(0)
    layer = start(nn.Linear(256, 256), scheme)
    assert layer.weight.std().item() == pytest.approx(std, rel=0.02, abs=1e-6)
    assert bool(layer.bias.any()) == (scheme == "default")
    assert layer.weight.requires_grad


def test_the_default_is_one_over_root_in_and_orthogonal_rows_are_perpendicular():
    torch.manual_seed(0)
    layer = nn.Linear(64, 64)
    assert 0.99 / 8 < layer.weight.abs().max().item() <= 1 / 8
    torch.manual_seed(0)
    weight = nn.init.kaiming_uniform_(torch.empty(64, 64), a=math.sqrt(5))
    torch.testing.assert_close(weight, layer.weight.detach())
    turned = start(layer, "orthogonal").weight.detach()
    torch.testing.assert_close(turned @ turned.T, torch.eye(64), atol=1e-5, rtol=0)


@pytest.mark.parametrize("fill", [nn.init.xavier_normal_, nn.init.orthogonal_])
def test_a_gain_of_root_two_keeps_the_spread_behind_relu(fill):
    assert nn.init.calculate_gain("relu") == pytest.approx(math.sqrt(2))
    assert nn.init.calculate_gain("tanh") == pytest.approx(5 / 3)
    torch.manual_seed(0)
    x = torch.randn(SAMPLES, 128)
    for _ in range(DEPTH):
        x = (x @ fill(torch.empty(128, 128), gain=math.sqrt(2)).T).relu()
    assert 0.4 < x.std().item() < 1.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_units_that_begin_alike_stay_alike_and_others_do_not(scheme):
    found = alike(scheme, 0)
    assert found.before.shape == found.gradient.shape == found.after.shape == (UNITS, INPUTS)
    same = scheme in ("zeros", "constant")
    assert found.different == (1 if same else UNITS)
    if same:
        assert found.gradient.equal(found.gradient[:1].expand(UNITS, INPUTS))
    assert bool(found.gradient.any()) == bool((found.after != found.before).any()) == (scheme != "zeros")


def test_steps_are_those_of_sgd():
    torch.manual_seed(1)
    net = nn.Sequential(start(nn.Linear(3, 4), "xavier_normal"), nn.Tanh(), start(nn.Linear(4, 1), "xavier_normal"))
    x, optimizer = torch.randn(8, 3), torch.optim.SGD(net.parameters(), lr=0.05)
    for _ in range(20):
        optimizer.zero_grad()
        nn.functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
        optimizer.step()
    torch.testing.assert_close(alike("xavier_normal", 1).after, net[0].weight.detach())


def test_the_call_is_written_as_it_is_made():
    assert written("kaiming_normal") == "nn.init.kaiming_normal_(layer.weight, nonlinearity='relu')"
    assert written("default") == ""


@pytest.mark.parametrize(("value", "words"), [
    (0, "0"), (0.0346, "0.035"), (812.0, "810"), (3.4e-8, "3e−8"), (2.5e10, "2e10"), (1.2e-12, "1e−12")])
def test_numbers_below_the_strips_are_short(value, words):
    assert figure.short(value) == words


def test_the_page_says_what_became_of_the_spread():
    at = opened("layers", view="first", scheme="kaiming_normal")
    said = shown(fine(at.button(key="predict.layers.first.show").click().run()))
    assert f"after ten layers the spread is {figure.short(deep(FirstSpec('kaiming_normal')).spreads[-1])}" in said
    at.session_state["fold.layers.first.alike"] = True
    assert "among the 4 is **4**" in shown(fine(at.run()))


def test_a_bad_link_keeps_to_the_range():
    at = opened("layers", view="first", scheme="warp", width="9999")
    assert (at.session_state["layers.first.scheme"], at.session_state["layers.first.width"]) == ("normal", 128)
