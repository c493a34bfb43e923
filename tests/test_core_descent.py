"""Gradient descent on landscapes that can be drawn: against the rule written by hand, and what its numbers are said to mean."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest
import torch
from streamlit.testing.v1 import AppTest

from content.text import LANGUAGES, Text
from core import descent
from core.descent import FACTORS, LANDSCAPES, VERDICTS, DescendSpec, descend
from core.errors import SpecError
from figures import descent as figure
from tests.test_figures import unpacked
from tests.test_pages import fine, opened, own_store, server_had_a_visitor  # noqa: F401  (two of them are fixtures)
from ui.autograd.descend import POINTS

SLOPES = {                                           # worked out by hand
    "parabola": lambda x: [2 * x],
    "two_valleys": lambda x: [(x + 1.2) * (x - 0.2) * (x - 1)],
    "plateau": lambda x: [4 * np.tanh(2 * x) / np.cosh(2 * x) ** 2],
    "narrow_valley": lambda x, y: [0.8 * x, 19 * y],
    "bent_valley": lambda x, y: [-0.2 * (1 - x) - 4 * x * (y - x**2), 2 * (y - x**2)],
    "saddle": lambda x, y: [x * (x**2 - 1), y],
}
WORDS = dict.fromkeys(("path", "pull", "start", "end", "left", "play", "hover", "step", "value"), "w")


def walked(landscape: str, **settings) -> descent.Descent:
    return descend(DescendSpec(landscape=landscape, **settings))["own"]


def by_hand(landscape: str, spec: DescendSpec) -> np.ndarray:
    """PyTorch's momentum: v = momentum * v + gradient, then x = x - lr * v."""
    x = np.array([spec.x0, *LANDSCAPES[landscape].y0])
    v, path = np.zeros_like(x), [x]
    for _ in range(spec.steps):
        v = spec.momentum * v + np.array(SLOPES[landscape](*x))
        x = x - spec.lr * v
        path.append(x)
    return np.array(path)


def test_every_landscape_has_its_slopes_written_here():
    assert list(SLOPES) == list(LANDSCAPES)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("landscape", LANDSCAPES)
def test_path_is_that_of_the_rule_written_by_hand(landscape, momentum):
    spec = DescendSpec(landscape=landscape, x0=-1.7, lr=0.02, momentum=momentum, steps=200)
    done = descend(spec)["own"]
    np.testing.assert_allclose(done.path, by_hand(landscape, spec), rtol=0, atol=1e-12)
    np.testing.assert_allclose(done.gradients, [SLOPES[landscape](*x) for x in done.path], rtol=0, atol=1e-12)
    assert done.path.shape == done.gradients.shape == (201, LANDSCAPES[landscape].dims)
    assert done.values.shape == (201,)


@pytest.mark.parametrize("landscape", LANDSCAPES)
def test_gradient_is_what_a_small_step_says(landscape):
    f = LANDSCAPES[landscape].f
    done = walked(landscape, x0=0.7, steps=3, lr=0.01)
    for place, gradient in zip(done.path, done.gradients, strict=True):
        for i, h in enumerate(np.eye(len(place)) * 1e-6):
            up, down = (f(torch.tensor(place + sign * h)).item() for sign in (1, -1))
            assert gradient[i] == pytest.approx((up - down) / 2e-6, abs=1e-7)


@pytest.mark.parametrize("landscape", LANDSCAPES)
def test_minima_are_the_lowest_places_around(landscape):
    land = LANDSCAPES[landscape]
    *_, heights = descent.grid(landscape, 201)
    assert descent.floor_of(land) <= heights.min() + 1e-12
    for place in land.minima:
        np.testing.assert_allclose(SLOPES[landscape](*place), 0, atol=1e-12)
        sides = np.vstack([np.eye(land.dims), -np.eye(land.dims)]) / 50
        around = [land.f(torch.tensor(np.add(place, side))).item() for side in sides]
        assert min(around) > land.f(torch.tensor(place, dtype=torch.float64)).item()


