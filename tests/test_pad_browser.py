"""The drawing pad in a real browser: what Python gets of a drawing, and what keeps it on the square."""

import base64

import numpy as np
import pytest

from tests.conftest import served
from ui.lenet.pad import _layers, decode, encode

APP = """
import base64

import numpy as np
import streamlit as st

from ui.lenet.pad import pad

WORDS = {"en": {"label": "Drawing pad", "hint": "Draw a digit", "undo": "Undo", "clear": "Clear"},
         "zh": {"label": "画板", "hint": "画一个数字", "undo": "撤销", "clear": "清空"}}


def draw():
    lang = st.radio("Language", ["en", "zh"], key="lang")
    st.button("Once more")
    if st.button("Put a picture"):
        st.session_state.picture = st.session_state.get("picture", 0) + 1
    image = None
    if number := st.session_state.get("picture"):
        image = np.zeros((28, 28), np.uint8)
        image[4:24, 5 * number:5 * number + 3] = np.arange(20, 260, 12)[:, None]

    @st.fragment
    def panel():
        st.session_state.times = st.session_state.get("times", 0) + 1
        drawn = pad("digit", WORDS[lang], image)
        st.text(f"run {st.session_state.times}: " + ("nothing" if drawn is None else base64.b64encode(drawn).decode()))

    if st.toggle("Show", True, key="show"):
        panel()


def controlled():
    @st.fragment
    def panel():
        drawn = pad("handed back", WORDS["en"], st.session_state.get("drawn"))
        st.session_state.drawn = drawn
        st.text("run 0: " + ("nothing" if drawn is None else base64.b64encode(drawn).decode()))

    panel()


st.navigation([st.Page(draw, title="Draw", default=True), st.Page(controlled, title="Controlled")]).run()
"""


@pytest.fixture(scope="module")
def app_url(tmp_path_factory):
    with served(tmp_path_factory.mktemp("pad"), APP) as url:
        yield url


@pytest.fixture
def page(chromium_page, app_url):
    chromium_page.goto(app_url)
    chromium_page.get_by_role("img", name="Drawing pad").wait_for()
    yield chromium_page
    assert chromium_page.complaints == []


def square(page):
    return page.locator(".pad canvas").bounding_box()


def at(page, row, column):
    """Where the middle of a pixel of the 28 x 28 lies on the page."""
    box = square(page)
    return box["x"] + (column + 0.5) / 28 * box["width"], box["y"] + (row + 0.5) / 28 * box["height"]


def stroke(page, *places):
    """Draw from place to place with the mouse, each a row and a column of the 28 x 28."""
    page.mouse.move(*at(page, *places[0]))
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*at(page, *place), steps=6)
    page.mouse.up()


def told(page):
    """What Python had got when it last answered: pixels, or None."""
    text = page.get_by_test_id("stText").inner_text().partition(": ")[2]
    return None if text == "nothing" else np.frombuffer(base64.b64decode(text), np.uint8).reshape(28, 28)


def told_other_than(page, before):
    """Wait until Python's answer is another one."""
    text = "nothing" if before is None else base64.b64encode(before).decode()
    page.wait_for_function("text => { const all = document.querySelectorAll('[data-testid=stText]');"
                           "return all.length === 1 && !all[0].innerText.endsWith(': ' + text) }", arg=text)
    return told(page)


def settled(page):
    """What Python has once no message is under way: its answer has stood for a while."""
    page.evaluate("window.textBefore = null")
    page.wait_for_function("() => { const text = document.querySelector('[data-testid=stText]')?.innerText;"
                           "const stands = text && text === window.textBefore; window.textBefore = text; return stands }", polling=400)
    return told(page)


def shown(page):
    """How dark the square itself is, averaged to 28 x 28."""
    return np.array(page.locator(".pad canvas").evaluate("""canvas => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, 280, 280)
        return Array.from({ length: 784 }, (_, i) => {
            let sum = 0
            for (let y = 0; y < 10; y++) for (let x = 0; x < 10; x++)
                sum += data[4 * ((10 * Math.floor(i / 28) + y) * 280 + 10 * (i % 28) + x) + 3]
            return Math.round(sum / 100)
        })
    }""")).reshape(28, 28)


