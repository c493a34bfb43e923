"""What a click far below does to what the learner sees."""

from playwright.sync_api import Page, expect


def top_of(page: Page, name: str) -> float:
    heading = page.get_by_role("heading", name=name)
    expect(heading).to_be_visible()
    page.wait_for_timeout(700)                       # until the page has stopped moving
    return heading.bounding_box()["y"]


def test_another_card_is_seen_from_its_heading_on_and_a_repair_moves_nothing(app, chromium_page):
    page = chromium_page
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(app + "clinic?lang=en")
    assert top_of(page, "Bug clinic") >= 0           # the first run scrolls nowhere
    page.get_by_role("button", name="Just show me").click()
    expect(page.get_by_role("button", name="Try change")).to_have_count(3)
    page.get_by_role("button", name="Next").last.click()
    assert 40 <= top_of(page, "2 of 8") <= 160
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")
    page.get_by_role("spinbutton", name="Deck").fill("7")
    page.get_by_role("spinbutton", name="Deck").press("Enter")
    expect(page.get_by_role("heading", name="1 of 8")).to_be_visible()
    assert top_of(page, "Bug clinic") >= 0           # nor does a change of what is seen already
    page.get_by_role("button", name="Just show me").click()
    again = page.get_by_role("button", name="Try change").first
    again.scroll_into_view_if_needed()
    before = page.get_by_test_id("stMain").evaluate("main => main.scrollTop")
    assert before > 100
    again.click()
    expect(page.get_by_role("button", name="see below")).to_be_visible()
    page.wait_for_timeout(700)
    assert abs(page.get_by_test_id("stMain").evaluate("main => main.scrollTop") - before) < 30
    assert page.complaints == []
