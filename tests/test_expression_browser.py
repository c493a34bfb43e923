"""The tensors page in a real browser: type an expression, read its parts, take an example, follow a link from the catalogue."""

from playwright.sync_api import expect


def test_a_typed_expression_is_drawn_and_a_refused_one_underlined(app, chromium_page):
    page = chromium_page
    page.goto(app + "tensors?lang=en&view=expression")
    page.get_by_role("button", name="Just show me").click()
    picture = page.locator(".firstlight-picture svg").first
    expect(picture.locator("circle")).to_have_count(2 * 6)
    box = page.get_by_role("textbox", name="Expression")
    box.fill("a[:, 1:] * 2")
    box.press("Enter")
    expect(picture.locator("circle")).to_have_count(2 * 3)
    expect(picture).to_contain_text("(2, 2)")
    box.fill("a + open('x')")
    box.press("Enter")
    expect(page.get_by_text("“open” is not available here.")).to_be_visible()
    expect(picture.locator("circle")).to_have_count(0)
    page.get_by_text("torch.rand(2, 3) + torch.rand(3, 2)").click()
    expect(box).to_have_value("torch.rand(2, 3) + torch.rand(3, 2)")
    expect(page.get_by_text("must match the size of tensor b (2) at non-singleton dimension 1")).to_be_visible()
    assert "torch.rand" in page.url
    assert page.complaints == []


def test_an_example_of_the_catalogue_can_be_changed(app, chromium_page):
    page = chromium_page
    page.goto(app + "tensors?lang=en&view=catalogue&ask=product&op=mv")
    page.get_by_role("button", name="Just show me").click()
    page.get_by_role("button", name="Change this expression").click()
    expect(page.get_by_role("textbox", name="Expression")).to_have_value("torch.mv(a, b[0])")
    assert page.complaints == []


def test_gradients_flow_back_step_by_step(app, chromium_page):
    page = chromium_page
    page.goto(app + "autograd?lang=en")
    page.get_by_role("button", name="Just show me").click()
    picture = page.locator(".firstlight-picture svg").first
    expect(picture).to_contain_text("0.7311")
    expect(picture).not_to_contain_text("grad 0.1966")
    slider = page.get_by_role("slider", name="Gradients flowing back")
    slider.focus()
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    expect(picture).to_contain_text("grad 0.1966")
    assert page.complaints == []
