"""The bug clinic's cards: what really happens, against the installed PyTorch, and what every change gives."""

import random
from collections import Counter
from itertools import groupby, product

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from content.text import LANGUAGES, sentences
from core.errors import SpecError
from core.lessons.clinic.answers import Answer, score
from core.lessons.clinic.card import KINDS, TRIES, kind_of
from core.lessons.clinic.cards import CARDS, TEXTS, TOPICS
from core.lessons.clinic.deck import ALL, FIRST, ORDER, ClinicSpec, drawn, spread
from core.lessons.clinic.runner import MODULE, run
from core.warned import OURS, heard
from tests.conftest import side_by_side

QUIET = ("right", "wrong", "warning")
CHANGES = [(key, name) for key in CARDS for name in TRIES]


@pytest.mark.parametrize("key", CARDS)
def test_what_a_card_says_is_what_happens(key):
    card, outcome = CARDS[key], run(key)
    assert (outcome.kind, outcome.line) == (card.outcome, card.line)
    assert card.says in " ".join([outcome.message, *outcome.warnings])
    assert bool(card.says) == (card.outcome not in ("right", "wrong"))


@pytest.mark.parametrize("key", CARDS)
def test_python_alone_says_the_same(key):
    """Without our runner: an ordinary compile and exec."""
    card, names = CARDS[key], {"print": lambda *_: None}
    if card.kind in ("syntax", "error"):
        with pytest.raises(Exception, match=".") as raised:
            exec(compile(card.code, "card", "exec"), names)
        assert isinstance(raised.value, SyntaxError) == (card.kind == "syntax")
        assert type(raised.value).__name__ == card.outcome or card.kind == "syntax"
        assert card.says in str(raised.value)
    elif card.kind == "warning":
        with pytest.warns(UserWarning, match=card.says):
            exec(compile(card.code, "card", "exec"), names)
    else:
        exec(compile(card.code, "card", "exec"), names)          # a warning would be an error here
        assert bool(eval(card.check, names)) == (card.outcome == "right")


@pytest.mark.parametrize(("key", "name"), CHANGES)
def test_a_change_gives_what_it_says(key, name):
    card = CARDS[key]
    repair, outcome = card.repair(name), run(key, name)
    assert card.code.count(repair.old) == 1
    assert outcome.kind == repair.gives
    if repair.gives == "right":
        assert (outcome.error, outcome.warnings, outcome.holds) == ("", (), True)
    elif repair.gives == "wrong":
        assert (outcome.error, outcome.warnings, outcome.holds) == ("", (), False)


@pytest.mark.parametrize("key", CARDS)
def test_exactly_one_of_three_different_changes_mends(key):
    card = CARDS[key]
    assert [repair.gives for repair in card.repairs].count("right") == 1
    assert card.repair(card.right).gives == "right"
    assert len({card.program(name) for name in TRIES}) == 3
    assert (card.change(card.right) == "") == (card.outcome == "right")


@pytest.mark.parametrize("key", CARDS)
def test_a_card_is_short_complete_and_fits_the_picture(key):
    card, lines = CARDS[key], CARDS[key].code.splitlines()
    assert 3 <= len(lines) <= 14
    assert max(map(len, lines)) <= 64
    assert card.text in TEXTS
    assert card.topic in TOPICS
    assert kind_of(card.outcome) in KINDS
    assert "print(" in card.code


@pytest.mark.parametrize("key", CARDS)
def test_every_card_has_its_words_in_both_languages(key):
    for name in ("title", "want", "read", *TRIES):
        assert set(sentences()[f"clinic.card.{key}.{name}"]) == set(LANGUAGES)


def test_no_words_are_about_a_card_that_is_gone():
    assert {key.split(".")[2] for key in sentences() if key.startswith("clinic.card.")} == set(CARDS)


def test_the_kinds_are_mixed_and_the_quiet_ones_many():
    kinds = Counter(card.kind for card in CARDS.values())
    assert len(CARDS) >= 25
    assert set(kinds) == set(KINDS)
    assert kinds["wrong"] >= 10
    assert {card.text for card in CARDS.values()} == set(TEXTS)
    assert all(sum(card.right == name for card in CARDS.values()) >= 9 for name in TRIES)      # the right one has no usual place


def test_only_cards_run():
    for asked in (("print(1)", ""), ("quotes", "four"), ("quotes", "print(1)"), ("", ""), ("../quotes", "one")):
        with pytest.raises(SpecError, match="unknown_key"):
            run(*asked)


def test_nobodys_chance_and_nobodys_files_are_touched(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run.cache_clear()
    torch.manual_seed(5)
    before, others, numpys = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].tolist()
    for key, name in [*((key, "") for key in CARDS), *CHANGES]:
        run(key, name)
    assert torch.equal(torch.get_rng_state(), before)
    assert random.getstate() == others
    assert np.random.get_state()[1].tolist() == numpys
    assert list(tmp_path.iterdir()) == []


