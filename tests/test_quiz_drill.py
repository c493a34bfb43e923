"""Predict the shape: what is said to be right is what PyTorch gives, for every kind, level and seed."""

import contextlib
import io
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from functools import cache

import pytest
import torch

from content.text import LANGUAGES, Text, sentences
from core.errors import SpecError
from core.layers import LAYERS
from core.lessons.quiz.drill import LEVELS, SUBJECTS, DrillSpec, drill
from core.lessons.quiz.layers import MAKERS
from core.lessons.quiz.sliding import Window
from core.lessons.quiz.task import RAISES, REFUSED, Part, Task, posed
from core.lessons.quiz.typed import read
from core.models import MODELS
from figures import quiz as figure
from tests.test_pages import ROOT, fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two are fixtures)
from ui.quiz import answers

SEEDS = range(60)
HARD = {"level": "hard", "view": "drill"}


def printed(code: str) -> str:
    """What a program prints, or the name of the exception that ends it and what that says."""
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            exec(code, {"__name__": "program"})
    except REFUSED as error:
        return f"{type(error).__name__}: {error}"
    return out.getvalue().strip()


@cache
def every(level: str, subject: str = "all", seeds: range = SEEDS):
    return [item for seed in seeds for item in drill(level, subject, 20, seed)]


@pytest.mark.parametrize("level", LEVELS)
def test_the_truth_is_what_the_shown_program_prints(level):
    for item in every(level)[::3]:                     # 400 of each level, of every kind
        said, asked = printed(item.question.code), item.question
        if item.truth == RAISES:
            assert said == asked.outcome.message, asked
        elif asked.ask == "features":
            assert said == item.truth, asked
        else:
            assert said == str(torch.Size(eval(item.truth))), asked


@pytest.mark.parametrize("level", LEVELS[:2])
def test_the_answers_are_different_and_hold_the_truth_exactly_once(level):
    for item in every(level):
        assert len(set(item.options)) == len(item.options) == 4
        assert item.options.count(item.truth) == 1
        assert set(item.thought) >= set(item.options) - {item.truth}


def test_the_right_one_stands_everywhere_and_the_error_is_no_give_away():
    easy = [item.options.index(item.truth) for item in every("easy")]
    assert all(easy.count(place) > len(easy) / 6 for place in range(4))
    medium = every("medium")
    refused = sum(item.truth == RAISES for item in medium)
    assert len(medium) / 20 < refused < len(medium) / 4
    assert all(item.options[-1] == RAISES for item in medium if item.question.ask not in ("weight", "features"))
    assert all(item.truth != RAISES and RAISES not in item.options for item in every("easy"))


def test_at_the_highest_level_nothing_is_offered():
    assert all(item.options == () for item in every("hard"))


@pytest.mark.parametrize("level", LEVELS)
def test_every_kind_of_layer_and_every_network_comes_once_before_one_comes_again(level):
    assert set(MAKERS) == set(LAYERS)
    items = every(level)
    for start in range(0, len(items), 20):
        assert {item.question.kind for item in items[start : start + 17]} == set(LAYERS) | set(MODELS)
    for seed in range(4):
        assert sorted(item.question.kind for item in drill(level, "networks", 5, seed)) == sorted(MODELS)
        assert sorted(item.question.kind for item in drill(level, "layers", 20, seed)[:12]) == sorted(LAYERS)


@pytest.mark.parametrize("level", LEVELS)
def test_no_question_comes_twice_and_a_short_drill_begins_a_long_one(level):
    for seed in range(8):
        long = drill(level, "networks", 20, seed)
        assert len({item.question.code for item in long}) == 20
        assert long[:5] == drill(level, "networks", 5, seed)


