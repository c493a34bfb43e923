"""The live chart in a real browser: what it keeps while it grows, and what a tick costs on the wire."""

import statistics

import pytest

from tests.conftest import served, tick_bytes
from ui.live_chart import CODE, Sent, news, packed

TICK_BYTES = 3 * 1024

APP = """
import math

import streamlit as st

from ui.live_chart import Sent, _slot, live_chart

TITLES = {"en": "Loss over steps", "zh": "损失随步数的变化"}


@st.cache_resource
def history():
    return {"run": 1, "points": [([], []), ([], []), ([], [])]}


def grow():
    lang = st.radio("Language", ["en", "zh"], key="lang")

    @st.fragment(run_every=0.3)
    def panel():
        past = history()
        if st.button("new run"):
            past |= {"run": past["run"] + 1, "points": [([], []), ([], []), ([], [])]}
        if st.button("lose a message"):
            st.session_state[_slot("loss")] = Sent(str(past["run"]), [len(xs) for xs, _ in past["points"]], "")
            st.stop()
        for _ in range(5):
            for i, (xs, ys) in enumerate(past["points"][:2]):
                xs.append(len(xs))
                ys.append((2.3 + i) * math.exp(-len(xs) / 200))
        figure = {
            "data": [{"name": "train", "mode": "lines"}, {"name": "test", "mode": "lines"},
                     {"name": "mean", "mode": "lines", "meta": {"mean_of": 0, "last": 4}}],
            "layout": {"title": {"text": TITLES[lang]}},
        }
        live_chart(figure, past["points"], key="loss", run=str(past["run"]), failed="no chart today",
                   numbers={"last point": f"{past['points'][0][1][-1]:.3f}"}, progress=(0.25, "a quarter"))

    panel()


def other():
    st.write("elsewhere")


st.navigation([st.Page(grow, title="Grow", default=True), st.Page(other, title="Other")]).run()
"""


@pytest.fixture(scope="module")
def app_url(tmp_path_factory):
    with served(tmp_path_factory.mktemp("live_chart"), APP) as url:
        yield url


@pytest.fixture
def chart_page(chromium_page, app_url):
    chromium_page.goto(app_url)
    grown(chromium_page, beyond=0)
    yield chromium_page
    assert chromium_page.complaints == []


def grown(page, beyond):
    """Wait until more points are drawn; how many there are then."""
    page.wait_for_function("n => +document.querySelector('.live-chart')?.dataset.points > n", arg=beyond)
    return points(page)


def points(page):
    return int(page.locator(".live-chart").get_attribute("data-points"))


def plot(page, expression):
    return page.evaluate(f"(() => {{ const plot = document.querySelector('.js-plotly-plot'); return {expression} }})()")


def zoom(page, hold_s=0.0):
    """Drag a rectangle over the middle of the chart; the x range under it at the start."""
    box = page.locator(".live-chart .nsewdrag").bounding_box()
    at = lambda part: (box["x"] + part * box["width"], box["y"] + part * box["height"])  # noqa: E731
    page.mouse.move(*at(0.3))
    page.mouse.down()
    low, high = x_range(page)
    page.mouse.move(*at(0.5), steps=3)
    page.wait_for_timeout(1000 * hold_s)
    page.mouse.move(*at(0.7), steps=3)
    page.mouse.up()
    page.wait_for_function("document.querySelector('.js-plotly-plot').layout.xaxis.autorange === false")
    return [low + 0.3 * (high - low), low + 0.7 * (high - low)]


def x_range(page):
    return plot(page, "plot.layout.xaxis.range")


def has_whole_history(page):
    return plot(page, "plot.data.every(trace => trace.x.every((x, i) => x === i))")


def test_chart_grows_and_keeps_zoom_and_node(chart_page):
    plot(chart_page, "window.before = plot")
    zoom(chart_page)
    zoomed = x_range(chart_page)
    grown(chart_page, beyond=points(chart_page) + 20)
    assert x_range(chart_page) == zoomed
    chart_page.get_by_text("zh", exact=True).click()
    chart_page.get_by_text("损失随步数的变化").wait_for()
    grown(chart_page, beyond=points(chart_page) + 10)
    assert x_range(chart_page) == zoomed
    assert plot(chart_page, "plot === window.before")
    assert chart_page.get_by_role("img", name="损失随步数的变化").count() == 1