@pytest.mark.parametrize("landscape", LANDSCAPES)
def test_every_start_is_in_the_picture(landscape):
    land = LANDSCAPES[landscape]
    for x0 in (-2.0, 2.0):
        begin = descent.start(DescendSpec(landscape=landscape, x0=x0))
        assert all(low < at < high for low, at, high in zip(land.low, begin, land.high, strict=True))


@pytest.mark.parametrize(("landscape", "settings", "verdict"), [
    ("parabola", {}, "converged"),
    ("parabola", {"lr": 0.5, "steps": 1}, "converged"),                    # 1/L: one step is enough
    ("parabola", {"lr": 0.01}, "on_the_way"),
    ("parabola", {"lr": 1.0}, "oscillating"),
    ("parabola", {"lr": 1.0, "steps": 2}, "oscillating"),
    ("parabola", {"lr": 0.9, "steps": 5}, "on_the_way"),                   # from side to side, and closer each time
    ("parabola", {"lr": 2.0}, "diverged"),
    ("two_valleys", {"x0": 0.2, "steps": 50}, "stuck"),                    # on the ridge
    ("two_valleys", {"lr": 1.0, "steps": 200}, "diverged"),                # to infinity, and on to nan
    ("plateau", {"steps": 100}, "stuck"),
    ("plateau", {"lr": 0.5, "steps": 200}, "oscillating"),
    ("narrow_valley", {"lr": 0.2}, "diverged"),
    ("narrow_valley", {"steps": 100}, "converged"),
    ("bent_valley", {"lr": 0.05, "steps": 200}, "on_the_way"),
    ("saddle", {"x0": 0.0, "steps": 100}, "stuck"),
    ("saddle", {"x0": 0.1, "steps": 100}, "converged"),
])
def test_verdict_follows_from_the_numbers(landscape, settings, verdict):
    assert walked(landscape, **settings).verdict == verdict


def test_a_walk_says_where_it_left_the_picture():
    done = walked("parabola", x0=0.5, lr=2.0, steps=4)                     # 0.5, -1.5, 4.5, ...: times -3 each time
    assert (done.verdict, done.left) == ("diverged", 2)
    np.testing.assert_allclose(done.path[:, 0], [0.5, -1.5, 4.5, -13.5, 40.5])


def test_a_walk_that_is_no_longer_finite_has_left():
    done = walked("two_valleys", lr=1.0, steps=200)
    assert not np.isfinite(done.values[-1])
    assert np.isfinite(done.values[:done.left]).all()
    assert done.nearest == (-1.2,)


def test_a_trip_outside_that_comes_back_is_none():
    done = walked("narrow_valley", lr=0.2, momentum=0.95, steps=200)
    assert abs(done.path[:, 1]).max() > LANDSCAPES["narrow_valley"].high[1]
    assert (done.verdict, done.left) == ("converged", None)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("landscape", [name for name, land in LANDSCAPES.items() if land.curvature])
def test_learning_rate_has_the_limit_that_the_page_derives(landscape, momentum):
    limit = 2 * (1 + momentum) / LANDSCAPES[landscape].curvature
    assert walked(landscape, lr=0.99 * limit, momentum=momentum, steps=1000).verdict == "converged"
    assert walked(landscape, lr=1.01 * limit, momentum=momentum, steps=1000).verdict == "diverged"


@pytest.mark.parametrize(("landscape", "lr", "arrived"), [
    ("narrow_valley", 0.05, {0.0: 91, 0.5: 42, 0.8: 27, 0.9: 67, 0.95: 143}),
    ("plateau", 0.2, {0.0: None, 0.5: 130, 0.8: 83}),
    ("bent_valley", 0.05, {0.0: None, 0.9: 128}),
    ("parabola", 1.0, {0.0: None, 0.5: 12}),
])
def test_momentum_does_what_the_page_says_was_tried(landscape, lr, arrived):
    assert {momentum: walked(landscape, lr=lr, momentum=momentum, steps=200).arrived for momentum in arrived} == arrived
    for lang in LANGUAGES:
        table = Text(lang)("descent.deeper")
        assert all(f"{n}" in table for n in arrived.values() if n)