def test_another_process_draws_the_same_drill():
    script = ("from core.lessons.quiz.drill import drill\n"
              "print([(i.question.lines, i.question.shape, i.options, i.truth) for i in drill('medium', 'all', 10, 1729)])")
    told = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True,
                          cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "7"})
    here = [(i.question.lines, i.question.shape, i.options, i.truth) for i in drill("medium", "all", 10, 1729)]
    assert told.stdout.strip() == str(here)
    assert here != [(i.question.lines, i.question.shape, i.options, i.truth) for i in drill("medium", "all", 10, 1730)]


def test_making_a_drill_leaves_the_global_chance_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    drill.cache_clear()
    drill("hard", "all", 20, 4)
    assert torch.equal(torch.rand(3), expected)


def test_what_fits_is_the_first_guess_and_what_does_not_is_refused_as_the_line_says():
    for level in LEVELS:
        for item in every(level):
            asked = item.question
            if item.truth != RAISES:
                assert asked.guesses[0] == (item.truth, "right"), asked
            else:
                assert "≠" in asked.sums[0] or "/" in asked.sums[0], asked


def test_the_window_by_hand():
    assert Window(5).sum(32) == "floor((32 + 2·0 − 1·(5 − 1) − 1) / 1 + 1) = 28"
    assert Window(3, 2, 1, 2).size(12) == (12 + 2 - 2 * 2 - 1) // 2 + 1 == 5
    assert posed(Task("conv", (Part("Conv2d", (1, 6, 5)),), (1, 1, 32, 32), ())).outcome.answer == "(1, 6, 28, 28)"


def test_every_written_sum_comes_to_what_it_says():
    seen = 0
    for level in LEVELS:
        for item in every(level):
            for n, pad, dilation, kernel, stride, size in re.findall(
                    r"floor\(\((\d+) \+ 2·(\d+) − (\d+)·\((\d+) − 1\) − 1\) / (\d+) \+ 1\) = (\d+)", "\n".join(item.question.sums)):
                n, pad, dilation, kernel, stride = map(int, (n, pad, dilation, kernel, stride))
                assert (n + 2 * pad - dilation * (kernel - 1) - 1) // stride + 1 == int(size)
                seen += 1
            for product, total in re.findall(r"(\d+(?: · \d+)+) = (\d+)", "\n".join(item.question.sums)):
                assert eval(product.replace("·", "*")) == int(total)
    assert seen > 300


def test_the_last_sum_of_a_convolution_stands_in_the_answer():
    for item in every("easy"):
        if item.question.kind == "conv":
            assert item.question.sums[-1].rpartition(" = ")[2] in item.truth


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_thought_and_every_rule_has_its_sentence(lang):
    t, items = Text(lang), [item for level in LEVELS for item in every(level)]
    thoughts = {thought for item in items for thought in item.thought.values()}
    assert thoughts == {key.removeprefix("drill.thought.") for key in sentences() if key.startswith("drill.thought.")}
    assert all(t(f"drill.ask.{ask}", shape=(1,), network="n") for ask in {item.question.ask for item in items})


@pytest.mark.parametrize(("thought", "told"), [
    ("recurrent_gates", r"nn\.(LSTM|GRU)\("), ("attention_heads", r"nn\.MultiheadAttention\("), ("attention_hidden", "dim_feedforward="),
    ("same_size", r"nn\.(Conv\dd|(Max|Avg)Pool2d)\("), ("adaptive_as_kernel", "Adaptive"), ("loss_mean", "reduction="),
    ("pool_stride", "Pool2d"), ("norm_weight", r"nn\.(BatchNorm|LayerNorm|GroupNorm)"), ("recurrent_one_way", "bidirectional=True"),
])
def test_a_thought_is_only_had_where_the_program_gives_rise_to_it(thought, told):
    items = [item for level in LEVELS for item in every(level) if item.truth != RAISES and thought in item.thought.values()]
    assert items
    assert [item.question.lines for item in items if not re.search(told, " ".join(item.question.lines))] == []


def test_a_program_makes_no_input_that_it_does_not_use():
    for item in every("medium"):
        assert ("x = torch." in item.question.code) == (item.question.ask != "weight")


