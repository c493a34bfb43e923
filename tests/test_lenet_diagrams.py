"""LeNet's diagrams: the four side by side with what differs, why an input is refused, and the picture as a file to take home."""

import io
import re
import xml.etree.ElementTree as ET

import pytest
from PIL import Image
from playwright.sync_api import expect

from content.text import LANGUAGES, Text
from core.look import misfits, some_batch
from core.models import LENETS, fresh
from core.refusal import Product, refused_product
from core.trace import layers, trace
from figures import lenet, refusal
from figures.palette import BLUE, GREEN
from figures.svg import MARK
from tests.conftest import served
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two of them are fixtures)
from ui.lenet import architecture

SVG = "{http://www.w3.org/2000/svg}"
FOLD = 883 / 1000                                    # pixels of a unit inside a fold of a page 1280 pixels wide
TAKES_28_TOO = "edited.1x28.6k9s4.16k3p1.max2.relu.12.8"                   # 28 and 32 both end as 16·1·1
REFUSES_IN_A_POOL = "edited.1x32.6k9s4.16k2.max2.relu.12.8"                # 28 -> 5, 2, 1, and then a window of 2
WORDS = {name: name for name in ("alt", "gets", "wants", "arrives", "batch", "each")}


def traced(network):
    return trace(fresh(network, 0).eval(), some_batch(network, 1))


def drawn_of_four():
    networks = [(key, f"{key} total", traced(key)) for key in LENETS]
    return lenet.compared(networks, {name: name for name in ("input", "alt", "differs", "shared")})


def texts(svg):
    return [element.text for element in ET.fromstring(svg).iter(f"{SVG}text")]


def frames(parent):
    """(words, whether their frame is filled) of each framed label."""
    found, parts = [], list(parent)
    for box, words in zip(parts, parts[1:], strict=False):
        if words.tag == f"{SVG}text" and (box.get("fill") == MARK or box.get("stroke-dasharray")):
            found.append((words.text, box.get("fill") == MARK))
    return found


def rows(svg):
    """The two groups of each network: its heading and its layers."""
    groups = list(ET.fromstring(svg).iter(f"{SVG}g"))
    return dict(zip(LENETS, zip(groups[::2], groups[1::2], strict=True), strict=True))


def element(at, key):
    return next(e for e in at.get("bidi_component") if e.proto.id.endswith(f"-{key}") or e.proto.id.endswith(key)).proto.bytes.decode()


def test_stack_has_at_most_six_squares_to_scale_and_no_words():
    parts = [ET.fromstring(part) for part in lenet.stack(200, 100, (16, 10, 10), BLUE, "C3")]
    assert [part.tag for part in parts] == ["rect"] * 6
    assert {part.get("width") for part in parts} == {part.get("height") for part in parts} == {"26"}
    middles = [(float(part.get("x")) + 13, float(part.get("y")) + 13) for part in parts]
    assert tuple(sum(axis) / 6 for axis in zip(*middles, strict=True)) == (200, 100)
    assert len(lenet.stack(0, 0, (3, 32, 32), BLUE)) == 3
    [bar] = (ET.fromstring(part) for part in lenet.stack(200, 100, (120,), GREEN))
    assert (float(bar.get("x")) + 9, float(bar.get("y")) + float(bar.get("height")) / 2) == pytest.approx((200, 100))


@pytest.mark.parametrize(("network", "differs"), [
    ("lenet", set()),
    ("cifar_net", {"3@32×32", "6·3·5·5", "= 456"}),
    ("lenet5", {"1@28×28", "6@24×24", "6@12×12", "16@8×8", "16@4×4", "120·256", "= 30,840"}),
    ("lenet_conv3", {"16@12×12", "16·6·3·3", "= 880", "16@6×6", "120·576", "= 69,240"}),
])
def test_filled_frames_mark_what_is_not_as_in_the_first_network(network, differs):
    heading, row = rows(drawn_of_four())[network]
    assert {words for words, filled in frames(row) if filled} == differs
    assert frames(heading) == [(f"{network} total", network != "lenet")]