def test_a_program_says_the_same_in_many_threads_and_prints_nowhere(capsys):
    once = {key: run(key) for key in CARDS}
    run.cache_clear()
    found: list[bool] = []

    def work() -> None:
        found.extend(run.__wrapped__(key) == once[key] for key in CARDS)

    side_by_side(work, [()] * 4)
    assert len(found) == 4 * len(CARDS)
    assert all(found)
    assert capsys.readouterr().out == ""


def test_the_report_names_file_line_and_error_and_shows_no_frame_of_pytorch():
    trace = run("fc_thrice").trace
    assert trace.startswith("Traceback (most recent call last):")
    assert 'File "fc_thrice.py", line 14, in <module>' in trace
    assert 'File "fc_thrice.py", line 11, in forward' in trace
    assert "return self.fc2(self.fc1(x))" in trace
    assert "AttributeError: 'Net' object has no attribute 'fc2'" in trace.splitlines()[-1]
    assert "module.py" not in trace
    assert __file__ not in trace


def test_a_syntax_error_comes_before_anything_is_printed_and_a_name_error_after():
    assert run("keyword_space").printed == ()
    assert not run("keyword_space").began
    assert run("sefl").printed == ("the model is made",)


def test_a_warning_of_a_layer_is_heard_every_time():
    """It is said in the name of PyTorch's own module, from which Python shows a warning only once."""
    assert "torch" in OURS
    assert MODULE.startswith("core.lessons.clinic.")
    for _ in range(3):
        with heard() as said:
            nn.Softmax()(torch.zeros(2, 3))
        assert said == ["UserWarning: Implicit dimension choice for softmax has been deprecated. Change the call to include dim=X as "
                        "an argument."]


# What the sentences of the cards claim beside their programs

@pytest.mark.parametrize(("axes", "dim"), [(1, 0), (2, 1), (3, 0)])
def test_softmax_without_dim_guesses_by_the_number_of_axes(axes, dim):
    x = torch.rand((2, 3, 4)[:axes])
    with pytest.warns(UserWarning, match="Implicit dimension choice"):
        guessed = nn.Softmax()(x)
    torch.testing.assert_close(guessed, x.softmax(dim))


def test_the_floor_of_a_second_softmax_is_1_4612_and_of_a_third_2_1716():
    sure = torch.zeros(1, 10)
    sure[0, 3] = 50
    label = torch.tensor([3])
    assert F.cross_entropy(sure.softmax(1), label).item() == pytest.approx(1.4612, abs=5e-5)
    assert F.cross_entropy(sure.softmax(1).softmax(1), label).item() == pytest.approx(2.1716, abs=5e-5)
    assert F.cross_entropy(torch.zeros(1, 10), label).item() == pytest.approx(2.3026, abs=5e-5)


def test_the_old_svd_gives_v_and_the_new_one_v_transposed():
    a = torch.tensor([[3.0, 1.0, 0.0], [0.0, 2.0, 1.0], [1.0, 0.0, 4.0]])
    (u, s, v), (new_u, new_s, vh) = torch.svd(a), torch.linalg.svd(a)
    torch.testing.assert_close(u @ torch.diag(s) @ v.T, a)
    torch.testing.assert_close(new_u @ torch.diag(new_s) @ vh, a)
    assert not torch.allclose(u @ torch.diag(s) @ v, a, atol=0.1)


@pytest.mark.parametrize("name", ["", *TRIES])
@pytest.mark.parametrize("signs", list(product((1.0, -1.0), repeat=3)))
def test_the_card_about_the_svd_holds_whatever_signs_a_machine_gives(signs, name):
    """A column of U and its row of V may both be negated; of 2 x 2 numbers V could then be its own transpose."""
    card, names = CARDS["svd"], {"print": lambda *_: None}
    before, call, after = card.program(name).partition("u, s, v = torch.linalg.svd(a)\n")
    assert call
    exec(before, names)
    (u, s, vh), flip = torch.linalg.svd(names["a"]), torch.diag(torch.tensor(signs))
    exec(after, names | {"u": u @ flip, "s": s, "v": flip @ vh}, found := {})
    assert eval(card.check, names | found) == (name == card.right)


def test_stable_log_softmax_of_large_scores_is_that_of_their_differences():
    torch.testing.assert_close(torch.log_softmax(torch.tensor([1000.0, 999.0]), 0), torch.log_softmax(torch.tensor([1.0, 0.0]), 0))


def test_the_other_way_to_feed_28_pixels_has_256_inputs():
    convs = nn.Sequential(nn.Conv2d(1, 6, 5), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2), nn.Flatten())
    assert (convs(torch.zeros(1, 1, 28, 28)).shape[1], convs(torch.zeros(1, 1, 32, 32)).shape[1]) == (16 * 4 * 4, 16 * 5 * 5)


