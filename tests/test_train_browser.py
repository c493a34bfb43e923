"""The main job in a real browser: train on digits, see the loss fall, stop, refresh and find the run again."""

import re
import statistics
from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError, expect

from jobs import client
from tests.conftest import ROOT, streamlit_server, tick_bytes
from ui.frame import PAGES

LONG = "train?epochs=50&batch_size=2&lr=0.0005&lang=en"                    # takes longer than this test


def start(page, app, path):
    """Open the train page, skip the prediction, press Start; the run's id."""
    page.goto(app + path)
    page.get_by_role("button", name="Just show me").click()
    button = page.get_by_role("button", name="Start training")
    expect(button).to_be_enabled()
    button.click()
    page.wait_for_url(re.compile("run=[0-9a-f]{8}"))
    return re.search("run=([0-9a-f]{8})", page.url)[1]


def drawn(page):
    return int(page.locator(".live-chart").get_attribute("data-points"))


def wait_for_points(page, beyond):
    page.wait_for_function("n => +document.querySelector('.live-chart')?.dataset.points > n", arg=beyond)
    return drawn(page)


def train_losses(page):
    return page.evaluate("Array.from(document.querySelector('.js-plotly-plot').data[0].y)")


def test_a_short_run_learns_and_its_weights_reach_the_lenet_page(chromium_page, app):
    page = chromium_page
    run = start(page, app, "train?lang=en")
    expect(page.get_by_text("Done", exact=True)).to_be_visible()
    losses = train_losses(page)
    assert len(losses) == 410
    assert sum(losses[-41:]) < sum(losses[:41]) / 4                        # the last epoch against the first
    expect(page.get_by_text(re.compile(r"On the whole test set 3\d\d of 360"))).to_be_visible()
    page.get_by_role("button", name="4. Test on the whole test set").click()
    expect(page.get_by_text(re.compile(r"3\d\d of 360 right: 9\d\.\d\d%"))).to_be_visible()
    page.get_by_role("link", name="Look inside this network").click()
    page.wait_for_url(re.compile(f"/lenet.*weights={run}"))
    expect(page.get_by_role("heading", name="LeNet: from pixels")).to_be_visible()
    assert page.complaints == []


def test_weights_travel_out_and_in_again(chromium_page, app, tmp_path):
    page = chromium_page
    start(page, app, "train?lang=en&epochs=1")
    expect(page.get_by_text("Done", exact=True)).to_be_visible()
    for name in ("Download .safetensors", "Download .pt"):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        page.locator("input[type=file]").set_input_files(path)
        expect(page.get_by_text("It fits: 44,426 parameters were loaded")).to_be_visible()


def test_stop_refresh_and_language_leave_the_run_as_it_is(chromium_page, app, app_home, monkeypatch):
    page = chromium_page
    monkeypatch.setenv("FIRSTLIGHT_HOME", str(app_home))
    run = start(page, app, LONG)
    before = wait_for_points(page, 5)
    page.get_by_text("简体中文").click()
    expect(page.get_by_text("训练中", exact=True)).to_be_visible()
    assert f"run={run}" in page.url
    assert "lang=zh" in page.url
    after_switch = wait_for_points(page, before)
    page.reload()
    assert wait_for_points(page, after_switch) > after_switch              # everything that was shown, and more
    expect(page.get_by_text("训练中", exact=True)).to_be_visible()
    page.get_by_role("button", name="停止").click()
    expect(page.get_by_text("已停止", exact=True)).to_be_visible()
    stopped = client.status(run)
    assert stopped.state == "stopped"
    assert client.artifact(run, "weights.safetensors")
    page.goto(app + "train?lang=en")                                       # no run in the link: the browser's own is found
    expect(page.get_by_text("Stopped", exact=True)).to_be_visible()
    assert f"run={run}" in page.url


def zoom(page):
    """Drag over the middle of the chart; the range that it then shows. A drag is lost when new points are drawn in its middle."""
    for _ in range(5):
        box = page.locator(".live-chart .nsewdrag").first.bounding_box()
        page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.7 * box["height"], steps=4)
        page.mouse.up()
        with suppress(TimeoutError):
            page.wait_for_function("document.querySelector('.js-plotly-plot').layout.xaxis.autorange === false", timeout=4_000)
            break
    assert page.evaluate("document.querySelector('.js-plotly-plot').layout.xaxis.autorange") is False
    return page.evaluate("document.querySelector('.js-plotly-plot').layout.xaxis.range")


