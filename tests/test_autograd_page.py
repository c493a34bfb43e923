"""The autograd page: the graph and its steps, what adds up, the rules, and what it says about an expression that it cannot follow."""

import threading
import warnings
from contextlib import suppress

import pytest
import torch

from content.text import LANGUAGES, Text
from core.gradient.follow import follow
from core.gradient.rules import RULES, outcome, program
from core.gradient.specs import EXAMPLES, TENSOR_EXAMPLES, GraphSpec, leaves
from figures.palette import ORANGE
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two of them are fixtures)

VIEWS = ("graph", "tensors", "accumulate", "rules", "descend")


def answered(view: str = "graph", **query: str):
    """The view with its answer shown."""
    at = opened("autograd", view=view, **query)
    return fine(at.button(key=f"predict.autograd.{view}.show").click().run())


def drawn(at, key: str = "autograd.graph") -> str:
    return next(e for e in at.get("bidi_component") if e.proto.id.endswith(key) or f"-{key}-" in e.proto.id).proto.bytes.decode()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_in_both_languages_with_everything_unfolded(view, lang):
    at = opened("autograd", view=view, lang=lang)
    for button in [b for b in at.button if str(b.key).endswith(".show")]:
        fine(button.click().run())
    for key in [key for key in at.session_state.to_dict() if key.startswith("fold.")]:
        at.session_state[key] = True
    folded = shown(at)
    assert len(shown(fine(at.run()))) > len(folded)


def test_before_the_prediction_no_gradient_is_shown():
    at = opened("autograd", step="4")
    assert ORANGE not in drawn(at)
    assert "0.3932" not in shown(at) + drawn(at)
    assert not [slider for slider in at.slider if slider.key == "autograd.graph.step"]


def test_the_gradients_come_back_step_by_step():
    at = answered()
    assert ORANGE not in drawn(at)
    slider = at.slider(key="autograd.graph.step")
    assert slider.max == 6
    counts = []
    for step in range(1, 7):
        fine(at.slider(key="autograd.graph.step").set_value(step).run())
        counts.append(drawn(at).count(">grad "))
    assert counts == [1, 2, 3, 4, 5, 6]
    assert "**Step 6 of 6.** `w` gets what flows back, times the local derivative: 0.1966 · 1 = **0.1966**" in shown(at)


def test_the_table_compares_three_ways():
    words = shown(answered())
    assert "| `x` | 0.1966 · 1 · 2 = 0.3932 | 0.3932238665 | 0.3932238665 | " in words
    assert "| `y` | 0.1966 · 1 = 0.1966 | 0.1966119332 | 0.1966119332 | " in words


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_is_one_click(text):
    at = answered(x="-0.5", step="3")
    examples = next(group for group in at.button_group if group.key == "autograd.graph.example")
    fine(examples.set_value(text).run())
    assert at.text_input(key="autograd.graph.expression").value == text
    assert tuple(at.slider(key=f"autograd.graph.{name}").value for name in "xwy") == EXAMPLES[text]
    assert at.slider(key="autograd.graph.step").value == 0
    assert not at.warning


def test_paths_add_up_in_words():
    at = answered(expression="x * x + x.sin()", x="0.5", step="4")
    assert "add the paths: 1 · 0.5 + 1 · 0.5 + 1 · 0.8776 = 1.878" in shown(at)
    assert "`x` gets what flows back, times the local derivative: 1 · 0.5 + 1 · 0.5 + 1 · 0.8776 = **1.878**" in shown(at)


@pytest.mark.parametrize(("said", "words"), [("positive", "and so says PyTorch"), ("zero", "PyTorch says “positive")])
def test_the_prediction_is_compared(said, words):
    at = opened("autograd")
    question = next(group for group in at.button_group if str(group.key).startswith("predict.autograd.graph."))
    assert words in shown(fine(question.set_value(said).run()))


def test_a_dead_relu_is_explained():
    at = answered(expression="(x * w).relu() + y", x="-1.0")
    assert "One factor 0 on a path is enough" in shown(at)