def test_zoom_survives_reload_and_page_switch_and_can_be_reset(chart_page):
    zoom(chart_page)
    zoomed = x_range(chart_page)
    chart_page.reload()
    grown(chart_page, beyond=0)
    assert x_range(chart_page) == pytest.approx(zoomed)
    chart_page.get_by_role("link", name="Other").click()
    chart_page.get_by_text("elsewhere").wait_for()
    chart_page.get_by_role("link", name="Grow").click()
    grown(chart_page, beyond=0)
    assert x_range(chart_page) == pytest.approx(zoomed)
    chart_page.get_by_text("zh", exact=True).click()                       # the figure is drawn anew, the zoom stays
    chart_page.get_by_text("损失随步数的变化").wait_for()
    assert x_range(chart_page) == pytest.approx(zoomed)
    box = chart_page.locator(".live-chart .nsewdrag").bounding_box()
    chart_page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    chart_page.wait_for_function("document.querySelector('.js-plotly-plot').layout.xaxis.autorange === true")
    chart_page.reload()
    grown(chart_page, beyond=0)
    assert x_range(chart_page)[1] > zoomed[1]
    chart_page.get_by_role("button", name="new run").click()               # leaves no zoom behind
    chart_page.wait_for_function("document.querySelector('.js-plotly-plot').layout.xaxis.autorange === true")


def test_running_mean_is_that_of_the_last_points(chart_page):
    grown(chart_page, beyond=60)
    points_, means = plot(chart_page, "[plot.data[0].y, plot.data[2].y]")
    expected = [sum(points_[max(0, i - 3) : i + 1]) / len(points_[max(0, i - 3) : i + 1]) for i in range(len(points_))]
    assert means == pytest.approx(expected)


def test_numbers_above_the_chart_follow_it(chart_page):
    number = chart_page.locator(".live-chart-numbers")
    before = number.inner_text()
    assert before.startswith("last point ")
    grown(chart_page, beyond=points(chart_page) + 30)
    assert number.inner_text() != before
    assert chart_page.get_by_role("progressbar", name="a quarter").get_attribute("aria-valuenow") == "25"


def test_slow_drag_zooms_to_what_was_under_it(chart_page):
    wanted = zoom(chart_page, hold_s=0.8)  # two or three ticks
    low, high = x_range(chart_page)
    assert (low, high) == pytest.approx(wanted, abs=0.05 * (wanted[1] - wanted[0]))


def test_whole_history_is_there_after_reload_and_page_switch(chart_page):
    before = grown(chart_page, beyond=30)
    chart_page.reload()
    assert grown(chart_page, beyond=0) >= before
    assert has_whole_history(chart_page)
    chart_page.get_by_role("link", name="Other").click()
    chart_page.get_by_text("elsewhere").wait_for()
    assert chart_page.locator(".live-chart").count() == 0
    chart_page.get_by_role("link", name="Grow").click()
    assert grown(chart_page, beyond=before) > before
    assert has_whole_history(chart_page)


def test_browser_asks_for_points_it_missed(chart_page):
    chart_page.get_by_role("button", name="lose a message").click()
    grown(chart_page, beyond=points(chart_page) + 20)
    assert has_whole_history(chart_page)


