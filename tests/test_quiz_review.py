"""The eight review questions: what is right was computed, and everything that is said of it was tried."""

import pytest
import torch

from content.text import LANGUAGES, Text, sentences
from core.lessons.quiz import proofs, review
from core.lessons.quiz.review import QUESTIONS, SHORT
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two are fixtures)
from ui import hand_out
from ui.frame import PAGES

RIGHT = {                                            # as a teacher would say it; the product computes it
    "dtype": "torch.float32", "seed": "one_three", "unlike": "refuses", "c1": "where", "c3": "combined", "fc": "400",
    "axes": "(1, 1, 32, 32)", "outputs": "outputs.argmax(1)", "inference": "use", "to_tensor": "(3, 28, 20), 0 … 1", "bytes": "refuses",
    "weights": "same", "normalise": "-1, 0, 1", "pad": "Pad(2)", "flip": "columns", "batches": "938", "one_batch": "(4, 3, 32, 32)",
    "showing": "(x / 2 + 0.5).permute(1, 2, 0)", "moves": "optimizer.step()", "adds": "added", "judge": "test", "few": "few",
    "by_heart": "100 %", "apart": "apart",
}
BAND = range(5)                                      # seeds


@pytest.mark.parametrize("key", SHORT)
def test_exactly_one_option_is_right_and_the_proof_finds_it(key):
    assert review.truth(key) == RIGHT[key]
    assert review.options(key).count(RIGHT[key]) == 1
    assert sorted(review.options(key)) == sorted(set(SHORT[key].options))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("key", SHORT)
def test_every_question_and_every_worded_option_is_said(key, lang):
    t = Text(lang)
    assert t(f"review.{key}.ask")
    assert t(f"review.{key}.why")
    worded = {option for option in SHORT[key].options if t.has(f"review.{key}.say.{option}")}
    assert not worded or worded == set(SHORT[key].options) or key == "unlike"
    assert {name.rpartition(".")[2] for name in sentences() if name.startswith(f"review.{key}.say.")} == worded


def test_what_is_said_of_an_option_is_said_of_a_wrong_one():
    slips = {tuple(name.split(".")[1::2]) for name in sentences() if ".slip." in name}
    assert len(slips) > 60
    for key, number in slips:
        assert SHORT[key].options[int(number)] != RIGHT[key]


def test_the_numbers_of_the_slips_are_those_of_other_networks():
    net = torch.nn.Sequential(torch.nn.Conv2d(1, 6, 5), torch.nn.MaxPool2d(2), torch.nn.Conv2d(6, 16, 5), torch.nn.MaxPool2d(2))
    assert net(torch.zeros(1, 1, 28, 28)).numel() == 256
    net[2] = torch.nn.Conv2d(6, 16, 3)
    assert net(torch.zeros(1, 1, 32, 32)).numel() == 576
    assert torch.tensor([1, 2]).dtype == torch.int64
    assert (torch.zeros(1, dtype=torch.uint8) + torch.ones(1)).dtype == torch.float32


def test_there_are_eight_questions_of_three_short_ones():
    assert len(QUESTIONS) == 8
    assert [len(review.parts(question)) for question in QUESTIONS] == [3] * 8


def test_one_way_leads_through_all_of_them_to_the_result_and_back():
    at, seen = next(iter(SHORT)), []
    while at != review.RESULT:
        seen.append(at)
        at = review.beside(at)[1]
    assert seen == list(SHORT)
    assert [review.beside(key)[0] for key in SHORT] == ["", *seen[:-1]]


def test_the_right_option_stands_not_always_at_one_place():
    places = [review.options(key).index(RIGHT[key]) for key in SHORT]
    assert all(places.count(place) >= 3 for place in range(3))


def test_seed_1729_gives_the_numbers_of_the_text():
    found = proofs.same_seed()
    torch.testing.assert_close(found["r1"], torch.tensor([[0.3126, 0.3791], [0.3087, 0.0736]]), atol=1e-4, rtol=0)
    torch.testing.assert_close(found["r2"], torch.tensor([[0.4216, 0.0691], [0.2332, 0.4047]]), atol=1e-4, rtol=0)