def test_momentum_rolls_through_the_first_valley():
    ends = {momentum: walked("two_valleys", x0=2.0, lr=0.1, momentum=momentum, steps=200) for momentum in (0.0, 0.5, 0.8, 0.9)}
    assert {momentum: done.nearest for momentum, done in ends.items()} == {0.0: (1,), 0.5: (1,), 0.8: (-1.2,), 0.9: (-1.2,)}
    assert {done.verdict for done in ends.values()} == {"converged"}


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("landscape", LANDSCAPES)
def test_every_walk_is_that_of_pytorchs_sgd_with_its_learning_rate(landscape, momentum):
    spec = DescendSpec(landscape=landscape, lr=0.02, momentum=momentum, steps=100)
    for name, factor in FACTORS.items():
        x = torch.tensor(descent.start(spec), dtype=torch.float64, requires_grad=True)
        optimizer, path = torch.optim.SGD([x], lr=spec.lr * factor, momentum=momentum), [x.tolist()]
        for _ in range(spec.steps):
            optimizer.zero_grad()
            LANDSCAPES[landscape].f(x).backward()
            optimizer.step()
            path.append(x.tolist())
        np.testing.assert_allclose(descend(spec)[name].path, path, rtol=0, atol=1e-12)
        assert descend(spec)[name].verdict == walked(landscape, lr=spec.lr * factor, momentum=momentum, steps=100).verdict


def test_a_walk_that_runs_off_to_infinity_leaves_those_beside_it_alone():
    walks = descend(DescendSpec(landscape="parabola", lr=1.8, momentum=0.0, steps=200))
    assert not np.isfinite(walks["double"].path).all() or abs(walks["double"].path).max() > 1e100
    assert np.isfinite(walks["half"].path).all()
    lone = walked("parabola", lr=0.9, momentum=0.0, steps=200)
    np.testing.assert_array_equal(walks["half"].path, lone.path)


def test_unknown_landscape_lists_the_known_ones():
    with pytest.raises(SpecError, match="unknown_key field=landscape value=moon known=parabola, two_valleys"):
        descend(DescendSpec(landscape="moon"))


def drawn(spec: DescendSpec, places: int | None = None) -> dict:
    land, done = LANDSCAPES[spec.landscape], descend(spec)["own"]
    end = places or done.left
    path = figure.Path(done.path[:end], done.values[:end], -spec.lr * done.gradients[:end], bool(done.left) and not places)
    return {1: figure.curve, 2: figure.surface}[land.dims](*descent.grid(spec.landscape, POINTS[land.dims]), path, WORDS)


@pytest.mark.parametrize("lr", [0.1, 1.0, 2.0])
@pytest.mark.parametrize("landscape", LANDSCAPES)
def test_plotly_accepts_every_picture_and_nothing_infinite_is_in_it(landscape, lr):
    for places in (None, 1):
        shown = drawn(DescendSpec(landscape=landscape, lr=lr, steps=60), places)
        valid = go.Figure(shown)
        assert len(valid.data) == len(shown["data"])
        assert len(valid.frames) == len(shown["frames"])
        for trace in shown["data"]:
            for values in (trace[axis] for axis in "xyz" if isinstance(trace.get(axis), dict)):
                assert not np.isinf(unpacked(values)).any()


def test_arrows_are_minus_lr_times_the_gradient():
    arrows = next(trace for trace in drawn(DescendSpec(steps=3))["data"] if trace.get("marker", {}).get("symbol") == "arrow")
    tails, tips = unpacked(arrows["x"]).reshape(-1, 3)[:, :2].T
    np.testing.assert_allclose(tips - tails, [0.4, 0.32, 0.256], rtol=1e-6)        # 0.1 * 2 * 2, then 0.8 times as long each time


