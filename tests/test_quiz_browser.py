"""Impatient fingers: an answer that is clicked twice is given once, on the quiz page and where a page asks for a prediction."""

from playwright.sync_api import Page, expect


def twice(page: Page, answer: str) -> None:
    page.get_by_test_id("stMain").get_by_text(answer, exact=True).dblclick()


def test_a_double_click_gives_an_answer_and_does_not_take_it_back(app, chromium_page):
    page = chromium_page
    page.goto(app + "quiz?lang=en")
    twice(page, "torch.float32")
    expect(page.get_by_text("You said “torch.float32”: right.")).to_be_visible()
    expect(page.get_by_text("1 of 1 right")).to_be_visible()
    page.goto(app + "clinic?lang=en&card=svd")
    twice(page, "it runs, no complaint, wrong result")
    expect(page.get_by_text("You said “it runs, no complaint, wrong result”, and so says Python.")).to_be_visible()
    assert page.complaints == []


def test_on_a_small_projector_the_next_question_comes_into_sight_and_a_reload_keeps_the_answers(app, chromium_page):
    page = chromium_page
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(app + "quiz?lang=en&view=drill&level=medium&subject=networks&seed=3")
    page.get_by_role("button", name="Just show me").click()
    page.get_by_text("The program that proves it").scroll_into_view_if_needed()
    expect(page.get_by_role("button", name="Next question")).to_be_in_viewport()
    page.get_by_test_id("stMain").evaluate("main => { main.scrollTop = 600 }")
    page.get_by_role("button", name="Next question").evaluate("button => button.click()")
    expect(page.get_by_text("Question 2 of 10")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Skip")).to_be_in_viewport()
    page.reload()
    expect(page.get_by_text("Question 2 of 10")).to_be_visible()
    expect(page.get_by_text("0 of 1 right")).to_be_visible()
    assert page.complaints == []