def test_the_last_of_50000_is_a_batch_of_16_and_batches_of_100_are_wrong_too():
    assert run("last_batch").printed == ("tensor(0.) 16",)
    assert run("last_batch", "one").printed == ("tensor(0.) 100",)
    assert run("last_batch", "two").printed == ("tensor(0.9000) 50000",)
    assert "0.8991" in run("last_batch", "three").printed[0]


def test_a_change_shows_where_it_is_made():
    assert CARDS["quotes"].change("two") == "- root = ‘data’\n+ root = \"data\""
    assert CARDS["no_eval"].change("three") == "  x = torch.ones(1, 4)\n+ net.eval()\n  with torch.no_grad():"
    moved = CARDS["zero_last"].change("two").splitlines()
    assert [line[0] for line in moved] == [" ", "+", " ", "-", " "]


def test_a_card_is_called_the_same_in_the_teachers_table_as_on_the_page():
    assert {key: card.about for key, card in CARDS.items()} == {key: sentences()[f"clinic.card.{key}.title"]["en"] for key in CARDS}


def test_there_is_a_way_to_read_every_outcome_that_has_something_to_mend():
    outcomes = {card.outcome.lower() for card in CARDS.values() if not card.sound}
    assert {key.split(".")[2] for key in sentences() if key.startswith("clinic.how.")} == outcomes


def test_a_program_that_is_right_offers_only_changes_that_spoil_it():
    sound = [card for card in CARDS.values() if card.sound]
    assert [len(card.offered) for card in sound] == [2, 2]
    assert not any(card.repair(name).gives == "right" for card in sound for name in card.offered)
    assert all(card.offered == TRIES for card in CARDS.values() if not card.sound)


# Which cards, and the score

def test_the_first_eight_cards_show_every_kind_and_every_text():
    first = drawn(ALL, ALL, ClinicSpec().cards, 0)
    assert first == FIRST
    assert len(first) == 8
    assert {CARDS[key].kind for key in first} == set(KINDS)
    assert {CARDS[key].text for key in first} == set(TEXTS)


def test_no_card_of_the_teaching_order_tells_what_the_next_one_does():
    kinds = [CARDS[key].kind for key in ORDER]
    assert sorted(ORDER) == sorted(CARDS)
    assert max(len(list(same)) for _, same in groupby(kinds)) <= 2
    assert set(kinds[:3]) == {"syntax", "wrong", "error"}


def test_spread_keeps_the_order_within_a_kind():
    for kind in KINDS:
        assert [key for key in spread(CARDS) if CARDS[key].kind == kind] == [key for key in CARDS if CARDS[key].kind == kind]


def test_deck_0_is_the_teaching_order_and_any_other_the_same_for_everybody():
    assert drawn(ALL, ALL, len(CARDS), 0) == ORDER
    assert drawn(ALL, ALL, 5, 0) == ORDER[:5]
    assert drawn("s1", ALL, 5, 0) == tuple(key for key in ORDER if CARDS[key].text == "s1")[:5]
    assert drawn(ALL, ALL, 5, 7) == drawn(ALL, ALL, 5, 7)
    assert drawn(ALL, ALL, 5, 7) != drawn(ALL, ALL, 5, 8)
    assert sorted(drawn(ALL, ALL, len(CARDS), 7)) == sorted(CARDS)


def test_a_filter_leaves_only_cards_of_that_text_and_topic():
    for deck in (0, 3):
        cards = drawn("s1", "judging", len(CARDS), deck)
        assert cards
        assert all((CARDS[key].text, CARDS[key].topic) == ("s1", "judging") for key in cards)
    assert drawn("s4", "python", len(CARDS), 3) == ()


def test_the_first_try_is_the_one_that_counts():
    right, wrong = CARDS["quotes"].right, next(name for name in TRIES if name != CARDS["quotes"].right)
    assert Answer("quotes", "syntax", (right,)).at_once
    assert Answer("quotes", "syntax", (wrong, right)).mended
    assert not Answer("quotes", "syntax", (wrong, right)).at_once
    assert not Answer("quotes", "", ()).foresaw
    total = score([Answer("quotes", "syntax", (right,)), Answer("colon", "right", (CARDS["colon"].right,)), Answer("svd", "", ())])
    assert (total.answered, total.predicted, total.foreseen) == (3, 2, 1)            # just shown is no wrong prediction
    assert (total.to_mend, total.mended, total.at_once) == (3, 2, 2)


def test_where_there_is_nothing_to_mend_no_repair_counts():
    sound = Answer("zero_last", "right", ("two", "one"))
    assert (sound.foresaw, sound.mended, sound.at_once, sound.known) == (True, False, False, True)
    total = score([sound, Answer("quotes", "syntax", ("two",))])
    assert (total.answered, total.foreseen, total.to_mend, total.mended, total.at_once) == (2, 2, 1, 1, 1)
    assert not Answer("quotes", "syntax").known
    assert [run("zero_last").kind, run("max_data").kind] == ["right", "right"]