def test_a_comparison_has_no_way_back():
    assert "`x.grad` at None" in shown(answered(expression="(x > 0) * w"))


def test_without_x_the_question_is_about_the_first_leaf():
    assert "with respect to `w`" in shown(opened("autograd", expression="w * y"))


def test_tensors_on_the_way_leave_out_the_chain_rule():
    words = shown(answered(expression="(torch.ones(3) * x).exp().sum()", step="5"))
    assert "Tensors flow on the way" in words
    assert "| `x` | – | 8.154" in words


def test_a_step_from_a_longer_expression_is_cut():
    at = answered(expression="x * w", step="20")
    assert at.slider(key="autograd.graph.step").value == 3


@pytest.mark.parametrize("text", TENSOR_EXAMPLES)
def test_an_example_with_tensors_is_one_click(text):
    at = answered("tensors", x="7, 8", expression="(x + y).sum()", step="3", y="1")
    examples = next(group for group in at.button_group if group.key == "autograd.tensors.example")
    fine(examples.set_value(text).run())
    assert tuple(at.text_input(key=f"autograd.tensors.{name}").value for name in "xwy") == TENSOR_EXAMPLES[text]
    assert at.slider(key="autograd.tensors.step").value == 0
    assert not at.warning


def test_the_shape_of_a_gradient_is_asked_for_and_not_shown_before():
    at = opened("autograd", view="tensors", step="7")
    assert ORANGE not in drawn(at, "autograd.tensors")
    assert "own shape" not in shown(at)
    question = next(group for group in at.button_group if str(group.key).startswith("predict.autograd.tensors."))
    assert question.options == ["()", "(2, 3)", "(3, 2)", "(3,)", "None: no gradient arrives"]
    words = shown(fine(question.set_value("(3, 2)").run()))
    assert len(at.success) == 1
    assert "`x`'s own shape, (3, 2)" in words


@pytest.mark.parametrize(("step", "words"), [
    ("2", "it sends `g / 3` back to every element that went in: () → (3,)."),
    ("3", "sends back g times its own derivative at each element: (3,) → (3,)."),
    ("4", "it sends `−g` back, element by element: (3,) → (3,)."),
    ("7", "the gradient g of shape (3,) has arrived, and it sends `xᵀ @ g` back: (2, 3) @ (3,) → (2,)."),
])
def test_a_step_says_what_happens_in_shapes(step, words):
    assert words in shown(answered("tensors", step=step))


def test_a_stretched_leaf_is_asked_about_and_its_sum_is_told():
    text = "(x @ w + y).relu().sum()"
    names = dict(zip("xwy", TENSOR_EXAMPLES[text], strict=True))
    words = "\n".join(shown(answered("tensors", expression=text, step=str(step), **names)) for step in range(8))
    assert "with respect to `y` has `y`'s own shape, (2,)" in words
    assert "Broadcasting had repeated `y` along axis 0 to reach (3, 2), so what comes back is **summed** over that axis." in words


@pytest.mark.parametrize(("lang", "said"), [
    ("en", "repeated `w` along the axes 0, 1 to reach (2, 2), so what comes back is **summed** over those axes."),
    ("zh", "沿维度 0, 1 重复，得到 (2, 2)，所以传回来的梯度要沿这几个维度**求和**"),
])
def test_a_sum_over_several_axes_names_them_all(lang, said):
    assert said in shown(answered("tensors", expression="(x * w).sum()", x="1, 2; 3, 4", w="2", step="4", lang=lang))


def test_several_uses_of_a_tensor_are_listed_and_add_up():
    words = shown(answered("tensors", expression="(x * x).sum()", x="1, 2", step="3"))
    assert "It is the sum of what 2 edges bring:" in words
    assert words.count("it sends `g * x` back") == 2


