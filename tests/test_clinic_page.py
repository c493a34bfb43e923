"""The bug clinic's page: predict, run, read, mend, and take the answers along."""

from itertools import cycle

import pytest
from streamlit.testing.v1 import AppTest

from content.text import LANGUAGES, Text
from core.lessons import receipts
from core.lessons.clinic.answers import Answer
from core.lessons.clinic.cards import CARDS
from core.lessons.clinic.deck import END, ClinicSpec, drawn
from core.lessons.clinic.runner import run
from figures.listing import changed, coloured, listing
from figures.palette import GREEN, RED
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401
from ui import hand_out
from ui.clinic import teacher


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


def at_the_end(at: AppTest) -> AppTest:
    return fine(next(group for group in at.button_group if group.key == "clinic.card").set_value(END).run())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_card_from_the_prediction_to_the_receipt(lang, handed_in):
    t, at = Text(lang), opened("clinic", lang=lang, card="svd", deck="5", cards="38")
    assert t("clinic.card.svd.want") in shown(at)
    assert not [button for button in at.button if button.key == "clinic.svd.one"]
    predict(at, "svd", "wrong")
    assert t("clinic.how.wrong") in at.success[0].value
    assert run("svd").printed[0] in shown(at)
    assert t("clinic.check.false", check=CARDS["svd"].check) in shown(at)
    press(at, "clinic.svd.three")
    assert t("clinic.card.svd.three") in shown(at)
    press(at, "clinic.svd.one")
    assert t("clinic.card.svd.one") in shown(at)
    assert t("clinic.card.svd.three") not in shown(at)          # what came of one change at a time
    assert t("clinic.check.true", check=CARDS["svd"].check) in shown(at)
    at_the_end(at)
    fine(at.text_input(key="clinic.nickname").set_value("小明").run())
    visit = at.session_state["clinic.visit"]
    assert handed_in[-1] == receipts.Receipt("小明", visit, 5, len(CARDS), (Answer("svd", "wrong", ("three", "one")),))
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
    for name in CARDS[key].offered:
        press(at, f"clinic.{key}.{name}")
        assert t(f"clinic.card.{key}.{name}") in shown(at)


@pytest.mark.parametrize(("key", "lang"), list(zip(CARDS, cycle(LANGUAGES), strict=False)))
def test_nothing_names_the_repair_before_one_was_tried(key, lang):
    t, at = Text(lang), opened("clinic", lang=lang, card=key)
    predict(at, key, "warning")
    title, why, sound = t(f"clinic.card.{key}.title"), t(f"clinic.card.{key}.read"), CARDS[key].sound
    assert (title in at.subheader[0].value, why in shown(at)) == (sound, sound)
    press(at, f"clinic.{key}.{CARDS[key].offered[0]}")
    assert title in at.subheader[0].value
    assert why in shown(at)


def test_a_program_that_is_right_has_nothing_to_mend():
    at = opened("clinic", card="zero_last")
    predict(at, "zero_last", "right")
    assert "There is nothing to mend. What would these changes do to it?" in shown(at)
    assert "Which change makes it do what it is for?" not in shown(at)
    press(at, "clinic.zero_last.two")
    assert "6 ✓" in cards_of(at)
    assert "of 0 with something to mend **0** mended" in shown(at)


def test_the_first_prediction_counts_also_for_who_asks_again():
    at = opened("clinic", card="report")
    predict(at, "report", "right")
    assert "You said “it runs, no complaint, right result”; Python says “it runs, no complaint, wrong result”" in shown(at)
    press(at, "predict.clinic.report.again")
    predict(at, "report", "wrong")
    assert at.session_state["clinic.answers"]["report"].said == "right"
    assert "**1** of 38 cards answered, **0** predicted right" in shown(at)


def test_the_mosaic_shows_prediction_and_repair_of_every_card():
    at = opened("clinic")
    assert cards_of(at) == ["1", "2", "3", "4", "5", "6", "7", "8", "Result"]
    predict(at, "keyword_space", "syntax")
    assert cards_of(at)[0] == "1 ✓"
    press(at, "clinic.next.below")
    predict(at, "asin", "right")
    press(at, "clinic.asin.one")
    press(at, "clinic.next.above")
    press(at, "predict.clinic.w780.show")
    press(at, f"clinic.w780.{CARDS['w780'].right}")
    press(at, "clinic.next.below")
    predict(at, "no_zero_grad", "wrong")
    for name in ("one", CARDS["no_zero_grad"].right):
        press(at, f"clinic.no_zero_grad.{name}")
    assert cards_of(at)[:5] == ["1 ✓", "2 ✗○", "3 –●", "4 ✓◐", "5"]
    assert "**4** of 8 cards answered, **2** predicted right; of 4 with something to mend **2** mended, **1** of them at" in shown(at)
    assert at.query_params["card"] == "no_zero_grad"
    press(at, "clinic.before.above")
    assert at.session_state["clinic.card"] == "w780"
    press(at, "clinic.open")
    assert at.session_state["clinic.card"] == "sefl"