def test_a_label_has_a_frame_if_and_only_if_it_is_not_the_same_in_all_four():
    places, framed = {}, set()
    for _, row in rows(drawn_of_four()).values():
        labels = [element for element in row if element.tag == f"{SVG}text"]
        for label in labels:
            places.setdefault((label.get("x"), label.get("y")), []).append(label.text)
        marked = {words for words, _ in frames(row)}
        framed |= {(label.get("x"), label.get("y")) for label in labels if label.text in marked}
    assert all(len(words) == 4 for words in places.values())               # the same slots in all four
    assert framed == {place for place, words in places.items() if len(set(words)) > 1}
    assert len(framed) == 11                                               # 5 shapes; weights and their sum of C1, C3 and C5


def test_the_four_are_drawn_to_one_scale():
    for network, (_, row) in rows(drawn_of_four()).items():
        sides = [float(box.get("width")) for box in row.iter(f"{SVG}rect") if box.find(f"{SVG}title") is not None]
        sizes = [traced(network).in_shape[1:], *(op.out_shape[1:] for _, op in layers(traced(network).ops))]
        wanted = [size[1] * 2.6 if len(size) == 3 else 18 for size in sizes for _ in range(min(size[0], 6) if len(size) == 3 else 1)]
        assert sides == pytest.approx(wanted, abs=1e-3)


def test_letters_are_large_enough_for_the_last_row():
    refused = [refusal.chain(tried, traced("lenet5"), WORDS) for tried in misfits(fresh("lenet5", 0), "lenet5").values()]
    for svg in (drawn_of_four(), lenet.operations(traced("lenet"), "a"), *refused):
        assert min(float(size) for size in re.findall(r'font-size="([\d.]+)"', svg)) * FOLD >= 20


@pytest.mark.parametrize("lang", LANGUAGES)
def test_page_draws_all_four_and_says_what_differs_and_why(lang):
    at = opened("lenet", lang=lang, network="lenet5")
    assert len([words for words in texts(element(at, "lenet.diagram")) if "@" in words]) == 5
    at.session_state["lenet.diagrams"] = "four"
    fine(at.run())
    drawn = element(at, "lenet.diagram")
    assert len([words for words in texts(drawn) if "@" in words]) == 20
    for key, total in {"LeNet": "61,706", "CIFAR Net": "62,006", "LeNet-5": "44,426", "LeNet 3×3": "81,290"}.items():
        assert key in texts(drawn)
        assert any(words.startswith(total) for words in texts(drawn))
    said = shown(at).replace("\u00a0", " ")
    for number in ("3·5·5", "1·5·5", "28×28", "16·4·4 = 256", "16·5·5 = 400", "16·6·6 = 576"):
        assert number in said
    at.session_state["lenet.network"] = "cifar_net"
    assert element(fine(at.run()), "lenet.diagram") == drawn               # the choice stays, and the picture is that of all four
    fine(at.button(key="frame.reset").click().run())
    assert at.session_state["lenet.diagrams"] == "one"


def test_the_four_are_computed_once_for_all_learners():
    assert architecture._four(Text("zh")) is architecture._four(Text("zh"))


@pytest.mark.parametrize(("network", "kind", "rows", "columns", "into", "came", "wanted"), [
    ("lenet", "size", 1, 256, 400, (16, 4, 4), (16, 5, 5)),
    ("lenet", "batch", 16, 25, 400, (5, 5), (16, 5, 5)),
    ("lenet5", "size", 1, 400, 256, (16, 5, 5), (16, 4, 4)),
    ("lenet5", "batch", 16, 16, 256, (4, 4), (16, 4, 4)),
    ("lenet_conv3", "size", 1, 400, 576, (16, 5, 5), (16, 6, 6)),
    ("lenet_conv3", "batch", 16, 36, 576, (6, 6), (16, 6, 6)),
])
def test_the_two_numbers_are_traced_to_where_they_come_from(network, kind, rows, columns, into, came, wanted):
    tried = misfits(fresh(network, 0), network)[kind]
    found = refused_product(tried, traced(network))
    assert found == Product(rows, columns, into, 120, came, wanted, "fc1.0" if network == "lenet5" else "fc1")