def test_every_element_has_its_row_under_a_fold():
    at = answered("tensors", expression="(x * w).sum()", x="1, 2; 3, 4", w="2")
    assert "| `w` | () | () | " in shown(at)
    assert "| `x[1, 0]` |" not in shown(at)
    at.session_state["fold.autograd.tensors.elements"] = True
    fine(at.run())
    assert "| `x[1, 0]` | 2 | 2 | " in shown(at)
    assert "| `w` | 10 | 10 | " in shown(at)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("typed", "code", "facts"), [
    ("", "leaf_empty", {"name": "x"}),
    ("1, a", "leaf_unreadable", {"name": "x", "value": "1, a", "part": "a"}),
    ("1, 2; 3", "leaf_ragged", {"name": "x", "value": "1, 2; 3", "lengths": "2, 1"}),
    (", ".join("1" * 13), "gradient_leaf", {"name": "x", "value": 13, "limit": 12, "known": "x, w, y"}),
])
def test_a_bad_tensor_gets_its_sentence(typed, code, facts, lang):
    at = opened("autograd", view="tensors", lang=lang)
    fine(at.text_input(key="autograd.tensors.x").set_value(typed).run())
    assert [warning.value for warning in at.warning] == [Text(lang)(f"errors.{code}", **facts)]


def test_a_number_from_an_old_link_is_a_number_in_both_views():
    assert opened("autograd", x="1.5").slider(key="autograd.graph.x").value == 1.5
    at = opened("autograd", view="tensors", expression="x * w", x="1.5", w="2")
    assert at.text_input(key="autograd.tensors.x").value == "1.5"
    assert not at.warning


@pytest.mark.parametrize(("text", "x", "words"), [
    ("x.relu() * w", "0", "`x` stands exactly on a kink: on the left the slope is 0, on the right 2, so there is no derivative. "
     "PyTorch has a fixed rule for such a place and gives 0; the finite difference takes the mean of both sides, 1."),
    ("x.abs() * w", "0", "on the left the slope is −2, on the right 2"),
    ("x.sign() * w", "0", "the result jumps"),
    ("x * x.item()", "1", "autograd does not see everything"),
    ("x.sqrt() * w", "0", "It begins at `x.sqrt()`: where `x` = 0, its local derivative is inf, and 2 · inf = inf."),
    ("(x - 1).sqrt() * 0", "1", "its local derivative is inf, and 0 · inf = nan."),
    ("(x - 1).log() + w", "1", "It goes wrong on the way forward already"),
])
def test_a_place_without_a_derivative_is_explained_in_the_answer(text, x, words):
    assert words in shown(answered(expression=text, x=x))


def test_away_from_a_kink_nothing_is_said_of_it():
    words = shown(answered(expression="x.relu() * w", x="0.5"))
    assert "kink" not in words
    assert "inf" not in words


def test_kinks_of_a_tensor_are_counted_and_one_is_told():
    words = shown(answered("tensors", expression="x.relu().sum()", x="0, 1, 0, -1, 0"))
    assert "`x[0]` stands exactly on a kink" in words
    assert "The same happens at 2 more elements." in words


@pytest.mark.parametrize(("lang", "one", "none"), [
    ("en", "The same happens at one more element.", "The same"), ("zh", "还有 1 个元素也是这样。", "个元素也是这样"),
])
def test_only_places_of_the_same_kind_are_counted(lang, one, none):
    kinks = answered("tensors", expression="x.relu().sum() + w.floor()", x="0, 1, 0", w="1", lang=lang)
    assert one in shown(kinks)
    single = answered("tensors", expression="x.relu().sum() + w.floor()", x="0, 1, 2", w="1", lang=lang)
    assert none not in shown(single)