def test_python_gets_ink_where_it_was_drawn(page):
    assert told(page) is None
    stroke(page, (5, 9), (22, 9))
    told_other_than(page, None)
    drawn = settled(page)
    rows, columns = drawn.any(1).nonzero()[0], drawn.any(0).nonzero()[0]
    assert (rows.min(), rows.max()) == (3, 24)                             # the brush is 3.6 pixels wide, its core 2.4
    assert (columns.min(), columns.max()) == (7, 11)
    assert drawn[7:21, 9].min() == 255
    assert 0 < drawn[10, 7] < drawn[10, 8] < 255                           # a soft edge
    assert shown(page) == pytest.approx(drawn, abs=2)                      # the same under the theme's colour
    down, right = np.average(np.indices((28, 28)), axis=(1, 2), weights=np.stack([drawn, drawn]))
    assert (down, right) == pytest.approx((13.5, 9), abs=0.1)


def test_tap_is_a_dot(page):
    page.mouse.click(*at(page, 14, 14))
    drawn = told_other_than(page, None)
    assert drawn[14, 14] == 255
    assert drawn[12:17, 12:17].sum() == drawn.sum()


def test_undo_takes_back_exactly_one_stroke(page):
    stroke(page, (5, 9), (22, 9))
    told_other_than(page, None)
    first = settled(page)
    stroke(page, (5, 12), (12, 20), (22, 12))
    told_other_than(page, first)
    second = settled(page)
    page.keyboard.press("Control+z")                                       # drawing gave the square the focus
    assert (told_other_than(page, second) == first).all()
    page.get_by_role("button", name="Undo").click()
    assert told_other_than(page, first) is None
    assert page.get_by_role("button", name="Undo").get_attribute("aria-disabled") == "true"


def test_clear_empties_and_can_be_undone_by_keyboard(page):
    stroke(page, (5, 9), (22, 9))
    stroke(page, (5, 18), (22, 18))
    told_other_than(page, None)
    both = settled(page)
    page.get_by_role("button", name="Clear").click()
    assert told_other_than(page, both) is None
    assert not shown(page).any()
    page.keyboard.press("Control+z")                                       # the focus is still on the button
    assert (told_other_than(page, None) == both).all()
    page.locator(".pad canvas").focus()
    page.keyboard.press("Control+z")
    assert not told_other_than(page, both)[:, 14:].any()


def test_finger_draws_and_does_not_scroll(page):
    touch = page.context.new_cdp_session(page)
    send = lambda kind, *places: touch.send("Input.dispatchTouchEvent", {  # noqa: E731
        "type": kind, "touchPoints": [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(at(page, *place) for place in places)]})
    send("touchStart", (20, 14))
    for row in range(19, 4, -1):
        send("touchMove", (row, 14))
    send("touchStart", (5, 14), (20, 22))                                  # a second finger draws nothing
    send("touchEnd")
    told_other_than(page, None)
    drawn = settled(page)
    assert drawn[6:20, 14].min() == 255
    assert not drawn[:, 17:].any()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0


def test_python_hears_of_a_long_stroke_before_it_ends(page):
    page.mouse.move(*at(page, 5, 9))
    page.mouse.down()
    page.mouse.move(*at(page, 20, 9), steps=6)
    drawn = told_other_than(page, None)
    assert drawn[6:19, 9].min() == 255
    page.mouse.move(*at(page, 20, 22), steps=6)
    page.mouse.up()
    assert told_other_than(page, drawn)[20, 12:20].min() == 255


def test_line_that_leaves_the_square_leaves_no_ink_along_its_edge(page):
    stroke(page, (14, 14), (14, 40), (40, 40), (40, 14), (24, 14))
    told_other_than(page, None)
    drawn = settled(page)
    assert drawn[14, 14:].min() == 255
    assert not drawn[18:, 20:].any()
    assert drawn[26, 14] == 255                                            # it came back from below