def test_the_weight_of_a_normalising_layer_has_the_shape_that_the_thought_says():
    for item in every("medium"):
        for answer, thought in item.thought.items():
            if thought == "norm_weight":
                layer = eval(item.question.lines[0], {"nn": torch.nn})
                assert str(tuple(layer.weight.shape)) == answer


@pytest.mark.parametrize("text", ["1, 6, 28, 28", "(1, 6, 28, 28)", "1x6x28x28", "1 × 6 × 28 × 28", "[1 6 28 28]",
                                  "torch.Size([1, 6, 28, 28])", "（１，６，２８，２８）", " 1,6,28,28, ", "1、6、28、28",
                                  "1 * 6 * 28 * 28"])
def test_a_shape_may_be_written_in_many_ways(text):
    assert read(text) == "(1, 6, 28, 28)"


@pytest.mark.parametrize(("text", "answer"), [("5", "(5,)"), ("(5,)", "(5,)"), ("()", "()"), ("[]", "()"), ("007", "(7,)"),
                                              ("torch.Size([])", "()"), ("（ ）", "()")])
def test_one_axis_and_none_are_told_apart(text, answer):
    assert read(text) == answer


@pytest.mark.parametrize(("text", "code"), [("", "answer_missing"), ("   ", "answer_missing"), ("two", "shape_unreadable"),
                                            ("1.5, 2", "shape_unreadable"), ("1e3", "shape_unreadable"), ("(-1, 3)", "size_negative"),
                                            ("1,2,3,4,5,6,7", "shape_too_long"), ("9" * 40, "shape_unreadable"),
                                            ("x", "shape_unreadable"), (",", "shape_unreadable"), ("(", "shape_unreadable"),
                                            ("torch.Size", "shape_unreadable")])
def test_what_is_no_shape_is_refused_with_the_reason(text, code):
    with pytest.raises(SpecError) as refused:
        read(text)
    assert refused.value.code == code


def test_where_a_number_is_asked_a_shape_is_refused():
    assert read("(400)", "features") == read("400", "features") == "400"
    with pytest.raises(SpecError, match="number_wanted"):
        read("16, 5, 5", "features")


def test_the_picture_shows_the_lines_and_after_the_answer_every_shape():
    item = next(item for item in every("easy", "networks", range(4)) if len(item.question.lines) == 2)
    asked = item.question
    before = words(figure.flow(figure.Flow(asked.lines, f"x {asked.shape}", "?"), "alt"))
    after = words(figure.flow(figure.Flow(asked.lines, f"x {asked.shape}", item.truth, "", asked.outcome.steps, asked.sums), "alt"))
    assert [*asked.lines, "?"] == before[1:]
    assert {*asked.lines, *asked.outcome.steps, item.truth, *asked.sums} <= set(after)


def test_the_line_that_refuses_is_crossed():
    item = next(item for item in every("medium", "networks", range(4)) if item.truth == RAISES)
    asked = item.question
    told = words(figure.flow(figure.Flow(asked.lines, "x", "error", "", asked.outcome.steps, (), refused=True), "alt"))
    assert told[told.index("✗") - 1].startswith("fc1: Linear(")


