"""The bug clinic's page: predict, run, read, mend, and take the answers along."""

import pytest
from streamlit.testing.v1 import AppTest

from content.text import LANGUAGES, Text
from core.lessons import receipts
from core.lessons.clinic.answers import Answer
from core.lessons.clinic.cards import CARDS
from core.lessons.clinic.deck import drawn
from core.lessons.clinic.runner import run
from figures.listing import coloured, listing
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401


def predict(at: AppTest, card: str, kind: str) -> AppTest:
    pills = next(group for group in at.button_group if str(group.key).startswith(f"predict.clinic.{card}."))
    return fine(pills.set_value(kind).run())


def press(at: AppTest, key: str) -> AppTest:
    return fine(at.button(key=key).click().run())


def cards_of(at: AppTest) -> list[str]:
    return list(next(group for group in at.button_group if group.key == "clinic.card").options)


@pytest.fixture
def handed_in(monkeypatch) -> list[receipts.Receipt]:
    """Every receipt that was written for a download."""
    seen, original = [], receipts.written
    monkeypatch.setattr(receipts, "written", lambda receipt: seen.append(receipt) or original(receipt))
    return seen


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_card_from_the_prediction_to_the_receipt(lang, handed_in):
    t, at = Text(lang), opened("clinic", lang=lang, card="svd", deck="5")
    assert t("clinic.card.svd.want") in shown(at)
    assert t("clinic.card.svd.read") not in shown(at)
    assert not [button for button in at.button if button.key == "clinic.svd.one"]
    predict(at, "svd", "wrong")
    assert t("clinic.card.svd.read") in at.success[0].value
    assert run("svd").printed[0] in shown(at)
    assert t("clinic.check.false", check=CARDS["svd"].check) in shown(at)
    press(at, "clinic.svd.three")
    assert t("clinic.card.svd.three") in shown(at)
    press(at, "clinic.svd.one")
    assert t("clinic.check.true", check=CARDS["svd"].check) in shown(at)
    at.session_state["fold.clinic.receipt"] = True
    fine(at.run())
    fine(at.text_input(key="clinic.nickname").set_value("小明").run())
    assert handed_in[-1] == receipts.Receipt("小明", 5, len(CARDS), (Answer("svd", "wrong", ("three", "one")),))
    assert at.get("download_button")[0].proto.label == t("clinic.receipt.download")
    assert receipts.read(receipts.written(handed_in[-1]).encode()).intact


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("key", ["quotes", "fc_thrice", "softmax_dim", "zero_last"])
def test_every_kind_of_outcome_is_shown(key, lang):
    t, at = Text(lang), opened("clinic", lang=lang, card=key)
    predict(at, key, CARDS[key].kind)
    words, outcome = shown(at), run(key)
    for said in (*outcome.printed, *outcome.warnings, outcome.trace):
        assert said in words
    assert t("frame.right", answer=t(f"clinic.kind.{CARDS[key].kind}"), who="Python").rstrip("。") in words
    for name in ("one", "two", "three"):
        press(at, f"clinic.{key}.{name}")
        assert t(f"clinic.card.{key}.{name}") in shown(at)


def test_a_wrong_prediction_is_compared_and_the_first_one_counts():
    at = opened("clinic", card="report")
    predict(at, "report", "right")
    assert "You said “it runs, no complaint, right result”; Python says “it runs, no complaint, wrong result”" in shown(at)
    press(at, "predict.clinic.report.again")
    predict(at, "report", "wrong")
    assert at.session_state["clinic.answers"]["report"].said == "right"
    assert "**1** of 38 cards answered, **0** predicted right" in shown(at)


def test_the_mosaic_shows_how_every_card_stands():
    at = opened("clinic", card="quotes")
    assert cards_of(at)[:3] == ["1", "2", "3"]
    predict(at, "quotes", "syntax")
    press(at, "clinic.next")
    predict(at, "colon", "right")
    press(at, "clinic.next")
    predict(at, "form", "syntax")
    press(at, f"clinic.form.{CARDS['form'].right}")
    assert cards_of(at)[:4] == ["1 ◐", "2 ○", "3 ●", "4"]
    assert "**3** of 38 cards answered, **2** predicted right, **1** mended, **1** of them at the first try" in shown(at)
    assert at.query_params["card"] == "form"
    press(at, "clinic.before")
    assert at.session_state["clinic.card"] == "colon"


