"""In a real browser: edit LeNet into an impossible network, read what does not fit and the repair, mend it at a click, train the result."""

import re

import pytest

WORDS = {                                            # what the reader sees: refusal, repair, the link to training, a label
    "en": ("a 7 × 7 kernel is larger than its input of 6 × 6", "conv2 Kernel 7 → 3", "Train this network", "Pooling window"),
    "zh": ("7 × 7 的卷积核比它的输入还大", "conv2 卷积核 7 → 3", "训练这个网络", "池化窗口"),
}


def slid(page, label: str, by: int) -> None:
    """Move a slider with the keyboard."""
    handle = page.get_by_role("slider", name=re.compile(label))
    handle.focus()
    for _ in range(abs(by)):
        page.keyboard.press("ArrowRight" if by > 0 else "ArrowLeft")


@pytest.mark.parametrize("lang", WORDS)
def test_an_impossible_network_says_what_does_not_fit_and_is_mended_at_a_click(chromium_page, app, lang):
    from playwright.sync_api import expect

    page, (refused, repair, train, window) = chromium_page, WORDS[lang]
    page.goto(f"{app}architecture?lang={lang}")
    picture = page.locator(".firstlight-drawing")
    expect(picture.locator("[data-layer=flatten]")).to_contain_text("256")
    picture.locator("[data-layer=pool1]").click()
    slid(page, window, 2)                                                  # 28 -> 24 -> 6 -> 2, and 4 x 4 does not fit into 2
    expect(picture.locator("[data-layer=pool2]")).to_contain_text("4 > 2")
    picture.locator("[data-layer=conv2]").click()
    slid(page, "Kernel|卷积核", 2)                                          # now 7 x 7 does not fit into 6
    expect(picture.locator("[data-layer=conv2]")).to_contain_text("7 > 6")
    expect(page.get_by_role("alert")).to_contain_text(refused)
    expect(page.get_by_text(train)).to_have_count(0)
    page.get_by_role("button", name=repair).click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(picture.locator("[data-layer=flatten]")).to_contain_text("16·1·1")
    expect(page.locator("code", has_text="self.conv2 = nn.Conv2d(6, 16, 3)")).to_be_visible()
    with page.expect_download() as coming:
        page.get_by_role("button", name="SVG").click()
    assert "16·1·1" in coming.value.path().read_text("utf-8")
    page.get_by_text(train).click()
    expect(page).to_have_url(re.compile(r"/train\?.*network=edited\.1x28\.6k5\.16k3\.max4\.relu\.120\.84"))
    assert page.complaints == []