@pytest.mark.parametrize("kind", ["size", "batch"])
@pytest.mark.parametrize("network", LENETS)
def test_the_picture_holds_the_numbers_of_pytorchs_message(network, kind):
    tried, fits = misfits(fresh(network, 0), network)[kind], traced(network)
    rows, columns, into, out = re.search(r"\((\d+)x(\d+) and (\d+)x(\d+)\)", tried.error).groups()
    svg = refusal.chain(tried, fits, WORDS)
    for words in ("✗ linear", f"gets {rows}×{columns}", f"wants ?×{into}", f"{rows}×{columns}", f"{into}×{out}", "≠",
                  f"in_features {into}", f"out_features {out}"):
        assert words in texts(svg)
    root = ET.fromstring(svg)
    before, after = (lenet.shape(op.out_shape) for op in tried.ops[-2:])
    assert frames(root) == [(before, True), (after, True), (f"gets {rows}×{columns}", True), (f"wants ?×{into}", False)]
    found = refused_product(tried, fits)
    assert frames(next(root.iter(f"{SVG}g"))) == [(f"{lenet.factors(found.came)} = {columns}", True),
                                                  (f"{into} = {lenet.factors(found.wanted)}", False)]


def test_an_input_that_is_taken_all_the_same_or_refused_by_another_operation_has_no_product():
    taken = misfits(fresh(TAKES_28_TOO, 0), TAKES_28_TOO)["size"]
    assert (taken.error, refused_product(taken, traced(TAKES_28_TOO))) == ("", None)
    tried, fits = misfits(fresh(REFUSES_IN_A_POOL, 0), REFUSES_IN_A_POOL)["size"], traced(REFUSES_IN_A_POOL)
    assert refused_product(tried, fits) is None
    assert texts(refusal.chain(tried, fits, WORDS))[-1] == "✗ max_pool2d"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("network", LENETS)
def test_page_says_which_number_of_the_message_is_which(network, lang):
    at = opened("lenet", network=network, lang=lang)
    at.session_state["fold.lenet.misfits"] = True
    said = shown(fine(at.run())).replace("\u00a0", " ")
    messages = [code.value for code in at.code if code.value.startswith("RuntimeError: ")]
    assert len(messages) == 2
    for message in messages:
        assert "mat1 and mat2 shapes cannot be multiplied" in message      # PyTorch's own, as it is
        rows, columns, into, out = re.search(r"\((\d+)x(\d+) and (\d+)x(\d+)\)", message).groups()
        assert f"{rows} × {columns}" in said
        assert f"{into} × {out}" in said
        assert f"{columns} ≠ {into}" in said
    assert ("transposed" if lang == "en" else "转置") in said


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("network", "kind", "words"), [
    (TAKES_28_TOO, "size", {"en": "Nothing is refused", "zh": "没有被拒绝"}),
    (REFUSES_IN_A_POOL, "size", {"en": "`max_pool2d`", "zh": "`max_pool2d`"}),
    ("cifar_net", "batch", {"en": "16 channels for 16 pictures", "zh": "16 个通道成了 16 张图片"}),
])
def test_why_is_said_for_every_way_in_which_an_input_does_not_fit(network, kind, words, lang):
    tried = misfits(fresh(network, 0), network)[kind]
    assert words[lang] in architecture._why(Text(lang), kind, tried, traced(network))


# the picture as a file, in a real browser

