"""The learner's own picture on LeNet's page: read once, kept, taken back, and refused with a sentence (faults 18 and 19)."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.testing.v1 import AppTest

from core import picture_file
from core.look import LookSpec, look
from tests.test_core_photo import photo
from tests.test_core_picture_file import layered, png
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two of them are fixtures)
from ui.lenet import uploading
from ui.lenet.uploading import KEPT, TURN


def jpeg(digit: int) -> bytes:
    raw = io.BytesIO()
    Image.fromarray(photo(digit).permute(1, 2, 0).numpy()).resize((800, 600)).save(raw, "JPEG", quality=90)
    return raw.getvalue()


def uploaded(at: AppTest, raw: bytes, name: str = "photo.jpg") -> AppTest:
    at.file_uploader[0].set_value((name, raw, "image/jpeg"))
    return fine(at.run())


def by_lang(en: str, zh: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("lang", "sentence"), [("en", en), ("zh", zh)])


@by_lang("The trained copy says **4** with probability", "训练过的网络说是 **4**，概率")
def test_a_photo_is_answered_and_every_step_is_told(lang, sentence):
    at = uploaded(opened("lenet", lang=lang, picture="uploaded"), jpeg(4))
    assert sentence in shown(at)
    assert {"en": "800 × 600 pixels, reduced to 256 × 192", "zh": "800 × 600 像素，已缩小到 256 × 192"}[lang] in shown(at)
    steps = {"en": ("inverted", "the paper's brightness subtracted", "centred by mass"), "zh": ("黑白反转", "减去纸的亮度", "按重心")}
    for told in steps[lang]:
        assert told in shown(at)


def test_what_the_page_shows_is_what_core_makes_of_the_file():
    at = uploaded(opened("lenet", picture="uploaded"), jpeg(7))
    seen = look(LookSpec(picture="uploaded"), None, at.session_state[KEPT].picture.pixels)
    assert f"says **{int(seen.trained.probs.argmax())}** with probability {float(seen.trained.probs.max()):.0%}" in shown(at)


@pytest.mark.parametrize("network", ["lenet", "cifar_net", "lenet5", "lenet_conv3"])
def test_the_form_says_what_is_done_to_it(network):
    at = uploaded(opened("lenet", picture="uploaded", form="as_drawn", network=network), jpeg(4))
    assert "made square in the border's colour, from 192 to 256 pixels" in shown(at)
    assert "inverted" not in shown(at)
    assert ("turned into grey" in shown(at)) == (network != "cifar_net")
    fine(at.selectbox(key="lenet.form").set_value("eight").run())
    assert "counted in blocks of 4 × 4" in shown(at)


@by_lang("No picture yet, so the networks get an empty one.", "还没有图片，网络得到的是空白。")
@pytest.mark.parametrize("form", ["centred", "as_drawn", "eight"])
def test_a_shared_link_opens_without_the_file_and_says_what_to_do(form, lang, sentence):
    at = opened("lenet", lang=lang, picture="uploaded", form=form)
    assert sentence in shown(at)
    assert "PNG, JPEG, WEBP, BMP, GIF" in at.file_uploader[0].help
    assert list(at.warning) == []


def test_the_picture_stays_when_the_language_changes_and_when_the_page_is_left():
    at = uploaded(opened("lenet", picture="uploaded"), jpeg(4))
    at.session_state["lang"] = "zh"
    assert "训练过的网络说是 **4**" in shown(fine(at.run()))
    fine(at.switch_page("pages/tensors.py").run())
    at.query_params.clear()
    fine(at.switch_page("pages/lenet.py").run())
    assert "训练过的网络说是 **4**" in shown(at)


def test_another_picture_takes_its_place_and_reset_takes_it_back():
    at = uploaded(opened("lenet", picture="uploaded"), jpeg(4))
    assert "says **2**" in shown(uploaded(at, jpeg(2)))
    fine(at.button(key="frame.reset").click().run())
    assert KEPT not in at.session_state
    at.session_state["lenet.picture"] = "uploaded"
    fine(at.run())
    assert "No picture yet" in shown(at)


def test_it_is_decoded_once_kept_small_and_the_file_is_given_back(monkeypatch):
    reads, given_back = [], []
    read, remove = picture_file.read, MemoryUploadedFileManager.remove_file
    monkeypatch.setattr(picture_file, "read", lambda *given: (reads.append(given), read(*given))[1])
    monkeypatch.setattr(MemoryUploadedFileManager, "remove_file", lambda self, *given: (given_back.append(given), remove(self, *given))[1])
    at = uploaded(opened("lenet", picture="uploaded"), jpeg(4))
    for digit in (1, 2):
        at.number_input(key="lenet.seed").set_value(digit)
        fine(at.run())
    assert (len(reads), len(given_back)) == (1, 1)
    kept = at.session_state[KEPT].picture.pixels
    assert kept.untyped_storage().nbytes() == 3 * 192 * 256


def test_sixteen_megapixels_are_kept_as_small_as_any():
    raw = io.BytesIO()
    Image.effect_noise((4608, 3456), 90).save(raw, "JPEG")
    at = uploaded(opened("lenet", picture="uploaded"), raw.getvalue())
    assert at.session_state[KEPT].picture.pixels.shape == (1, 192, 256)
    assert "4,608 × 3,456 pixels, reduced to 256 × 192" in shown(at)


def test_pictures_are_decoded_one_at_a_time(monkeypatch):
    held, read = [], picture_file.read
    monkeypatch.setattr(picture_file, "read", lambda *given: (held.append(uploading._one_at_a_time.locked()), read(*given))[1])
    uploaded(opened("lenet", picture="uploaded"), jpeg(4))
    assert held == [True]
    assert not uploading._one_at_a_time.locked()


def test_whatever_goes_wrong_the_file_is_given_back_and_the_next_one_is_taken(monkeypatch):
    given_back, remove = [], MemoryUploadedFileManager.remove_file
    monkeypatch.setattr(MemoryUploadedFileManager, "remove_file", lambda self, *given: (given_back.append(given), remove(self, *given))[1])

    def full(*_):
        raise MemoryError

    at = opened("lenet", picture="uploaded")
    with monkeypatch.context() as broken:
        broken.setattr(picture_file, "read", full)
        at.file_uploader[0].set_value(("photo.jpg", jpeg(4), "image/jpeg"))
        assert [e.value for e in at.run().exception] != []
    assert (len(given_back), at.session_state[TURN]) == (1, 1)
    fine(at.run())
    assert "says **2**" in shown(uploaded(at, jpeg(2)))
    assert len(given_back) == 2


# 18: a giant; 19: no picture

@by_lang("This picture has 400 million pixels; the limit is 16 million. Resize it to about 1000 × 1000",
         "这张图片有 40000 万像素，上限是 1600 万。请缩小到大约 1000 × 1000")
def test_row_18_a_giant_is_refused_from_its_header(lang, sentence):
    at = uploaded(opened("lenet", lang=lang, picture="uploaded"), png(20_000, 20_000), "giant.png")
    assert [warning.value for warning in at.warning if sentence in warning.value]


@by_lang("One side of this picture has 9000 pixels; the limit is 8192.", "这张图片有一边长 9000 像素，上限是 8192。")
def test_row_18_a_long_strip_is_refused_from_its_header(lang, sentence):
    assert sentence in shown(uploaded(opened("lenet", lang=lang, picture="uploaded"), png(9000, 10)))


FILES = {
    "empty": b"", "text": b"hello", "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>", "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
}


@by_lang("This file is not a picture of a kind that can be read here: PNG, JPEG, WEBP, BMP, GIF.",
         "这个文件不是这里能读取的图片，可以读取的格式有：PNG, JPEG, WEBP, BMP, GIF。")
@pytest.mark.parametrize("kind", FILES)
def test_row_19_what_is_no_picture_is_refused(kind, lang, sentence):
    assert sentence in shown(uploaded(opened("lenet", lang=lang, picture="uploaded"), FILES[kind]))


@by_lang("This JPEG file is damaged or incomplete, so its pixels cannot be read.", "这个 JPEG 文件已损坏或者不完整，读不出像素。")
def test_row_19_half_a_picture_is_refused(lang, sentence):
    assert sentence in shown(uploaded(opened("lenet", lang=lang, picture="uploaded"), jpeg(3)[:5000]))


@by_lang("stores its picture in 30 layers (scans), and each costs time to read; the limit is 12.",
         "把图片分成 30 层（scan）存放，每层都要花时间读取，上限是 12 层。")
def test_row_18_a_jpeg_of_many_layers_is_refused_and_not_called_damaged(lang, sentence):
    assert sentence in shown(uploaded(opened("lenet", lang=lang, picture="uploaded"), layered(20)))


@by_lang("This PNG file is damaged or incomplete", "这个 PNG 文件已损坏或者不完整")
def test_row_19_a_picture_whose_palette_is_missing_is_refused(lang, sentence):
    assert sentence in shown(uploaded(opened("lenet", lang=lang, picture="uploaded"), png(2, 2, bytes(6), colour=3)))


@by_lang("The picture from before is kept.", "保留之前的图片。")
def test_row_19_a_refused_file_takes_nothing_away_and_the_next_one_clears_the_warning(lang, sentence):
    says = {"en": "says **4**", "zh": "说是 **4**"}[lang]
    at = uploaded(opened("lenet", lang=lang, picture="uploaded"), jpeg(4))
    uploaded(at, b"hello")
    assert sentence in shown(at)
    assert says in shown(at)
    assert at.session_state[KEPT].refused.__traceback__ is None            # it would hold the whole file
    assert len(at.warning) == 1
    assert len(fine(at.run()).warning) == 1          # until another file comes
    uploaded(at, jpeg(4))
    assert says in shown(at)
    assert list(at.warning) == []


@pytest.mark.parametrize("name", ["![x](http://127.0.0.1/x.png).png", "<b>.png", "$x$ *y*.gif", "../../etc/passwd", "x" * 300, "图.png"])
def test_a_files_name_is_shown_nowhere(name):
    for raw in (jpeg(4), b"hello"):
        at = uploaded(opened("lenet", picture="uploaded"), raw, name)
        assert name not in shown(at)
        assert "127.0.0.1" not in shown(at)


# in a browser

def test_a_file_is_chosen_read_and_kept_in_a_real_browser(chromium_page, app, tmp_path):
    page, files = chromium_page, {name: tmp_path / name for name in ("![x](http:x).jpg", "photo.heic")}
    files["![x](http:x).jpg"].write_bytes(jpeg(4))
    files["photo.heic"].write_bytes(FILES["heic"])
    page.goto(app + "lenet?lang=en&picture=uploaded")
    expect(page.get_by_role("button", name="Choose file")).to_be_visible()
    expect(page.locator(".maps .sheet")).to_have_count(15)                       # the page is whole
    page.locator("input[type=file]").set_input_files(files["![x](http:x).jpg"])
    expect(page.get_by_text(re.compile("The trained copy says 4 with probability"))).to_be_visible()
    expect(page.locator("input[type=file]")).to_have_count(1)              # the box of the first file has made room for the next
    page.locator("input[type=file]").set_input_files(files["photo.heic"])
    expect(page.get_by_text(re.compile("This file is not a picture of a kind"))).to_be_visible()
    expect(page.get_by_text(re.compile("The trained copy says 4 with probability"))).to_be_visible()
    page.get_by_text("简体中文", exact=True).click()
    expect(page.get_by_text(re.compile("这个文件不是这里能读取的图片"))).to_be_visible()
    expect(page.get_by_role("button", name="选择文件")).to_be_visible()
    expect(page.get_by_text(re.compile("训练过的网络说是 4，"))).to_be_visible()
    page.get_by_role("link", name="张量").click()
    expect(page.get_by_role("heading", name="张量").first).to_be_visible()
    page.get_by_role("link", name="LeNet", exact=True).click()
    expect(page.get_by_text(re.compile("训练过的网络说是 4，"))).to_be_visible()
    assert page.complaints == []
