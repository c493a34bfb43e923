"""Every figure is valid plotly or well-formed SVG, and shows the numbers that it was given."""

import base64
import json
import xml.etree.ElementTree as ET
from collections import defaultdict
from io import BytesIO

import numpy as np
import plotly.graph_objects as go
import plotly.io
import pytest
from PIL import Image

from core.broadcast import align
from core.look import LookSpec, look
from core.models import LENETS
from figures import batch, broadcast, lenet, logits, loss, mosaic, overview, pixel, pixels, ranges, tensor
from figures.palette import packed
from figures.ready import Ready

SVG = "{http://www.w3.org/2000/svg}"
FIGURES = {
    "tensor": lambda: tensor.heat_map(np.arange(6.0).reshape(2, 3), "%{z}"),
    "signed tensor": lambda: tensor.heat_map(np.array([[-1.0, 2.0]]), "%{z}"),
    "mosaic": lambda: mosaic.side_by_side([("a", np.random.default_rng(0).random((6, 4, 4), np.float32))] * 2, 3, "%{z}"),
    "kernels": lambda: mosaic.side_by_side([("a", np.random.default_rng(0).standard_normal((6, 5, 5)).astype("f4"))] * 2, 6, "%{z}"),
    "logits": lambda: logits.bars(list("0123456789"), [("fresh", [0.1] * 10, [0.1] * 10)] * 2, ("a", "b"), 3),
    "counts": lambda: batch.counts(["a", "b"], [3, 4], "pictures"),
    **{f"loss and {below}": lambda below=below: loss.chart(defaultdict(str), chance=2.303, classes=10, below=below, marks=[(5, "lr 0.1")])
       for below in loss.BELOW},
    "ranges": lambda: ranges.histograms([("a", np.arange(100)), ("b", np.random.default_rng(0).random((4, 3)))], "how many"),
}


@pytest.mark.parametrize("name", FIGURES)
def test_plotly_accepts_every_property(name):
    figure = FIGURES[name]()
    assert len(go.Figure(figure).data) == len(figure["data"])              # raises for a property that does not exist


def test_ready_figure_reaches_the_browser_unchanged():
    figure = FIGURES["tensor"]()
    sent = json.loads(plotly.io.to_json(Ready(figure), validate=False))
    assert sent["data"][0]["text"] == figure["data"][0]["text"]
    assert sent["layout"]["font"] == figure["layout"]["font"]


def unpacked(spec):
    flat = np.frombuffer(base64.b64decode(spec["bdata"]), dtype=spec["dtype"])
    return flat.reshape([int(n) for n in spec["shape"].split(",")]) if "shape" in spec else flat


def test_packed_array_holds_the_same_numbers():
    values = np.array([[1.5, np.nan], [-2.0, 4.0]], dtype=np.float32)
    np.testing.assert_array_equal(unpacked(packed(values)), values)
    assert unpacked(packed(np.arange(3, dtype=np.uint8))).tolist() == [0, 1, 2]


def test_heat_map_writes_the_numbers_into_its_cells():
    trace_ = tensor.heat_map(np.array([[0.5, 7.0]]), "")["data"][0]
    assert trace_["text"] == [["0.5", "7"]]
    assert unpacked(trace_["z"]).tolist() == [[0.5, 7.0]]


@pytest.mark.parametrize(("shape", "grid"), [((), (1, 1)), ((3,), (1, 3)), ((2, 3), (2, 3)), ((2, 2, 3), (5, 3)), ((0, 3), (0, 3))])
def test_any_number_of_axes_becomes_rows_and_columns(shape, grid):
    assert tensor.as_grid(np.zeros(shape)).shape == grid


def test_signed_values_are_coloured_around_zero():
    trace_ = tensor.heat_map(np.array([[-1.0, 3.0]]), "")["data"][0]
    assert (trace_["zmin"], trace_["zmax"]) == (-3.0, 3.0)


def test_tiles_stand_row_by_row_with_gaps():
    sheet = mosaic.tile(np.stack([np.full((2, 2), float(c)) for c in range(3)]), columns=2)
    assert sheet.shape == (5, 5)
    assert sheet[0, 0] == 0
    assert sheet[0, 3] == 1
    assert sheet[3, 0] == 2
    assert np.isnan(sheet[2]).all()


def test_both_groups_share_one_colour_scale():
    weak, strong = np.full((1, 2, 2), 0.1, np.float32), np.full((1, 2, 2), 5.0, np.float32)
    trace_ = mosaic.side_by_side([("weak", weak), ("strong", strong)], 1, "")["data"][0]
    assert (trace_["zmin"], trace_["zmax"]) == (0.0, 5.0)


def test_hover_knows_channel_row_and_column():
    maps = np.zeros((4, 3, 3), np.float32)
    place = unpacked(mosaic.side_by_side([("a", maps), ("b", maps)], 2, "")["data"][0]["customdata"])
    assert place[4, 5].tolist() == [3, 0, 1]                               # second row of tiles, second tile, its column 1


def words(svg):
    return [element.text for element in ET.fromstring(svg).iter(f"{SVG}text")]