APP = """
import numpy as np
import streamlit as st

from content.text import Text
from figures import batch
from ui import picture, save

red = np.zeros((3, 8, 8), np.uint8)
red[0] = 255
svg = batch.grid([red, np.full((1, 8, 8), 90, np.uint8)], ["<一> & two", "b"], ["h1", "h2"], "alt")
picture.show(svg, "shown")
save.above(Text("en"), "pictures", "saved")
"""


@pytest.fixture(scope="module")
def with_pictures(tmp_path_factory):
    with served(tmp_path_factory.mktemp("save"), APP) as address:
        yield address


def saved(page, kind):
    """Its name, its bytes."""
    with page.expect_download() as coming:
        page.get_by_role("button", name=kind, exact=False).last.click()
    return coming.value.suggested_filename, coming.value.path().read_bytes()


def sides(svg):
    """Of the PNG: two pixels for a unit of the picture and of its margin."""
    _, _, width, height = map(float, svg.get_attribute("viewBox").split())
    return 2 * (width + 32), 2 * (height + 32)


def opened_png(raw):
    return Image.open(io.BytesIO(raw)).convert("RGB")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_files_of_the_diagram_look_right_outside_the_page(chromium_page, app, theme):
    page = chromium_page
    page.emulate_media(color_scheme=theme)
    page.goto(app + "lenet?lang=en&network=lenet5")
    expect(page.get_by_role("button", name="Save this picture as SVG")).to_be_visible()
    name, raw = saved(page, "as SVG")
    root = ET.fromstring(raw)
    assert (name, root.tag) == ("lenet5.svg", f"{SVG}svg")
    assert (root.get("color"), root.get("style")) == ("#111", None)
    assert "sans-serif" in root.get("font-family")
    assert (root[0].tag, root[0].get("fill")) == (f"{SVG}rect", "#fff")
    assert "16@4×4" in [element.text for element in root.iter(f"{SVG}text")]

    name, raw = saved(page, "as PNG")
    image = opened_png(raw)
    assert (name, image.size) == ("lenet5.png", sides(page.locator(".firstlight-picture svg").nth(1)))
    colours = {colour: count for count, colour in image.getcolors(1 << 24)}
    assert len(colours) > 100
    assert image.getpixel((0, 0)) == image.getpixel((image.width - 1, image.height - 1)) == (255, 255, 255)
    assert colours[0x11, 0x11, 0x11] > 500                                 # its letters
    assert page.complaints == []


def test_all_four_are_saved_as_they_are_shown(chromium_page, app):
    page = chromium_page
    page.goto(app + "lenet?lang=zh")
    page.get_by_text("四个都画", exact=True).click()
    expect(page.locator(".firstlight-picture svg").nth(1)).to_contain_text("81,290 个模型参数")
    expect(page.get_by_text("虚线框标出与 LeNet 相同的")).to_be_visible()
    name, raw = saved(page, "PNG")
    image = opened_png(raw)
    assert (name, image.size) == ("lenets.png", sides(page.locator(".firstlight-picture svg").nth(1)))
    yellow = [count for count, (r, g, b) in image.getcolors(1 << 24) if r > 240 and g > 230 and b < 190]
    assert sum(yellow) > 10_000                                            # the filled frames


def test_pictures_inside_the_picture_are_saved_too(chromium_page, with_pictures):
    page = chromium_page
    page.goto(with_pictures)
    expect(page.get_by_role("button", name="Save this picture as PNG")).to_be_visible()
    _, raw = saved(page, "SVG")
    root = ET.fromstring(raw)
    assert [image.get("href")[:22] for image in root.iter(f"{SVG}image")] == ["data:image/png;base64,"] * 2
    assert "<一> & two" in [element.text for element in root.iter(f"{SVG}text")]
    _, raw = saved(page, "PNG")
    colours = {colour: count for count, colour in opened_png(raw).getcolors(1 << 24)}
    assert colours[255, 0, 0] > 1000
    assert colours[90, 90, 90] > 1000
    assert page.complaints == []