def test_a_blanked_map_changes_all_sixteen_and_the_weight_has_a_layer_for_each_of_six():
    found = proofs.third_layer()
    assert (tuple(found["c3.weight.shape"]), found["output maps that changed"]) == ((16, 6, 5, 5), 16)


def test_one_step_by_hand_is_the_optimizers():
    found = proofs.what_moves_the_weights()
    assert found["loss after"] < found["loss before"]
    assert [value for name, value in found.items() if name.endswith("moved the weights")] == [False, True, False]


def test_five_seeds_learn_thirty_digits_by_heart_and_know_two_thirds_of_the_others():
    found = [proofs.trained(30, 60, seed) for seed in BAND]
    assert all(one.training == 1 for one in found)
    assert all(0.54 < one.test < 0.78 for one in found)                    # the page says 57 to 75 %


def test_five_seeds_know_nothing_of_labels_by_chance():
    found = [proofs.trained(50, 60, seed, by_chance=True) for seed in BAND]
    assert all(one.training == 1 and one.test < 0.18 for one in found)     # the page says 3 to 15 %


def test_five_seeds_with_all_digits_keep_the_gap_small():
    assert all(one.training - one.test < 0.05 for one in (proofs.trained(1437, 60, seed) for seed in BAND))


@pytest.mark.parametrize("seed", BAND)
def test_the_losses_part_while_training_goes_on(seed):
    early, late = proofs.trained(30, 15, seed), proofs.trained(30, 60, seed)
    assert late.training_loss < early.training_loss
    assert late.test_loss > early.test_loss


def test_a_proof_leaves_the_global_chance_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    review.found.cache_clear()
    proofs.trained.cache_clear()
    for key in SHORT:
        review.found(key)
    assert torch.equal(torch.rand(3), expected)


# --- the page

def pick(at, key: str, answer: str):
    group = next(group for group in at.button_group if str(group.key) == f"quiz.review.pick.all.{key}")
    return fine(group.set_value(answer).run())


@pytest.mark.parametrize(("key", "lang"), [*((key, "en") for key in SHORT), ("dtype", "zh"), ("c1", "zh"), ("apart", "zh")])
def test_a_right_answer_shows_why_and_what_was_just_tried(key, lang):
    short = SHORT[key]
    at = opened("quiz", question=short.question, part=str(review.parts(short.question).index(key) + 1), lang=lang)
    assert Text(lang)(f"review.{key}.ask") in shown(at)
    pick(at, key, RIGHT[key])
    assert Text(lang)(f"review.{key}.why") in at.success[0].value
    assert list(review.found(key))[0] in at.code[0].value


def test_a_wrong_answer_names_both():
    at = pick(opened("quiz"), "dtype", "torch.int16")
    assert "You said “torch.int16”; the answer is “torch.float32”." in at.warning[0].value
    assert Text("en")("review.dtype.slip.0") in at.warning[0].value


def test_nobody_is_quoted_where_a_word_is_explained():
    assert "PyTorch says" not in pick(opened("quiz", question="inference", part="3"), "inference", "learn").warning[0].value
    assert pick(opened("quiz", question="inference", part="3"), "inference", "use").success[0].value.startswith("**You said “using")


def test_answers_stay_and_the_result_points_to_what_was_wrong():
    at = opened("quiz")
    pick(at, "dtype", "torch.float32")
    fine(at.button(key="quiz.review.next").click().run())
    pick(at, "seed", "none")
    at.session_state["lang"] = "zh"
    fine(at.run())
    assert "答 2 对 1" in shown(at)
    at.session_state["lang"] = "en"
    fine(at.selectbox(key="quiz.review.question").set_value("result").run())
    assert "1 of 24 right at the first try" in shown(at)
    assert [link.proto.label for link in at.get("page_link") if "(no. " in link.proto.label] == ["Tensors (no. 2)"]
    fine(at.button(key="quiz.review.open").click().run())
    assert Text("en")("review.unlike.ask") in shown(at)
    assert at.query_params["part"] == "3"


