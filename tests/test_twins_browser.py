"""Twins in a real browser: both curves grow together, the number is pointed at, and a link tries another pair."""

import re

from playwright.sync_api import expect


def curves(page):
    return page.evaluate("document.querySelector('.js-plotly-plot').data.map(trace => Array.from(trace.y))")


def test_twins_run_side_by_side_from_the_prediction_to_the_number_that_differs(chromium_page, app):
    page = chromium_page
    page.goto(app + "twins?lang=en")
    page.locator("button", has_text="new weights").click()
    page.locator("button", has_text="A, by 2 points").click()
    start = page.get_by_role("button", name="Let both run")
    expect(start).to_be_enabled()
    start.click()
    page.wait_for_url(re.compile("run=[0-9a-f]{8}"))
    expect(page.get_by_text("Done", exact=True)).to_be_visible()
    expect(page.locator("svg text", has_text="conv1.0.weight[0, 0, 0, 0]")).to_be_visible()
    expect(page.get_by_text("You said “new weights”, and so says PyTorch.")).to_be_visible()
    page.wait_for_function("+document.querySelector('.live-chart').dataset.points === 3 * 205")            # 410 steps, two a point
    a, b, distance = curves(page)
    assert a[0] != b[0]
    assert 0 < distance[0] < distance[-1]
    page.get_by_text("Go deeper").click()
    page.wait_for_timeout(1000)                        # the fold opens, and what is in it moves
    page.get_by_role("link", name="Nothing at all: is equal equal?").click()
    page.wait_for_url(re.compile("change=nothing"))
    expect(page.get_by_text("B gets exactly the settings of A.")).to_be_visible()
    assert page.complaints == []


def test_stop_ends_a_pair_and_keeps_what_was_found(chromium_page, app):
    page = chromium_page
    page.goto(app + "twins?lang=en&change=nothing&epochs=50&batch_size=4")
    page.get_by_role("button", name="Just show me").click()
    start = page.get_by_role("button", name="Let both run")
    expect(start).to_be_enabled()
    start.click()
    page.wait_for_function("+document.querySelector('.live-chart')?.dataset.points > 2")
    a, b, distance = curves(page)
    assert a == b
    assert set(distance) == {0}
    page.get_by_test_id("stMainBlockContainer").get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile(r"Stopped at step [\d,]+ of 16,200"))).to_be_visible()