def test_new_run_clears_the_chart(chart_page):
    before = grown(chart_page, beyond=300)
    chart_page.get_by_role("button", name="new run").click()
    chart_page.wait_for_function("n => +document.querySelector('.live-chart').dataset.points < n", arg=before // 2)
    grown(chart_page, beyond=points(chart_page))
    assert has_whole_history(chart_page)


def test_chart_follows_the_theme(chart_page):
    light = plot(chart_page, "plot.layout.font.color")
    chart_page.emulate_media(color_scheme="dark")
    chart_page.wait_for_function("old => document.querySelector('.js-plotly-plot').layout.font.color !== old", arg=light)
    assert plot(chart_page, "plot.layout.font.size") >= 16


def test_tick_fits_in_three_kilobytes(chromium_page, app_url):
    frames = []
    chromium_page.on("websocket", lambda ws: ws.on("framereceived", lambda data: frames.append(data)))
    chromium_page.goto(app_url)
    grown(chromium_page, beyond=grown(chromium_page, beyond=0) + 150)      # five points a tick for each of three traces
    ticks = tick_bytes(frames)
    assert len(ticks) >= 8
    assert statistics.median(ticks) <= TICK_BYTES                          # the first draws the whole page


def test_chart_is_drawn_when_plotly_arrives_only_after_the_figure_came_twice(chromium_page, app_url):
    waiting = []
    chromium_page.route("**/plotly.min.js*", lambda route: waiting.append(route))
    chromium_page.goto(app_url)
    chromium_page.locator(".live-chart[aria-label='Loss over steps']").wait_for()
    chromium_page.get_by_text("zh", exact=True).click()
    chromium_page.locator(".live-chart[aria-label='损失随步数的变化']").wait_for()
    waiting[0].continue_()
    grown(chromium_page, beyond=grown(chromium_page, beyond=0))
    assert chromium_page.locator(".live-chart .nsewdrag").count() == 1
    assert chromium_page.complaints == []


def test_says_so_when_plotly_does_not_arrive(chromium_page, app_url):
    chromium_page.route("**/plotly.min.js*", lambda route: route.abort())
    chromium_page.goto(app_url)
    chromium_page.get_by_role("alert").get_by_text("no chart today").wait_for()


def test_news_are_the_points_after_the_last_ones_sent():
    history = [([0, 1, 2], [0.123456789, 2.0, float("inf")])]
    assert news(history, "a", None) == {"run": "a", "from": [0], "x": [[0, 1, 2]], "y": [[0.1235, 2, None]]}
    assert news(history, "a", Sent("a", [2], "")) == {"run": "a", "from": [2], "x": [[2]], "y": [[None]]}
    assert news(history, "b", Sent("a", [2], ""))["from"] == [0]


@pytest.mark.parametrize(("values", "short"), [
    ([5, 10, 15, 20], {"first": 5, "runs": [5, 3]}),
    ([17, 34, 51, 52, 69, 86], {"first": 17, "runs": [17, 2, 1, 1, 17, 2]}),
    ([0.01, 0.01, 0.01, 0.01], {"first": 0.01, "runs": [0, 3]}),
    ([2.303, 0.51, 0.0004, 1.0], {"digits": 3, "of": [2303, 510, 0, 1000]}),
    ([0.0002316, 0.0001, 0.00015, 0.0002], {"digits": 7, "of": [2316, 1000, 1500, 2000]}),
    ([5, 10], [5, 10]),
    ([1, None, 3, 4], [1, None, 3, 4]),
    ([12345.5, 2.0, 3.0, 4.0], [12345.5, 2.0, 3.0, 4.0]),
    ([0.5, 0.25] * 500, [0.5, 0.25] * 500),
    ([], []),
])
def test_points_travel_in_fewer_bytes(values, short):
    assert packed(values) == short


def test_packed_points_arrive_as_they_were(chromium_page, app_url):
    """The browser's own half, on every form that points travel in."""
    chromium_page.goto(app_url)
    code = CODE.read_text("utf-8").replace("function unpacked", "export function unpacked")
    for values in ([17, 34, 51, 52, 69], [3, 3, 3, 3, 4], [0.5, 0.5, 0.5, 0.5], [2.303, 1.15, 0.004, 0.25],
                   [0.0002316, 0.0001, 0.0003, 0.0002], [1, 2]):
        there = chromium_page.evaluate("([code, values]) => import('data:text/javascript,' + encodeURIComponent(code))"
                                       ".then(chart => chart.unpacked(values))", [code, packed(values)])
        assert there == values