def test_alignment_marks_stretched_missing_and_clashing_axes():
    labels = dict.fromkeys(("a", "b", "result", "stretch", "missing", "clash", "same", "alt"), "w")
    shown = words(broadcast.alignment(align((3, 1), (1, 4)), labels, 2))
    assert "1 → 4" in shown
    assert "1 → 3" in shown
    assert "✗" in words(broadcast.alignment(align((2, 3), (3, 2)), labels, 2))
    assert "– → 2" in words(broadcast.alignment(align((2, 3), (3,)), labels, 2))


@pytest.mark.parametrize("network", LENETS)
def test_diagram_shows_every_layer_shape_and_count(network):
    seen = look(LookSpec(network=network))
    shown = words(lenet.diagram(seen.fresh.traced, {"input": "in", "alt": "a"}))
    for role in ("C1", "S2", "C3", "S4", "C5/F5", "F6", "OUT"):
        assert role in shown
    last = {"lenet": "= 48,120", "cifar_net": "= 48,120", "lenet5": "= 30,840", "lenet_conv3": "= 69,240"}[network]
    assert last in shown
    chain = words(lenet.operations(seen.fresh.traced, "a"))
    assert [w for w in chain if w in ("conv2d", "relu", "max_pool2d", "view", "linear")] == [op.name for op in seen.fresh.traced.ops]


def test_grid_has_a_picture_and_a_label_for_each_image():
    images = [np.zeros((1, 8, 8), np.uint8), np.ones((3, 8, 8), np.float32)]
    svg = batch.grid(images, ["<b>", "two"], ["h1", "h2"], "alt")
    assert words(svg) == ["<b>", "two"]
    assert len(list(ET.fromstring(svg).iter(f"{SVG}image"))) == 2


def test_one_picture_is_drawn_with_its_pixels_as_squares():
    drawn = next(ET.fromstring(batch.one(np.zeros((1, 8, 8), np.uint8), "a zero")).iter(f"{SVG}image"))
    assert drawn.get("style") == "image-rendering:pixelated"
    assert drawn.find(f"{SVG}title").text == "a zero"


def test_png_keeps_every_pixel():
    image = np.arange(64, dtype=np.uint8).reshape(8, 8)
    np.testing.assert_array_equal(np.asarray(Image.open(BytesIO(pixels.png(image)))), image)


def test_overview_has_its_five_boxes():
    labels = dict.fromkeys(("forward", "backward", "alt"), "w")
    labels |= {key: key for name, _ in overview.BOXES for key in (name, f"{name}.about")}
    assert [w for w in words(overview.loop(labels)) if w in dict(overview.BOXES)] == ["batch", "network", "answer", "loss", "step"]


def test_a_pixels_sum_is_written_out_and_its_channels_can_be_clicked():
    window, kernel = np.arange(8.0).reshape(2, 2, 2), np.full((2, 2, 2), -0.5)
    labels = {name: name for name in ("window", "kernel", "products", "bias", "total", "all", "alt")}
    labels |= {"channel": "ch {channel}", "end": "ReLU"}
    svg = pixel.products(window, kernel, (window * kernel).sum((1, 2)), 0.25, -13.75, 1, labels)
    shown = words(svg)
    assert "−3 − 11 + bias 0.25 = total −13.8" in shown
    assert [word for word in shown if word.startswith("ch ")] == ["ch 0", "ch 1"]
    assert shown[1:5] == ["4", "5", "6", "7"]                              # the window of channel 1
    assert svg.count("data-channel=") == 2


def test_the_winner_of_a_pooling_window_is_framed_and_padding_is_minus_infinity():
    window = np.array([[1.0, -np.inf], [3.0, 2.0]])
    svg = pixel.winner(window, (1, 0), {"window": "w", "total": "3 wins", "alt": "a"})
    assert words(svg) == ["w", "1", "−∞", "3", "2", "3 wins"]
    frames = [element for element in ET.fromstring(svg).iter(f"{SVG}rect") if element.get("stroke-width") == "6"]
    assert [(float(frame.get("x")), float(frame.get("y"))) for frame in frames] == [(60, 128)]


def test_contributions_point_to_both_sides_and_end_in_the_total():
    labels = {"rest": "others", "bias": "bias", "total": "total", "alt": "a"}
    svg = pixel.contributions([("a <b>", 2.0, 1.5), ("c", 1.0, -1.0)], 0.5, -0.25, 2.25, labels)
    assert words(svg)[-1] == "total = 2.25"
    bars = [(float(bar.get("x")), float(bar.get("width"))) for bar in ET.fromstring(svg).iter(f"{SVG}rect")]
    assert bars[0] == (730, 190)
    assert bars[1][0] + bars[1][1] == pytest.approx(730, abs=0.01)


@pytest.mark.parametrize(("value", "said"), [
    (-0.0, "0"), (-1.5, "−1.5"), (float("inf"), "∞"), (-float("inf"), "−∞"), (0.000123456, "0.000123"),
])
def test_numbers_have_three_digits_and_a_real_minus(value, said):
    assert pixel.number(value) == said
