"""LeNet's maps in a real browser: hover, click, the sum, and what the pixel sees."""

import re

import pytest
from playwright.sync_api import expect


@pytest.fixture
def maps(chromium_page, app):
    page = chromium_page
    page.goto(app + "lenet?lang=en")
    expect(page.locator(".maps .sheet")).to_have_count(15)       # the picture, and seven layers of two copies
    return page


def at(sheet, across: float, down: float) -> dict:
    box = sheet.bounding_box()
    return {"x": box["width"] * across, "y": box["height"] * down}


def test_a_click_opens_the_sum_below_its_layer_and_lights_what_the_pixel_sees(maps):
    c3 = maps.locator(".maps .sheet").nth(6)                                     # of the trained copy
    c3.click(position=at(c3, 0.55, 0.3))
    panel = maps.locator(".panel")
    expect(panel).to_contain_text(re.compile(r"How this [\d.]+ came to be: C3, conv2d, channel 4, row \d, column \d, trained"))
    value = re.search(r"How this ([\d.]+) came", panel.inner_text())[1]
    expect(panel.locator("svg")).to_contain_text(f"total {value}")
    sums = [float(text.replace("−", "-")) for text in panel.locator("[data-channel] text:nth-of-type(2)").all_text_contents()]
    assert len(sums) == 6
    bias = float(re.search(r"bias (−?[\d.]+)", panel.text_content())[1].replace("−", "-"))
    assert sum(sums) + bias == pytest.approx(float(value), abs=0.02)       # of numbers with three digits
    lit = maps.locator(".maps .sheet").nth(0).locator("rect")
    expect(lit).to_have_count(1)
    assert (lit.get_attribute("width"), lit.get_attribute("height")) == ("14", "14")          # 5 x 5 of S2 are 10 x 10 of C1
    expect(maps).to_have_url(re.compile(r"[?&]pixel=1\.3\.4\.\d\.\d(&|$)"))           # the trained copy's third layer, channel 4
    panel.get_by_role("button").click()
    expect(panel).to_have_count(0)
    expect(maps).not_to_have_url(re.compile("pixel="))
    assert maps.complaints == []


def test_a_click_on_an_input_channel_shows_its_products(maps):
    c3 = maps.locator(".maps .sheet").nth(6)
    c3.click(position=at(c3, 0.55, 0.3))
    panel = maps.locator(".panel")
    expect(panel).to_be_visible()
    for channel in (0, 3):
        panel.locator(f"[data-channel='{channel}']").click()
        expect(panel.locator("svg")).to_contain_text(f"window, input channel {channel}")


def test_hover_says_the_value_and_a_language_change_keeps_the_pixel(maps):
    s2 = maps.locator(".maps .sheet").nth(4)
    s2.hover(position=at(s2, 0.1, 0.5))
    expect(maps.locator(".tip")).to_contain_text(re.compile(r"channel 0, row \d+, column \d+: [\d.]+"))
    s2.click(position=at(s2, 0.1, 0.5))
    expect(maps.locator(".panel")).to_contain_text("the largest of 4 wins")
    maps.get_by_text("简体中文", exact=True).click()
    expect(maps.locator(".panel")).to_contain_text("4 个里最大的胜出")


def test_a_digit_drawn_with_the_mouse_is_answered_and_changes_with_the_strokes(chromium_page, app):
    page = chromium_page
    page.goto(app + "lenet?lang=en&picture=drawn")
    canvas = page.get_by_label("Drawing pad for one digit")
    expect(canvas).to_be_visible()
    expect(page.locator(".maps .sheet")).to_have_count(15)

    def stroke(*points):
        box = canvas.bounding_box()
        for i, (across, down) in enumerate(points):
            page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"], steps=8)
            if i == 0:
                page.mouse.down()
        page.mouse.up()

    says = page.get_by_text(re.compile(r"The trained copy says \d with probability"))
    stroke((0.5, 0.15), (0.5, 0.85))
    expect(says).to_contain_text("says 1 ")
    lit = page.locator(".maps .sheet canvas").first
    before = lit.evaluate("canvas => canvas.toDataURL()")
    page.get_by_role("button", name="Clear").click()
    stroke((0.25, 0.2), (0.7, 0.2), (0.4, 0.85))
    expect(says).to_contain_text("says 7 ")
    assert page.locator(".maps .sheet canvas").first.evaluate("canvas => canvas.toDataURL()") != before
    assert page.complaints == []


def test_each_scale_has_a_legend(maps):
    expect(maps.locator(".maps .scale")).to_have_count(8)                  # the picture's, and one for each layer of both copies
    maps.get_by_text("each copy's layer", exact=True).click()
    expect(maps.locator(".maps .scale")).to_have_count(15)


def test_a_language_change_keeps_folds_open_and_the_boxes_say_their_choice_in_it(maps):
    maps.get_by_text("Change something and watch", exact=True).click()
    expect(maps.get_by_text("Only a copy is changed")).to_be_visible()
    chosen = maps.get_by_role("combobox", name=re.compile("Picture|图片"))
    expect(chosen).to_have_value("sharp")
    maps.get_by_text("简体中文", exact=True).click()
    expect(chosen).to_have_value("清晰")
    expect(maps.get_by_text("改的只是一份副本")).to_be_visible()
    assert maps.complaints == []