def test_zoom_stays_while_the_run_goes_on(chromium_page, app):
    page = chromium_page
    start(page, app, LONG)
    wait_for_points(page, 10)
    page.evaluate("window.before = document.querySelector('.js-plotly-plot')")
    zoomed = zoom(page)
    wait_for_points(page, drawn(page) + 20)
    assert page.evaluate("document.querySelector('.js-plotly-plot').layout.xaxis.range") == zoomed
    assert page.evaluate("document.querySelector('.js-plotly-plot') === window.before")
    page.get_by_test_id("stMainBlockContainer").get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped", exact=True)).to_be_visible()


def steps_done(page):
    said = page.get_by_role("progressbar").get_attribute("aria-label")
    return int(re.search(r"step ([\d,]+) of", said)[1].replace(",", ""))


def ended(page):
    page.get_by_test_id("stMainBlockContainer").get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped", exact=True)).to_be_visible()


def test_a_run_pauses_takes_single_steps_and_goes_on(chromium_page, app):
    page = chromium_page
    start(page, app, LONG)
    wait_for_points(page, 5)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused", exact=True)).to_be_visible()
    page.wait_for_timeout(1_500)                                           # the last ticks before the pause arrive
    before, shown = steps_done(page), len(train_losses(page))
    page.wait_for_timeout(1_500)
    assert steps_done(page) == before
    for i in range(1, 4):
        page.get_by_role("button", name="Single step").click()
        page.wait_for_function("said => document.querySelector('[role=progressbar]').ariaLabel.startsWith(said)",
                               arg=f"step {before + i:,} of")
    page.wait_for_timeout(1_500)                                           # one step more would show by now
    assert steps_done(page) == before + 3
    assert len(train_losses(page)) == shown + 3
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("Running", exact=True)).to_be_visible()
    wait_for_points(page, shown + 20)
    ended(page)
    assert page.complaints == []


def marked(page, words):
    """A mark in the chart says so, alone or together with what was changed at about the same time."""
    page.wait_for_function("words => document.querySelector('.js-plotly-plot')?.layout?.annotations?.some(one => one.text.includes(words))",
                           arg=words)


def test_the_learning_rate_changes_while_the_run_goes_on(chromium_page, app, app_home, monkeypatch):
    page = chromium_page
    monkeypatch.setenv("FIRSTLIGHT_HOME", str(app_home))
    run = start(page, app, LONG + "&optimizer=sgd")
    wait_for_points(page, 5)
    page.get_by_text("learning rate", exact=True).click()                  # what stands below the loss
    slider = page.get_by_role("slider", name="Learning rate")
    slider.focus()
    slider.press("ArrowRight")
    marked(page, "lr 0.001")
    page.wait_for_function("document.querySelector('.js-plotly-plot').data[3].y.includes(0.001)")
    assert set(page.evaluate("Array.from(document.querySelector('.js-plotly-plot').data[3].y)")) == {0.0005, 0.001}
    page.reload()
    expect(page.get_by_text("Reconnected to your run.")).to_be_visible()
    expect(page.get_by_role("slider", name="Learning rate")).to_have_attribute("aria-valuetext", "0.001")
    momentum = page.get_by_role("slider", name="Momentum (SGD)")
    momentum.focus()
    momentum.press("ArrowLeft")
    marked(page, "momentum 0.89")
    ended(page)
    told = [event.record for event in client.events(run) if event.record["type"] == "loss"]
    assert (told[-1]["lr"], told[-1]["momentum"]) == (0.001, 0.89)