def test_no_arrow_is_drawn_that_would_be_all_head():
    arrows = next(trace for trace in drawn(DescendSpec(landscape="plateau"))["data"] if trace.get("marker", {}).get("symbol") == "arrow")
    assert unpacked(arrows["x"]).size == 0


def test_value_chart_is_logarithmic_where_nothing_is_negative():
    for values, scale in (([4.0, 0.0], "log"), ([1.0, -0.5], None)):
        shown = figure.values({"own": ("a", np.array(values), False), "half": ("b", np.array([4.0]), True)}, WORDS)
        assert go.Figure(shown).layout.yaxis.type == scale
        assert unpacked(shown["data"][0]["customdata"]).tolist() == values


def test_zero_stays_on_the_paper_of_a_log_axis():
    axis = figure.values({"own": ("a", np.array([0.0, 0.0]), False)}, WORDS)["layout"]["yaxis"]
    assert "type" not in axis                              # nothing positive at all: a linear axis


def view(lang: str, **settings) -> AppTest:
    """The view alone, as its page draws it."""
    def script(lang, settings):
        import streamlit as st

        from content.text import Text
        from core.descent import DescendSpec
        from ui.autograd import descend

        st.session_state["lang"] = lang
        descend.draw(Text(lang), DescendSpec(**settings))

    at = AppTest.from_function(script, default_timeout=60, args=(lang, settings))
    return at


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("landscape", LANDSCAPES)
def test_view_asks_before_it_shows(landscape, lang):
    t = Text(lang)
    at = view(lang, landscape=landscape, lr=0.2).run()
    assert not at.exception
    assert len(at.get("plotly_chart")) == 1
    assert len(at.get("button_group")[0].options) == len(VERDICTS)
    names = json.loads(at.get("plotly_chart")[0].proto.spec)["layout"]["annotations"]
    assert [name["text"] for name in names] == [t("descent.picture.start")]        # where it ends is not given away
    at.session_state["predict.descent"] = ("*", "")
    at.run()
    assert not at.exception
    assert len(at.get("plotly_chart")) == 2
    told = t(f"descent.verdict.{walked(landscape, lr=0.4).verdict}")
    assert told in at.caption[0].value


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("settings", "verdict"), [
    ({"lr": 0.01}, "on_the_way"), ({"lr": 2.0}, "diverged"), ({"lr": 1.0}, "oscillating"), ({}, "converged"),
    ({"landscape": "saddle", "x0": 0.0, "steps": 100}, "stuck")])
def test_view_says_how_it_ended_and_where(settings, verdict, lang):
    at = view(lang, **settings)
    at.session_state["predict.descent"] = (repr(DescendSpec(**settings)), verdict)
    at.session_state["fold.descent.deeper"] = at.session_state["fold.descent.code"] = True
    at.run()
    assert not at.exception
    assert Text(lang)(f"descent.verdict.{verdict}") in at.success[0].value
    assert "{" not in at.success[0].value
    assert any("optimizer.step()" in code.value for code in at.code)
    assert any("1 - " in words.value and "2/L" in words.value for words in at.markdown)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_page_opens_the_view_by_a_link_and_keeps_what_is_set(lang):
    at = opened("autograd", lang=lang, view="descend", landscape="bent_valley", steps="60", lr="0.05", momentum="7")
    assert f"${LANDSCAPES['bent_valley'].formula}$" in [words.value for words in at.markdown]
    assert at.session_state["autograd.descend.momentum"] == 0.95           # brought back into its range, and said so
    fine(at.number_input(key="autograd.descend.steps").set_value(80).run())
    assert at.query_params["steps"] == "80"
    assert at.query_params["landscape"] == "bent_valley"