def test_a_deck_is_the_same_for_everybody_who_has_the_link():
    at = opened("clinic", deck="7", cards="10")
    cards = drawn("all", "all", 10, 7)
    assert len(cards_of(at)) == 10 + 1
    assert at.session_state["clinic.card"] == cards[0]
    assert Text("en")(f"clinic.card.{cards[0]}.want") in shown(at)
    assert at.subheader[0].value.startswith("1 of 10 · ")
    assert at.query_params["deck"] == "7"


def test_a_link_to_a_card_that_is_not_there_shows_the_first_and_a_short_note():
    at = opened("clinic", card="nothing")
    note = next(warning.value for warning in at.warning if "The link held values" in warning.value)
    assert at.session_state["clinic.card"] == "keyword_space"
    assert "keyword_space, asin" in note
    assert note.endswith("….")
    assert len(note) < 400


def test_a_link_to_a_card_that_few_cards_lack_brings_them_all():
    at = opened("clinic", card="fc_thrice")
    assert at.session_state["clinic.card"] == "fc_thrice"
    assert at.slider(key="clinic.cards").value == len(CARDS)
    fine(at.slider(key="clinic.cards").set_value(5).run())
    assert (at.slider(key="clinic.cards").value, at.session_state["clinic.card"]) == (5, "keyword_space")


def test_no_more_cards_are_offered_than_there_are():
    at = opened("clinic")
    assert at.slider(key="clinic.cards").max == len(CARDS)
    fine(at.selectbox(key="clinic.written_in").set_value("s3").run())
    slider = at.slider(key="clinic.cards")
    assert (slider.max, slider.value, len(cards_of(at))) == (5, 5, 5 + 1)
    assert "No more than 5" in shown(at)
    fine(at.selectbox(key="clinic.written_in").set_value("s4").run())
    assert len(cards_of(at)) == 1 + 1
    fine(at.selectbox(key="clinic.written_in").set_value("all").run())
    assert at.slider(key="clinic.cards").value == 8              # what was asked for before


def test_a_held_value_is_told_above_the_card():
    at = opened("clinic", cards="99")
    assert "1" in at.warning[0].value
    assert "38" in at.warning[0].value


def test_a_filter_keeps_the_answers_and_an_empty_one_says_what_to_do():
    at = opened("clinic", card="quotes")
    predict(at, "quotes", "syntax")
    fine(at.selectbox(key="clinic.written_in").set_value("s4").run())
    assert "**0** of 1 cards answered" in shown(at)
    fine(at.selectbox(key="clinic.topic").set_value("python").run())
    assert "Choose another text or another topic" in shown(at)
    fine(at.selectbox(key="clinic.written_in").set_value("all").run())
    assert "**1** of" in shown(at)


def test_the_first_card_has_none_before_it_and_after_the_last_comes_the_result():
    at = opened("clinic", cards="2")
    assert (at.button(key="clinic.before.below").disabled, at.button(key="clinic.next.below").disabled) == (True, False)
    assert at.button(key="clinic.next.below").label == "Next"
    press(at, "clinic.next.below")
    assert at.button(key="clinic.next.below").label == "To the result"
    press(at, "clinic.next.below")
    assert at.subheader[0].value == "Your result"
    assert "No card of this deck is answered yet" in shown(at)
    assert at.button(key="clinic.next.below").disabled


def test_the_result_counts_and_leads_to_what_is_worth_another_look():
    at = opened("clinic", cards="3")
    predict(at, "keyword_space", "syntax")
    press(at, f"clinic.keyword_space.{CARDS['keyword_space'].right}")
    press(at, "clinic.next.below")
    predict(at, "asin", "right")
    at_the_end(at)
    assert [metric.value for metric in at.metric] == ["2 / 3", "1 / 2", "1 / 2", "1 / 2"]
    assert [button.label for button in at.button if str(button.key).startswith("clinic.look.")] == ["2 ✗"]
    assert [button.label for button in at.button if str(button.key).startswith("clinic.left.")] == ["3"]
    press(at, "clinic.look.asin")
    assert at.session_state["clinic.card"] == "asin"
    at_the_end(at)
    press(at, "clinic.deal")
    assert at.session_state["clinic.deck"] > 0
    assert at.session_state["clinic.card"] == drawn("all", "all", 3, at.session_state["clinic.deck"])[0]
    assert set(at.session_state["clinic.answers"]) == {"keyword_space", "asin"}


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