def test_a_deck_is_the_same_for_everybody_who_has_the_link():
    at = opened("clinic", deck="7", cards="10")
    cards = drawn("all", "all", 10, 7)
    assert len(cards_of(at)) == 10
    assert at.session_state["clinic.card"] == cards[0]
    assert Text("en")(f"clinic.card.{cards[0]}.want") in shown(at)
    assert "1 of 10 · " in shown(at)
    assert at.query_params["deck"] == "7"


def test_a_link_to_a_card_that_is_not_there_shows_the_first_and_a_short_note():
    at = opened("clinic", card="nothing")
    note = next(caption.value for caption in at.caption if "The link held values" in caption.value)
    assert at.session_state["clinic.card"] == "quotes"
    assert "quotes, colon" in note
    assert note.endswith("….")
    assert len(note) < 400


def test_the_title_which_would_give_the_defect_away_comes_with_the_answer():
    at = opened("clinic", card="kernal")
    assert at.subheader[0].value == "14 of 38 · Layers and modules"
    assert shown(at).count("kernal_size") == 0         # the program is a picture
    press(at, "predict.clinic.kernal.show")
    assert at.subheader[0].value == "14 of 38 · kernal_size"


def test_a_filter_keeps_the_answers_and_an_empty_one_says_what_to_do():
    at = opened("clinic", card="quotes")
    predict(at, "quotes", "syntax")
    fine(at.selectbox(key="clinic.written_in").set_value("s4").run())
    assert len(cards_of(at)) == 1
    assert "**0** of 1 cards answered" in shown(at)
    fine(at.selectbox(key="clinic.topic").set_value("python").run())
    assert "Choose another text or another topic" in shown(at)
    fine(at.selectbox(key="clinic.written_in").set_value("all").run())
    assert "**1** of" in shown(at)


def test_the_first_and_the_last_card_have_no_neighbour_beyond():
    at = opened("clinic", cards="2")
    assert (at.button(key="clinic.before").disabled, at.button(key="clinic.next").disabled) == (True, False)
    press(at, "clinic.next")
    assert (at.button(key="clinic.before").disabled, at.button(key="clinic.next").disabled) == (False, True)


def test_answers_outlive_another_page_and_the_other_language():
    at = opened("clinic", card="svd")
    predict(at, "svd", "wrong")
    press(at, "clinic.svd.one")
    at.switch_page("pages/home.py")
    fine(at.run())
    at.switch_page("pages/clinic.py")
    at.session_state["lang"] = "zh"
    fine(at.run())
    assert at.session_state["clinic.answers"]["svd"] == Answer("svd", "wrong", ("one",))
    assert Text("zh")("clinic.card.svd.one") in shown(at)


def test_start_over_forgets_everything():
    at = opened("clinic", card="quotes")
    predict(at, "quotes", "syntax")
    at.session_state["fold.clinic.receipt"] = True
    fine(at.run())
    press(at, "clinic.over")
    assert "**0** of 38 cards answered" in shown(at)
    assert "No card is answered yet" in shown(at)
    assert [group for group in at.button_group if str(group.key).startswith("predict.clinic.quotes.")]


def test_just_show_me_is_no_right_prediction():
    at = opened("clinic", card="quotes")
    press(at, "predict.clinic.quotes.show")
    assert at.session_state["clinic.answers"]["quotes"] == Answer("quotes", "")
    press(at, "clinic.next")
    assert [group for group in at.button_group if str(group.key).startswith("predict.clinic.colon.")]       # and holds for this card only


def test_a_nickname_is_text_and_nothing_else():
    at = opened("clinic", card="quotes")
    predict(at, "quotes", "syntax")
    at.session_state["fold.clinic.receipt"] = True
    fine(at.run())
    fine(at.text_input(key="clinic.nickname").set_value("![p](http://x/y)" + "x" * 50).run())
    assert "![p]" not in shown(at)
    assert "only the first 40 count" in shown(at)
    assert "nickname" not in at.query_params


def test_the_listing_marks_the_line_that_failed_and_escapes_what_svg_would_read():
    plain, marked = listing("a\nb < c\n", "alt"), listing("a\nb < c\n", "alt", failed=2)
    assert marked.count("<rect") == plain.count("<rect") + 2
    assert "b &lt; c" in plain
    assert coloured('from x import y  # "no"').count("<tspan") == 3
    assert coloured('print("from")').count("<tspan") == 1
