"""The two views that look into a dataset: what their figures hold, what they send, and what a click does."""

import base64
import json

import numpy as np
import plotly.graph_objects as go
import pytest

from content.text import Text
from core import data
from core.images import byte_counts
from figures import normalising
from figures.bytes import BINS, two_scales
from figures.sheet import sheet
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two are fixtures)
from ui.data import magnifier, scatter

WORDS = {"x": "x", "z": "z", "y": "y", "hover": "{share} {low} {high}", "step": "s", "loss": "l", "chance": "c", "seeds": "s", "here": "h",
         "alt": "a", "none": "none", "half": "half", "measured": "measured"}


def test_every_tile_says_its_class_and_number():
    rows = [np.zeros((2, 1, 8, 8), np.uint8), np.zeros((0, 1, 8, 8), np.uint8)]
    svg = sheet(rows, ["cat", "<dog>"], [["cat", "cat"], []], [[3, 7], []], 16, "alt")
    assert [svg.count(f'data-picture="{n}"') for n in (3, 7)] == [1, 1]
    assert "<title>cat · 7</title>" in svg
    assert svg.count("<image") == 1                                        # one PNG for a row, none for an empty one
    assert "&lt;dog&gt;" in svg


@pytest.mark.parametrize("key", ["digits", "patches"])
def test_both_scales_put_the_mean_at_zero(key):
    found = data.info(key)
    counts = byte_counts(data.load(key, train=True).images).numpy()
    figure = two_scales(counts, found.mean, found.std, ["a", "b", "c"], WORDS)
    go.Figure(figure)                                                      # raises for a property that does not exist
    axes = figure["layout"]
    low, high = axes["xaxis2"]["range"]
    assert low + (high - low) * found.mean[0] == pytest.approx(0)
    bars = np.frombuffer(base64.b64decode(figure["data"][0]["y"]["bdata"]), np.float64)
    assert len(bars) == BINS
    assert bars.sum() == pytest.approx(1)


def test_the_chart_of_three_runs_is_one_that_plotly_knows():
    assert len(go.Figure(normalising.chart(2.3, 100, 20, WORDS)).data) == 6


def test_the_strips_show_five_seeds_and_this_run():
    tried = dict.fromkeys(normalising.COLOURS, (0.1, 0.2, 0.3, 0.4, 0.5))
    svg = normalising.strips({"none": 0.1, "half": 0.2, "measured": 0.944}, tried, WORDS)
    assert svg.count("<circle") == 15
    assert "94.4%" in svg
    assert "<circle" not in normalising.strips({"none": 0.1}, {}, WORDS)


@pytest.mark.parametrize(("shape", "names"), [((1, 8, 8), ["grey"]), ((3, 32, 32), ["red", "green", "blue"])])
def test_the_magnifier_gets_every_value_of_every_channel(shape, names):
    image = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    told = json.loads(magnifier.message(Text("en"), image, "one"))
    assert np.array_equal(np.frombuffer(base64.b64decode(told["values"]), np.uint8).reshape(told["shape"]), image)
    assert told["names"] == names


def test_the_map_sends_all_pictures_as_one_file():
    images = np.zeros((30, 3, 4, 4), np.uint8)
    told = json.loads(scatter.message(Text("zh"), images, np.zeros((30, 2)), [0] * 30, list(range(30)), ["x"], ["1", "2"]))
    assert told["sprite"].startswith("data:image/webp;base64,")
    assert len(told["at"]) == 30


def test_the_look_view_opens_with_its_folds_and_says_that_noise_is_noise():
    at = opened("data", view="look", dataset="fake", arrange="random", picked="99999", lang="en")
    assert "orange-badge[" in shown(at)
    assert at.session_state["data.look.picked"] == 999
    fine(at.button(key="predict.data.look.show").click().run())
    assert "Most often comes" in shown(at)
    for key in ("told", "means", "map"):
        at.session_state[f"fold.data.look.{key}"] = True
    fine(at.run())
    assert "FakeData(1000, (3, 32, 32), 10" in shown(at)
    assert "axis holds" in shown(at)


def test_the_numbers_view_waits_for_a_prediction_and_submits_one_job():
    at = opened("data", view="numbers", lang="zh")
    assert "| 灰度 | 0.30531 | 0.3053 |" in shown(at)
    fine(at.button(key="predict.data.numbers.show").click().run())
    fine(at.button(key="data.numbers.go").click().run())
    from jobs import client

    found = client.status(at.session_state["data.numbers.run.digits.0"])
    assert (found.kind, found.spec["epochs"], found.spec["lr"]) == ("normalisation", 3, 0.01)