def test_start_over_asks_first_and_then_forgets_everything():
    at = opened("clinic")
    predict(at, "keyword_space", "syntax")
    at_the_end(at)
    visit = at.session_state["clinic.visit"]
    press(at, "clinic.over")
    press(at, "clinic.over.no")
    assert "keyword_space" in at.session_state["clinic.answers"]
    press(at, "clinic.over")
    press(at, "clinic.over.yes")
    assert "**0** of 8 cards answered" in shown(at)
    press(at, "clinic.before.below")
    fine(next(group for group in at.button_group if group.key == "clinic.card").set_value("keyword_space").run())
    assert [group for group in at.button_group if str(group.key).startswith("predict.clinic.keyword_space.")]
    predict(at, "keyword_space", "syntax")
    at_the_end(at)
    assert at.session_state["clinic.visit"] != visit             # another visit: what was handed in before stays in the table


def test_reset_takes_back_the_settings_and_no_answer():
    at = opened("clinic", deck="7", cards="3")
    first = at.session_state["clinic.card"]
    predict(at, first, "wrong")
    press(at, "frame.reset")
    assert (at.session_state["clinic.deck"], at.slider(key="clinic.cards").value) == (0, 8)
    assert first in at.session_state["clinic.answers"]


def test_just_show_me_is_no_wrong_prediction():
    at = opened("clinic")
    press(at, "predict.clinic.keyword_space.show")
    assert at.session_state["clinic.answers"]["keyword_space"] == Answer("keyword_space", "")
    assert cards_of(at)[0] == "1 –"
    press(at, "clinic.next.below")
    assert [group for group in at.button_group if str(group.key).startswith("predict.clinic.asin.")]       # and holds for this card only


def test_the_download_asks_for_a_name_which_is_text_and_nothing_else():
    at = opened("clinic")
    predict(at, "keyword_space", "syntax")
    at_the_end(at)
    assert at.get("download_button")[0].proto.disabled
    assert "Type a nickname first" in shown(at)
    fine(at.text_input(key="clinic.nickname").set_value("![p](http://x/y)" + "x" * 50).run())
    assert not at.get("download_button")[0].proto.disabled
    assert "![p]" not in shown(at)
    assert "only the first 40 count" in shown(at)
    assert "nickname" not in at.query_params


def test_the_teachers_link_begins_at_the_first_card_in_everybodys_own_language():
    spec = ClinicSpec(written_in="s1", deck=7, card="svd")
    assert hand_out.link_of("http://school:8501/clinic", teacher.from_the_first(spec)) == "http://school:8501/clinic?written_in=s1&deck=7"
    assert hand_out.link_of("http://school:8501/clinic", teacher.from_the_first(ClinicSpec(card="svd"))) == "http://school:8501/clinic"
    assert [hand_out.is_local(f"http://{host}:8501/clinic") for host in ("localhost", "127.0.0.1", "[::1]", "school", "10.0.0.5")] == [
        True, True, True, False, False]


def test_the_code_begins_with_the_cards_own_program():
    at = opened("clinic", card="w780")
    at.session_state["fold.clinic.code"] = True
    fine(at.run())
    assert at.code[0].value == CARDS["w780"].code.rstrip()


def test_the_listing_marks_the_line_that_failed_and_escapes_what_svg_would_read():
    plain, marked = listing("a\nb < c\n", "alt"), listing("a\nb < c\n", "alt", failed=2)
    assert marked.count("<rect") == plain.count("<rect") + 2
    assert "b &lt; c" in plain
    assert coloured('from x import y  # "no"').count("<tspan") == 3
    assert coloured('print("from")').count("<tspan") == 1


def test_a_change_is_told_by_sign_and_ground_and_keeps_the_pages_own_ink():
    html = changed("  a < b\n- old\n+ new")
    assert "a &lt; b" in html
    assert (html.count("−\u00a0old"), html.count("+\u00a0new"), html.count("background:")) == (1, 1, 2)
    assert ";color:" not in html
    for paper, ink in (((255, 253, 250), (28, 31, 38)), ((14, 17, 23), (250, 250, 250))):          # light and dark
        for colour in (RED, GREEN):
            assert contrast(ink, [0.82 * a + 0.18 * b for a, b in zip(paper, bytes.fromhex(colour[1:]), strict=True)]) > 7


def contrast(*colours) -> float:
    """By WCAG 2.2: of the relative luminances."""
    dark, light = sorted(sum(share * (c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4)
                             for share, c in zip((0.2126, 0.7152, 0.0722), colour, strict=True)) for colour in colours)
    return (light + 0.05) / (dark + 0.05)