def test_the_zoom_stays_when_something_else_stands_below_and_after_a_reload(chromium_page, app):
    page = chromium_page
    start(page, app, LONG)
    wait_for_points(page, 10)
    zoomed = zoom(page)
    page.get_by_text("pictures per second", exact=True).click()
    page.wait_for_function("document.querySelector('.js-plotly-plot').layout.yaxis2.title.text === 'pictures/s'")
    assert page.evaluate("document.querySelector('.js-plotly-plot').layout.xaxis.range") == zoomed
    page.reload()
    wait_for_points(page, 10)
    page.wait_for_function("document.querySelector('.js-plotly-plot').layout.xaxis.autorange === false")
    assert page.evaluate("document.querySelector('.js-plotly-plot').layout.xaxis.range") == pytest.approx(zoomed)
    ended(page)
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    assert page.evaluate("document.querySelector('.js-plotly-plot').layout.xaxis.range") == pytest.approx(zoomed)


def test_a_tick_of_the_train_page_fits_in_three_kilobytes(chromium_page, app):
    page, frames = chromium_page, []
    page.on("websocket", lambda ws: ws.on("framereceived", lambda data: frames.append(data)))
    start(page, app, LONG)
    wait_for_points(page, 40)
    frames.clear()
    page.wait_for_timeout(8_000)
    ticks = tick_bytes(frames)
    assert len(ticks) >= 8
    assert statistics.median(ticks) <= 3 * 1024                            # now and then the whole page is drawn anew
    ended(page)


def test_an_experiment_runs_and_is_compared_with_five_seeds(chromium_page, app):
    page = chromium_page
    page.goto(app + "train?lang=en")
    page.get_by_role("combobox", name="Try an experiment").click()
    page.get_by_role("option", name="What can it learn from 20 pictures?").click()
    page.wait_for_url(re.compile("train_images=20"))
    page.get_by_role("button", name="Just show me").click()
    page.get_by_role("button", name="Start training").click()
    expect(page.get_by_text("Done", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile(r"With these settings 5 seeds gave 43\.9% to 58\.9%"))).to_be_visible()
    expect(page.get_by_text("Twenty pictures are learned by heart")).to_be_visible()


def test_the_inside_moves_with_the_run(chromium_page, app):
    page = chromium_page
    start(page, app, LONG)
    wait_for_points(page, 5)
    page.get_by_text("Inside, while it learns").click()
    slider = page.get_by_role("slider", name="After step (0: before training)")
    expect(slider).to_be_visible()
    maps = "document.querySelector('svg[aria-label=\"Activation maps of conv1\"] image').href.baseVal"
    first, before = slider.get_attribute("aria-valuetext"), page.evaluate(maps)
    page.wait_for_function(f"old => {maps} !== old", arg=before)
    assert slider.get_attribute("aria-valuetext") != first
    ended(page)
    assert page.complaints == []


def test_another_browser_can_watch_but_not_stop(chromium_page, chromium, app):
    run = start(chromium_page, app, LONG)
    stranger = chromium.new_context(locale="en-US").new_page()
    stranger.goto(f"{app}train?run={run}&lang=en")
    stranger.wait_for_function("+document.querySelector('.live-chart')?.dataset.points > 3")
    expect(stranger.get_by_text("Another browser's run")).to_be_visible()
    assert stranger.get_by_test_id("stMainBlockContainer").get_by_role("button", name="Stop").count() == 0
    stranger.context.close()
    chromium_page.get_by_test_id("stMainBlockContainer").get_by_role("button", name="Stop").click()
    expect(chromium_page.get_by_text("Stopped", exact=True)).to_be_visible()


@pytest.mark.parametrize("path", ["tensors?size=4%2C+5", "train", ""])
def test_deep_link_on_a_fresh_server_runs_under_app(chromium_page, tmp_path, path):
    with streamlit_server(ROOT, tmp_path / "server.log", FIRSTLIGHT_HOME=str(tmp_path)) as url:
        chromium_page.goto(url + path)
        expect(chromium_page.get_by_role("heading", level=1)).to_be_visible()
        expect(chromium_page.get_by_test_id("stSidebarNavLink")).to_have_count(len(PAGES))
        expect(chromium_page.get_by_text("Page not found")).to_have_count(0)
        if path.startswith("tensors"):
            expect(chromium_page.get_by_label("Size", exact=True)).to_have_value("4, 5")


def test_first_visit_follows_the_browsers_language(chromium, app):
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(app)
    expect(page.get_by_role("heading", level=1)).to_contain_text("初光 Firstlight")
    page.wait_for_url(re.compile("lang=zh"))
    context.close()