def test_drawing_survives_reruns_other_words_and_remounting(page):
    stroke(page, (5, 9), (22, 9))
    stroke(page, (8, 14), (20, 20))
    told_other_than(page, None)
    drawn, looks = settled(page), shown(page)
    page.locator(".pad canvas").evaluate("canvas => (window.before = canvas)")

    page.get_by_role("button", name="Once more").click()
    settled(page)
    page.get_by_text("zh", exact=True).click()
    page.get_by_role("button", name="撤销").wait_for()
    page.get_by_role("img", name="画板").wait_for()
    assert page.locator(".pad canvas").evaluate("canvas => canvas === window.before")
    assert (shown(page) == looks).all()

    page.get_by_text("Show", exact=True).click()
    page.locator(".pad").wait_for(state="detached")
    page.get_by_text("Show", exact=True).click()
    page.locator(".pad").wait_for()
    assert page.locator(".pad canvas").evaluate("canvas => canvas !== window.before")
    assert (shown(page) == looks).all()
    assert (settled(page) == drawn).all()

    page.get_by_role("link", name="Controlled").click()
    page.get_by_role("img", name="Drawing pad").wait_for()
    assert told_other_than(page, drawn) is None
    page.get_by_role("link", name="Draw").click()
    assert (told_other_than(page, None) == drawn).all()
    assert (shown(page) == looks).all()

    page.get_by_role("button", name="Undo").click()                        # the strokes came back, not their picture alone
    assert not told_other_than(page, drawn)[:, 13:].any()


def test_given_picture_arrives_unchanged_and_can_be_drawn_on(page):
    stroke(page, (5, 20), (22, 20))
    before = told_other_than(page, None)
    page.get_by_role("button", name="Put a picture").click()
    given = told_other_than(page, before)
    assert (given[4:24, 5] == np.arange(20, 260, 12)).all()
    assert not given[:, 8:].any()
    stroke(page, (5, 20), (22, 20))
    told_other_than(page, given)
    both = settled(page)
    assert (both[:, :15] == given[:, :15]).all()
    page.get_by_role("button", name="Once more").click()                   # the same picture is no new one
    assert (settled(page) == both).all()
    page.get_by_role("button", name="Undo").click()
    assert (told_other_than(page, both) == given).all()
    page.get_by_role("button", name="Put a picture").click()
    assert told_other_than(page, given)[10, 11] > 0


def test_caller_may_hand_back_what_it_got(page):
    page.get_by_role("link", name="Controlled").click()
    page.wait_for_function("document.querySelector('[data-testid=stText]')?.innerText.startsWith('run 0')")
    stroke(page, (5, 9), (22, 9))
    told_other_than(page, None)
    first = settled(page)
    stroke(page, (5, 18), (22, 18))
    told_other_than(page, first)
    settled(page)
    page.get_by_role("button", name="Undo").click()
    assert (told_other_than(page, told(page)) == first).all()


def test_pad_follows_the_theme(page):
    stroke(page, (5, 9), (22, 9))
    told_other_than(page, None)
    settled(page)
    canvas = page.locator(".pad canvas").element_handle()
    brightness = "canvas.getContext('2d').getImageData(95, 140, 1, 1).data.slice(0, 3).reduce((all, part) => all + part)"
    assert canvas.evaluate(f"canvas => {brightness}") < 300
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"canvas => {brightness} > 450", arg=canvas)


def test_message_is_small(chromium_page, app_url):
    sent = []
    chromium_page.on("websocket", lambda ws: ws.on("framesent", lambda data: sent.append(len(data))))
    chromium_page.goto(app_url)
    chromium_page.get_by_role("img", name="Drawing pad").wait_for()
    settled(chromium_page)
    sent.clear()
    stroke(chromium_page, (5, 9), (22, 9))
    told_other_than(chromium_page, None)
    assert max(sent) < 2500


# what Python makes of anything a browser may send

def test_pixels_come_back_as_they_went():
    image = np.arange(784, dtype=np.uint8).reshape(28, 28)
    assert (decode(encode(image)) == image).all()
    assert encode(None) == encode(np.zeros((28, 28), np.uint8)) == ""


@pytest.mark.parametrize("pixels", [
    None, 7, [1, 2], {"a": 1}, "", "not base64!", "画", "AAA", b"\xff", base64.b64encode(bytes(783)).decode(),
    base64.b64encode(b"\1" * 785).decode(), base64.b64encode(bytes(784)).decode(), "\n" + base64.b64encode(b"\1" * 784).decode(),
])
def test_what_is_no_picture_is_none(pixels):
    assert decode(pixels) is None


@pytest.mark.parametrize("layers", [None, "AAAA", [1], [["a"]], ["a" * 40_000]])
def test_strokes_that_cannot_be_trusted_become_their_picture(layers):
    assert _layers(layers, "AAAA") == ("picture:AAAA",)
    assert _layers(layers, "") == ()
