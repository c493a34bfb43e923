"""The figures of the runs page: valid plotly, well-formed HTML, and the numbers that they were given."""

import base64
from html.parser import HTMLParser

import numpy as np
import plotly.graph_objects as go
import pytest

from figures import confusion, curves, mistakes

WORDS = dict.fromkeys(("x", "y", "hover", "chance", "truth", "said"), "words")
COUNTS = np.array([[5, 0, 1], [2, 7, 0], [0, 0, 9]])
NAMES = ["cat", "dog", "frog"]


def unpacked(spec):
    flat = np.frombuffer(base64.b64decode(spec["bdata"]), dtype=spec["dtype"])
    return flat.reshape([int(n) for n in spec["shape"].split(",")]) if "shape" in spec else flat


def line(place=0, n=4, raw=None, name="run"):
    return curves.Line(name, place, np.arange(n, dtype=float), np.linspace(1, 2, n), raw)


FIGURES = {
    "no run": lambda: curves.overlay([], WORDS, chance=2.3, top=4.0),
    "means": lambda: curves.overlay([line(p, 100, np.ones(100)) for p in range(6)], WORDS, chance=2.3, top=4.0),
    "epochs": lambda: curves.overlay([line(5)], WORDS, chance=0.1, share=True),
    "lr": lambda: curves.overlay([line()], WORDS, steps=True),
    "matrix": lambda: confusion.matrix(COUNTS, NAMES, WORDS),
    "matrix, dark": lambda: confusion.matrix(np.zeros((2, 2), dtype=int), ["a", "b"], WORDS, dark=True),
    "classes": lambda: confusion.by_class(NAMES, [0.5, 1.0, 0.0], [(0.3, 0.7), (0.8, 1.0), (0.0, 0.4)], 1 / 3, WORDS),
}


@pytest.mark.parametrize("name", FIGURES)
def test_plotly_accepts_every_property(name):
    figure = FIGURES[name]()
    assert len(go.Figure(figure).data) == len(figure["data"])              # raises for a property that does not exist


def test_a_mean_is_drawn_strong_and_what_it_is_made_of_faint():
    raw, mean = curves.overlay([line(1, 3, np.array([4.0, 5, 6]))], WORDS)["data"]
    assert unpacked(raw["y"]).tolist() == unpacked(mean["customdata"]).tolist() == [4, 5, 6]
    assert unpacked(mean["y"]).tolist() == [1, 1.5, 2]
    assert raw["opacity"] < 0.5
    assert raw["line"]["width"] < mean["line"]["width"]
    assert raw["hoverinfo"] == "skip"
    assert not raw["showlegend"]


def test_a_place_means_a_colour_whoever_else_is_drawn():
    alone, third = (curves.overlay(lines, WORDS)["data"][-1]["line"]["color"] for lines in ([line(2)], [line(0), line(1), line(2)]))
    assert alone == third == curves.COLOURS[2]
    assert len({(colour, dash) for colour, dash in zip(curves.COLOURS, curves.DASHES, strict=True)}) == 6


def test_a_title_is_text_and_no_html():
    drawn = curves.overlay([line(name='<a href="x">&</a>')], WORDS)["data"][0]
    assert drawn["name"] == "&lt;a href=&quot;x&quot;&gt;&amp;&lt;/a&gt;"


def test_right_answers_and_mistakes_have_scales_of_their_own():
    right, wrong, _ = confusion.matrix(COUNTS, NAMES, WORDS)["data"]
    np.testing.assert_allclose(np.diag(unpacked(right["z"])), [5 / 6, 7 / 9, 1.0])
    assert np.isnan(unpacked(right["z"])[~np.eye(3, dtype=bool)]).all()
    assert np.isnan(np.diag(unpacked(wrong["z"]))).all()
    assert (unpacked(wrong["z"])[1, 0], wrong["zmax"]) == (2, 2)


def test_each_square_knows_its_row_column_count_and_share():
    squares = confusion.matrix(COUNTS, NAMES, WORDS)["data"][2]
    place = squares["customdata"].index([1, 0, 2, pytest.approx(2 / 9)])
    assert (squares["y"][place], squares["x"][place], squares["text"][place]) == ("dog", "cat", "2")   # a dog that was taken for a cat
    assert squares["text"][1] == ""                                        # no zeros: they hide the rest


def test_a_click_finds_the_squares_and_nothing_above_them():
    figure = confusion.matrix(COUNTS, NAMES, WORDS)
    assert [trace.get("hoverinfo") for trace in figure["data"]] == ["skip", "skip", None]
    assert figure["data"][2]["marker"]["opacity"] == 0
    assert len(figure["data"][2]["x"]) == 9


def test_error_bars_reach_the_ends_of_the_range():
    bars = FIGURES["classes"]()["data"][0]
    np.testing.assert_allclose(np.array(bars["y"]) + bars["error_y"]["array"], [0.7, 1.0, 0.4])
    np.testing.assert_allclose(np.array(bars["y"]) - bars["error_y"]["arrayminus"], [0.3, 0.8, 0.0])


class Reader(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.open, self.images, self.words = [], [], []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        (self.images.append(dict(attrs)) if tag == "img" else self.open.append(tag))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def test_tiles_show_picture_caption_and_likeliest_classes():
    pictures = [np.zeros((1, 8, 8), np.uint8), np.zeros((3, 32, 32), np.uint8)]
    bars = [[("4", 0.9, False), ("9", 0.1, True)], [("<b>", 0.5, True)]]
    read = Reader(mistakes.tiles(pictures, ["9 → 4", "<i>"], bars, "picture", 100))
    assert [image["alt"] for image in read.images] == ["picture 1: 9 → 4", "picture 2: <i>"]
    assert all(image["src"].startswith("data:image/png;base64,") for image in read.images)
    assert read.words == ["9 → 4", "4", "90.0%", "9", "10.0%", "<i>", "<b>", "50.0%"]
