"""The browser's own Back and Forward: each view with its fields, and the language, as they stood."""

from playwright.sync_api import Page, expect


def asks(page: Page, question: str) -> None:
    expect(page.get_by_role("heading", name=question)).to_be_visible()


def choose(page: Page, view: str, question: str) -> None:
    page.get_by_test_id("stMain").get_by_text(view, exact=True).click()
    asks(page, question)


def test_back_and_forward_lead_through_the_views_as_fast_as_one_can_click(app, chromium_page):
    page = chromium_page
    page.goto(app + "tensors?lang=en")
    asks(page, "What is inside a tensor?")
    choose(page, "Combine", "What happens when two shapes meet?")
    size = page.get_by_role("textbox", name="Size of a")
    size.fill("5, 1")
    size.press("Enter")
    expect(page).to_have_url(app + "tensors?lang=en&view=combine&a_size=5%2C+1")
    choose(page, "Chance", "Can chance be repeated?")
    page.go_back()
    asks(page, "What happens when two shapes meet?")
    expect(size).to_have_value("5, 1")
    page.go_back()
    expect(size).to_have_value("3, 1")
    page.go_back()
    asks(page, "What is inside a tensor?")
    page.go_forward()
    asks(page, "What happens when two shapes meet?")
    page.go_forward()
    expect(size).to_have_value("5, 1")
    page.go_forward()
    asks(page, "Can chance be repeated?")
    expect(page).to_have_url(app + "tensors?lang=en&view=seed")
    assert page.complaints == []


def test_back_takes_a_switch_of_language_back_and_stays_in_the_view(app, chromium_page):
    page = chromium_page
    page.goto(app + "autograd?lang=en")
    asks(page, "If x grows a little")
    choose(page, "Rules", "What does autograd allow, and what not?")
    page.get_by_text("简体中文").click()
    asks(page, "自动求导允许什么，不允许什么？")
    page.go_back()
    asks(page, "What does autograd allow, and what not?")
    page.go_back()
    asks(page, "If x grows a little")
    assert page.complaints == []
