"""The browser's own Back and Forward: each view with its fields, and the language, as they stood."""

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import product


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with product(tmp_path_factory.mktemp("home")) as address:
        yield address


def choose(page: Page, view: str, question: str) -> None:
    page.get_by_test_id("stMain").get_by_text(view, exact=True).click()
    expect(page.get_by_role("heading", name=question)).to_be_visible()


def test_back_and_forward_lead_through_the_views_as_fast_as_one_can_click(app, chromium_page):
    page = chromium_page
    page.goto(app + "tensors?lang=en")
    choose(page, "Combine", "What happens when two shapes meet?")
    size = page.get_by_role("textbox", name="Size of a")
    size.fill("5, 1")
    size.press("Enter")
    expect(page).to_have_url(app + "tensors?lang=en&view=combine&a_size=5%2C+1")
    choose(page, "Chance", "Can chance be repeated?")
    page.go_back()
    expect(page.get_by_role("heading", name="What happens when two shapes meet?")).to_be_visible()
    expect(size).to_have_value("5, 1")
    page.go_back()
    expect(size).to_have_value("3, 1")
    page.go_back()
    expect(page.get_by_role("heading", name="What is inside a tensor?")).to_be_visible()
    for _ in range(3):
        page.go_forward()
        page.wait_for_timeout(300)
    expect(page.get_by_role("heading", name="Can chance be repeated?")).to_be_visible()
    expect(page).to_have_url(app + "tensors?lang=en&view=seed")
    assert page.complaints == []


def test_back_takes_a_switch_of_language_back_and_stays_in_the_view(app, chromium_page):
    page = chromium_page
    page.goto(app + "autograd?lang=en")
    choose(page, "Rules", "What does autograd allow, and what not?")
    page.get_by_text("简体中文").click()
    expect(page.get_by_role("heading", name="自动求导允许什么，不允许什么？")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="What does autograd allow, and what not?")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="If x grows a little")).to_be_visible()
    assert page.complaints == []