def words(svg: str) -> list[str]:
    return [element.text for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


# --- the page

def pills(at):
    return next(group for group in at.button_group if str(group.key).startswith("quiz.drill.pick."))


def answered(at, right: bool):
    """Click an answer; what it was."""
    spec = at.session_state
    item = drill(spec["quiz.drill.level"], spec["quiz.drill.subject"], int(spec["quiz.drill.items"]),
                 spec["quiz.drill.seed"])[spec["quiz.drill.item"] - 1]
    chosen = item.truth if right else next(option for option in item.options if option != item.truth)
    fine(pills(at).set_value(chosen).run())
    return item, chosen


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_right_answer_is_told_with_the_rule_and_the_proof(lang):
    at = opened("quiz", view="drill", seed="7", lang=lang)
    item, _ = answered(at, right=True)
    assert item.truth in at.success[0].value
    assert item.question.code in [code.value for code in at.code]
    assert item.truth.strip("(),") in at.code[1].value


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_wrong_answer_is_told_with_the_thought_behind_it(lang):
    at = opened("quiz", view="drill", seed="7", lang=lang)
    item, chosen = answered(at, right=False)
    assert Text(lang)(f"drill.thought.{item.thought[chosen]}") in at.warning[0].value
    assert item.truth in at.warning[0].value


def test_five_questions_lead_to_a_result_with_the_score_and_what_to_look_at_again():
    at = opened("quiz", view="drill", items="5", seed="3")
    for i in range(5):
        answered(at, right=i % 2 == 0)
        fine(at.button(key="quiz.drill.next").click().run())
    assert "3 of 5 right at the first try" in shown(at)
    assert at.query_params["item"] == "6"
    assert len([link for link in at.get("page_link") if "See it at work" in link.proto.label]) == 2
    fine(at.button(key="quiz.drill.same").click().run())
    assert "Question 1 of 5" in shown(at)
    assert "0 of 0 right" in shown(at)


def test_a_link_brings_everybody_the_same_question():
    at = opened("quiz", view="drill", seed="1729", level="medium", subject="networks", items="20", item="4")
    item = drill("medium", "networks", 20, 1729)[3]
    assert pills(at).options == [*item.options[:-1], "it raises an error"] or pills(at).options == list(item.options)
    assert "Question 4 of 20" in shown(at)
    at.session_state["fold.quiz.drill.teacher"] = True
    link = next(code.value for code in fine(at.run()).code if "quiz?" in code.value)
    assert "item=" not in link
    assert {"seed=1729", "level=medium", "subject=networks", "items=20", "view=drill", "lang=en"} == set(link.partition("?")[2].split("&"))


def test_a_question_that_is_not_there_is_the_result_which_says_how_to_begin():
    at = opened("quiz", view="drill", items="5", item="21")
    assert "Nothing is answered yet" in shown(at)
    fine(at.button(key="quiz.drill.begin").click().run())
    assert "Question 1 of 5" in shown(at)


def test_language_and_page_change_nothing_about_the_answers():
    at = opened("quiz", view="drill", seed="7")
    answered(at, right=True)
    fine(at.button(key="quiz.drill.next").click().run())
    at.session_state["lang"] = "zh"
    fine(at.run())
    assert "第 2 题" in shown(at)
    assert "答 1 对 1" in shown(at)
    at.switch_page("pages/home.py")
    fine(at.run())
    at.switch_page("pages/quiz.py")
    assert "答 1 对 1" in shown(fine(at.run()))


def test_other_settings_begin_another_drill_and_the_first_waits_as_it_was():
    at = opened("quiz", view="drill", seed="7")
    answered(at, right=True)
    fine(at.button(key="quiz.drill.next").click().run())
    at.session_state["fold.quiz.drill.settings"] = True
    fine(at.run())
    fine(at.number_input(key="quiz.drill.seed").set_value(8).run())
    assert "Question 1 of 10" in shown(at)
    assert "0 of 0 right" in shown(at)
    back = next(button for button in at.button if str(button.key).startswith("quiz.drill.earlier."))
    assert back.label == "easy, all, seed 7: 1 of 10 right"
    fine(back.click().run())
    assert "Question 2 of 10" in shown(at)
    assert at.query_params["seed"] == "7"


def test_settings_hold_when_their_fold_is_closed_and_the_page_was_left():
    at = opened("quiz", view="drill")
    at.session_state["fold.quiz.drill.settings"] = True
    fine(at.run())
    fine(at.number_input(key="quiz.drill.seed").set_value(8).run())
    at.session_state["fold.quiz.drill.settings"] = False
    fine(at.run())
    fine(at.button(key="quiz.drill.show").click().run())
    fine(at.button(key="quiz.drill.next").click().run())
    assert (at.query_params["seed"], at.query_params["item"]) == ("8", "2")
    at.switch_page("pages/home.py")
    fine(at.run())
    at.switch_page("pages/quiz.py")
    fine(at.run())
    assert (at.session_state["quiz.drill.seed"], at.session_state["quiz.drill.item"]) == (8, 2)


def test_a_long_line_is_broken_and_stays_large():
    line = "nn.TransformerDecoderLayer(8, 2, dim_feedforward=64, batch_first=True)"
    drawn = figure.flow(figure.Flow((line,), "x (1, 5, 8)", "?", "y = layer(x, x)"), "alt")
    code = [element for element in ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text") if element.text.strip(" ") in line]
    assert " ".join(element.text.strip() for element in code) == line
    assert min(float(element.get("font-size")) for element in code) > 20


def test_new_questions_have_another_seed(monkeypatch):
    monkeypatch.setattr("secrets.randbelow", lambda n: 4321)
    at = opened("quiz", view="drill", seed="7")
    at.session_state["fold.quiz.drill.settings"] = True
    fine(at.run())
    fine(at.button(key="quiz.drill.draw").click().run())
    assert at.query_params["seed"] == "4321"


def test_shown_counts_as_not_known():
    at = opened("quiz", view="drill", seed="7")
    fine(at.button(key="quiz.drill.show").click().run())
    assert "The answer: " in at.info[0].value
    assert "0 of 1 right" in shown(at)


def test_a_typed_shape_is_read_and_what_is_none_costs_nothing():
    at = opened("quiz", **HARD, seed="3", subject="layers")
    at.text_input[0].set_value("two")
    fine(at.button(key="quiz.drill.check").click().run())
    assert "is no shape" in shown(at)
    assert "0 of 0 right" in shown(at)
    truth = drill("hard", "layers", 10, 3)[0].truth
    at.text_input[0].set_value(truth.strip("()").replace(",", " x"))
    fine(at.button(key="quiz.drill.check").click().run())
    assert "1 of 1 right" in shown(at)


def test_an_error_can_be_predicted_at_the_highest_level():
    seed = next(seed for seed in range(100) if drill("hard", "all", 10, seed)[0].truth == RAISES)
    at = opened("quiz", **HARD, seed=str(seed))
    fine(at.button(key="quiz.drill.raises").click().run())
    assert "it raises an error" in at.success[0].value
    assert "Error: " in at.code[1].value


def test_markdown_in_a_typed_answer_is_shown_as_text():
    at = opened("quiz", **HARD, seed="3", subject="layers")
    at.text_input[0].set_value("![p](http://x/y)")
    fine(at.button(key="quiz.drill.check").click().run())
    assert "![p]" not in shown(at)


def test_reset_forgets_the_drill():
    at = opened("quiz", view="drill", seed="7", level="medium")
    answered(at, right=True)
    fine(at.button(key="frame.reset").click().run())
    assert at.query_params == {"lang": "en", "view": "drill"}
    assert "0 of 0 right" in shown(at)
    assert at.session_state["quiz.drill.level"] == DrillSpec().level


def test_only_so_many_drills_are_remembered():
    at = opened("quiz", view="drill")
    at.session_state["quiz.drill.answers"] = {f"easy|all|5|{seed}": {1: ""} for seed in range(200, 250)}
    fine(at.run())
    assert list(at.session_state["quiz.drill.answers"])[-2:] == ["easy|all|5|249", "easy|all|10|1"]
    assert len(at.session_state["quiz.drill.answers"]) == answers.MOST


def test_drills_that_were_only_looked_at_crowd_none_out():
    at = opened("quiz", view="drill")
    at.session_state["quiz.drill.answers"] = {"easy|all|5|7": {1: ""}} | {f"easy|all|5|{seed}": {} for seed in range(200, 250)}
    fine(at.run())
    assert "easy|all|5|7" in at.session_state["quiz.drill.answers"]


def test_every_subject_is_offered_in_words():
    assert all(f"options.subject.{subject}" in sentences() for subject in SUBJECTS)