def test_every_page_to_look_at_again_is_named_once():
    at = opened("quiz", question="tensors")
    for _ in range(5):
        fine(at.button(key="quiz.review.show").click().run())
        fine(at.button(key="quiz.review.next").click().run())
    fine(at.selectbox(key="quiz.review.question").set_value("result").run())
    links = [link.proto.label for link in at.get("page_link") if "(no. " in link.proto.label]
    assert links == ["Tensors (no. 1, 2, 3)", "LeNet (no. 4)", "Layers (no. 5)"]


def test_the_squares_lead_from_the_result_to_a_question_and_back_is_always_there():
    at = pick(opened("quiz", question="lenet", part="2"), "c3", "one")
    fine(at.selectbox(key="quiz.review.question").set_value("result").run())
    squares = next(group for group in at.button_group if group.key == "quiz.review.strip")
    assert squares.options[4] == "5 :red[**✗**]"
    fine(squares.set_value("c3").run())
    assert Text("en")("review.c3.ask") in shown(at)
    fine(at.button(key="quiz.review.back").click().run())
    assert Text("en")("review.c1.ask") in shown(at)
    fine(at.button(key="quiz.review.back").click().run())
    assert Text("en")("review.unlike.ask") in shown(at)
    fine(at.button(key="quiz.review.skip").click().run())
    assert Text("en")("review.c1.ask") in shown(at)


@pytest.mark.parametrize("question", ["train", "result"])
def test_a_teachers_link_begins_with_the_first_question_in_everybodys_language(question):
    at = opened("quiz", question=question, part="2")
    at.session_state["fold.quiz.review.teacher"] = True
    assert fine(at.run()).code[-1].value.endswith("quiz")


@pytest.mark.parametrize(("address", "warns"), [("http://localhost:8501/quiz", True), ("http://127.0.0.1:8501/quiz?lang=en", True),
                                                ("http://192.168.1.7:8501/quiz", False), ("https://firstlight.school/quiz", False)])
def test_a_link_that_works_on_this_machine_only_is_not_handed_out_unwarned(monkeypatch, address, warns):
    monkeypatch.setattr(hand_out, "_here", lambda page: address.partition("?")[0])
    at = opened("quiz")
    at.session_state["fold.quiz.review.teacher"] = True
    assert (Text("en")("frame.local_address") in shown(fine(at.run()))) == warns


def test_how_far_one_is_is_said_and_every_square_shows_its_mark():
    at = pick(opened("quiz", question="lenet", part="2"), "c3", "one")
    assert "**Question 5 of 24** · 0 of 1 right" in shown(at)
    squares = next(group for group in at.button_group if group.key == "quiz.review.strip")
    assert (squares.value, squares.options[3:6], len(squares.options)) == ("c3", ["4", ":red[**✗**]", "6"], 24)


def test_reset_forgets_the_answers():
    at = pick(opened("quiz", question="lenet"), "c1", "where")
    fine(at.button(key="frame.reset").click().run())
    assert "0 of 0 right" in shown(at)
    assert at.query_params == {"lang": "en"}


def test_an_empty_result_says_how_to_begin():
    at = opened("quiz", question="result")
    assert "Nothing is answered yet" in shown(at)
    fine(at.button(key="quiz.review.begin").click().run())
    assert Text("en")("review.dtype.ask") in shown(at)


def test_the_training_that_a_proof_looks_at_can_be_read():
    at = pick(opened("quiz", question="overfit"), "few", "few")
    at.session_state["fold.quiz.review.code"] = True
    codes = [code.value for code in fine(at.run()).code]
    assert any("def how_much_data" in code for code in codes)
    assert any("def trained" in code for code in codes)


@pytest.mark.parametrize("place", sorted({(short.place.page, short.place.query) for short in SHORT.values()}))
def test_every_place_to_try_it_is_a_page_that_takes_the_link(place):
    page, query = place
    assert page in PAGES
    at = opened(page, **dict(query))
    assert "The link held values" not in shown(at)
    assert all(at.session_state[f"{page}.view"] == value for name, value in query if name == "view")