def test_a_leaf_without_a_gradient_hides_no_kink_of_another():
    words = shown(answered(expression="x.item() * 2 + (w - 3).relu()", x="1", w="3"))
    assert "leaves the graph on the way" in words
    assert "`w` stands exactly on a kink" in words


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("view", ["graph", "tensors"])
def test_where_the_check_would_take_too_long_it_is_left_out_and_said(view, lang):
    at = answered(view, expression="x.relu() + (torch.diff(torch.ones(400), 320).sum() + torch.diff(torch.ones(400), 320).sum()) * 0",
                  x="0", lang=lang)
    assert Text(lang)("autograd.graph.unchecked") in shown(at)
    assert "| – | – |" in shown(at) or "| () | – |" in shown(at)
    assert Text(lang)("autograd.graph.unchecked") not in shown(answered(view, lang=lang))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("text", "refused"), [
    ("(x - 1).sqrt().sum()", False), ("x.view(2, 3).T[0].prod()", False), ("(x > 2).sum()", True), ("x.log().mean() * y", True),
    ("F.linear(x, bias=y[0], weight=w[None]).sum()", False), ("x.unsqueeze(0).unsqueeze(0).exp().sum()", False), ("x.sum() * 0 / 0", False),
    ("torch.stack([x[0, 0], w[0]]).max()", False), ("x.max()", False), ("(x - x).abs().sum()", False), ("x @ y", True),
])
def test_whatever_can_be_followed_in_tensors_is_shown_and_the_rest_refused(text, refused, lang):
    at = answered("tensors", expression=text, step="3", lang=lang) if not refused else opened("autograd", view="tensors", expression=text)
    assert bool(at.warning) == refused
    if not refused:
        at.session_state["fold.autograd.tensors.elements"] = at.session_state["fold.autograd.tensors.deeper"] = True
        fine(at.run())
        assert drawn(at, "autograd.tensors")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("text", "code", "facts"), [
    ("x * torch.ones(3)", "gradient_not_scalar", {"value": "(3,)"}),
    ("x > w", "gradient_no_graph", {"value": r"x \> w"}),
    ("x @ w", "gradient_refused", None),
    ("x * z", "expression_not_available", None),
    ("x * w + ", "expression_unreadable", None),
    ("x＋w", "expression_character", {"value": "＋"}),
    ("", "expression_empty", None),
])
def test_a_bad_expression_gets_its_sentence_and_its_place(text, code, facts, lang):
    at = opened("autograd", lang=lang)
    fine(at.text_input(key="autograd.graph.expression").set_value(text).run())
    assert len(at.warning) == 1
    if facts is not None:
        assert at.warning[0].value == Text(lang)(f"errors.{code}", **facts)
    assert "张" in at.warning[0].value or lang == "en" or any("一" <= letter <= "鿿" for letter in at.warning[0].value)
    if text:
        assert "<svg" in drawn(at, "autograd.graph.refused")


def test_markdown_in_an_expression_is_shown_as_text():
    at = opened("autograd", expression="![p](http://x/y)")
    assert "![p]" not in shown(at)


def test_the_program_to_take_home_gives_the_same_gradients():
    at = answered()
    at.session_state["fold.autograd.graph.deeper"] = True
    fine(at.run())
    code = next(c.value for c in at.code if c.value.startswith("import torch"))
    printed = []
    exec(code, {"print": lambda *values: printed.extend(values)})
    assert [grad.item() for grad in printed] == pytest.approx([0.39322386, 0.19661193, 0.19661193])
    assert "| `x * w` | `MulBackward0` | other = 2, self = 1 | no | yes |" in shown(at)


@pytest.mark.parametrize(("calls", "zero", "truth"), [("3", "0", "3 × 6 = 18"), ("6", "0", "6 × 6 = 36"), ("4", "1", "stands there: 6.")])
def test_accumulation_is_told_and_drawn(calls, zero, truth):
    before = opened("autograd", view="accumulate", calls=calls, zero_grad=zero)
    assert drawn(before, "autograd.accumulate").count(">?<") == int(calls) - 1
    at = answered("accumulate", calls=calls, zero_grad=zero)
    assert truth in shown(at)
    assert drawn(at, "autograd.accumulate").count("<rect") == (int(calls) if zero == "1" else sum(range(int(calls) + 1)))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_predicted_run_and_explained(rule, lang):
    at = opened("autograd", view="rules", rule=rule, lang=lang)
    assert program(rule).rstrip() in [code.value.rstrip() for code in at.code]
    assert not outcome(rule).message or outcome(rule).message not in shown(at)
    question = next(group for group in at.button_group if str(group.key).startswith("predict.autograd.rules."))
    words = shown(fine(question.set_value(outcome(rule).end).run()))
    assert Text(lang)(f"autograd.rules.why.{rule}").rstrip("。") in words
    assert outcome(rule).message in words
    assert len(at.success) == 1


