"""Impatient fingers: an answer that is clicked twice is given once, on the quiz page and where a page asks for a prediction."""

from playwright.sync_api import Page, expect


def twice(page: Page, answer: str) -> None:
    page.get_by_test_id("stMain").get_by_text(answer, exact=True).dblclick()


def test_a_double_click_gives_an_answer_and_does_not_take_it_back(app, chromium_page):
    page = chromium_page
    page.goto(app + "quiz?lang=en")
    twice(page, "torch.float32")
    expect(page.get_by_text("You said “torch.float32”, and so says PyTorch.")).to_be_visible()
    expect(page.get_by_text("1 of 1 right")).to_be_visible()
    page.goto(app + "clinic?lang=en&card=svd")
    twice(page, "it runs, no complaint, wrong result")
    expect(page.get_by_text("You said “it runs, no complaint, wrong result”, and so says Python.")).to_be_visible()
    assert page.complaints == []