def test_the_view_and_its_values_are_the_link():
    at = opened("autograd")
    fine(at.slider(key="autograd.graph.x").set_value(0.5).run())
    assert at.query_params == {"lang": "en", "x": "0.5"}
    at = opened("autograd", view="rules", rule="twice")
    assert at.query_params == {"lang": "en", "view": "rules", "rule": "twice"}


@pytest.mark.parametrize(("text", "refused"), [
    ("x[x > 5].sum() + x", False), ("(x * (-1) ** 0.5).abs()", True), ("x[x >= 1]", False), ("x[x >= 1].view(())", False),
    ("x.item() * w", False), ("torch.tensor(x) * x", False), ("(x - 1).sqrt() * 0", False), ("x * 1e-13", False),
    ("((x > 0) | (w > 0)) * y", False), ("torch.rand(1) * x", False), ("x / 0", False), ("(x - 1).log()", False),
    ("torch.stack([x, w]).max()", False), ("x.half().sum()", False), ("torch.sum(x, dim=0, dim=0)", True),
])
def test_whatever_can_be_followed_is_shown_and_the_rest_refused(text, refused):
    at = opened("autograd", expression=text)
    assert bool(at.warning) == refused
    if not refused:
        at = answered(expression=text)
        at.session_state["fold.autograd.graph.deeper"] = True
        fine(at.run())
        assert drawn(at, "autograd.graph")


@pytest.mark.parametrize(("text", "words"), [
    ("x.item() * w", "leaves the graph on the way"),
    ("(x > 0) * w", "No path leads back to `x`"),
    ("x.item() * w + (torch.diff(torch.ones(400), 320).sum() + torch.diff(torch.ones(400), 320).sum()) * 0", "No recorded operation leads"),
    ("(x - 1).sqrt() * 0", "not a number"),
    ("x * 1e-13", "One path leads"),
    ("x - x", "they cancel"),
    ("(x * w).relu() * 0", "One factor 0 on a path is enough"),
])
def test_the_reason_is_the_right_one(text, words):
    assert words in shown(answered(expression=text))


def test_a_copy_of_numbers_carries_no_gradient_as_in_pytorch():
    found = follow("torch.tensor(x) * x", {"x": torch.tensor(3.0, dtype=torch.float64)})
    assert found.nodes[0].gradient.item() == 3


def test_other_threads_warnings_are_not_the_programs():
    stop = threading.Event()

    def warn():
        while not stop.is_set():
            with suppress(UserWarning):
                warnings.warn("from elsewhere", stacklevel=1)
            stop.wait(0.001)

    thread = threading.Thread(target=warn)
    thread.start()
    try:
        ends = {outcome.__wrapped__("leaf").end for _ in range(15)}
    finally:
        stop.set()
        thread.join()
    assert ends == {"runs"}


@pytest.mark.parametrize("text", [*EXAMPLES, "torch.rand(1) * x", "F.softplus(x) * w"])
def test_the_program_at_home_prints_the_pages_gradients(text):
    at = answered(expression=text)
    at.session_state["fold.autograd.graph.deeper"] = True
    fine(at.run())
    code = next(c.value for c in at.code if c.value.startswith("import torch"))
    printed = []
    exec(code, {"print": lambda *values: printed.extend(values)})
    spec = GraphSpec(text)
    graph = follow(text, leaves(spec))
    wanted = [node.gradient for node in graph.nodes if node.operation in ("x", "w", "y")]
    used = [node.operation for node in graph.nodes if node.operation in ("x", "w", "y")]
    for name, gradient in zip(used, wanted, strict=True):
        found = printed[sorted(used, key="xwy".index).index(name)]
        assert (found is None and gradient is None) or found.item() == pytest.approx(gradient.item(), rel=1e-12)
