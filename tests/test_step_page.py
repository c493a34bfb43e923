"""The page on one training step: where one stands, what the line did, predictions, links and Play."""

import re

import pytest

from content.text import LANGUAGES
from core.one_step import lenet, points
from core.one_step.frame import PARTS, lines
from figures.pixel import number
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two are fixtures)
from ui.one_step.lenet import LRS as LENET_LRS
from ui.one_step.points import LRS

VIEWS = {"points": 20, "lenet": 15}


def seen(view: str = "points", **query: str):
    """The page with its answer on display."""
    at = opened("step", **({"view": view} if view != "points" else {}), **query)
    return fine(at.button(key=f"predict.step.{view}.show").click().run())


def picture(at) -> str:
    """The network, as SVG; above it stands the program."""
    return pictures(at)[1]


def pictures(at) -> list[str]:
    """All pictures of ours on the page, from above."""
    return [element.proto.bytes.decode() for element in at.get("bidi_component") if element.proto.bytes.startswith(b"<svg")]


def answer(at, view: str, code: str):
    """The page with that prediction."""
    pills = next(group for group in at.button_group if str(group.key).startswith(f"predict.step.{view}"))
    return fine(pills.set_value(code).run())


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("view", VIEWS)
def test_every_moment_has_its_sentence_in_both_languages(view, lang):
    at = seen(view, lang=lang)
    words = []
    for moment in range(VIEWS[view] + 1):
        fine(at.slider(key=f"step.{view}.moment").set_value(moment).run())
        words.append(at.markdown[1].value)
    assert len(set(words)) == len(words)
    place = "line {} has run" if lang == "en" else "刚运行完第 {} 行"
    assert [place.format(line) in said for line, said in zip([1, 2, 3, 4, 5] * 3, words[1:16], strict=True)] == [True] * 15


@pytest.mark.parametrize("view", VIEWS)
def test_a_link_to_a_part_of_a_step_restores_it(view):
    at = seen(view, moment="9")
    assert at.slider(key=f"step.{view}.moment").value == 9
    assert "Step 2 of" in shown(at)
    assert "line 4 has run" in shown(at)
    assert at.query_params["moment"] == "9"
    fine(at.slider(key=f"step.{view}.moment").set_value(3).run())
    assert at.query_params["moment"] == "3"


def test_a_link_beyond_the_last_moment_of_the_smaller_run_stands_at_its_end():
    at = seen("lenet", moment="20")
    assert at.slider(key="step.lenet.moment").value == 15


@pytest.mark.parametrize("view", VIEWS)
def test_play_goes_through_all_that_follow_and_ends_at_the_last(view):
    last = VIEWS[view]
    at = seen(view, moment=str(last - 2))
    fine(at.button(key=f"step.{view}.play").click().run())
    steps = []
    while at.button(key=f"step.{view}.play").label == "Pause":
        steps.append(at.slider(key=f"step.{view}.moment").value)
        fine(at.run())
    assert steps == [last - 2, last - 1]
    assert at.query_params["moment"] == str(last)


def playing(view: str, moment: str = "0"):
    """The page two places after a click on Play."""
    at = seen(view, moment=moment)
    fine(at.button(key=f"step.{view}.play").click().run())
    at = fine(at.run().run())
    assert at.button(key=f"step.{view}.play").label == "Pause"
    return at


@pytest.mark.parametrize("view", VIEWS)
def test_reset_ends_a_walk_that_goes_on_by_itself(view):
    at = playing(view, "4")
    fine(at.button(key="frame.reset").click().run())
    assert at.button(key=f"step.{view}.play").label == "Play"
    fine(at.run())
    assert at.slider(key=f"step.{view}.moment").value == 0


def test_another_view_ends_a_walk_and_the_way_back_does_not_begin_it_again():
    at = playing("points", "4")
    stood = at.slider(key="step.points.moment").value
    switch = at.session_state["step.view"]
    at.session_state["step.view"] = "lenet"
    fine(at.run())
    at.session_state["step.view"] = switch
    fine(at.run().run())
    assert at.button(key="step.points.play").label == "Play"
    assert at.slider(key="step.points.moment").value <= stood + 1


def test_the_sentence_says_what_was_measured_to_have_changed():
    at = seen()
    told = ("every `.grad` is `None`", "bit for bit: nothing.", "bit for bit: activations.", "bit for bit: the loss.",
            "bit for bit: `.grad` of the parameters, gradients of the units.", "bit for bit: weights and biases.",
            "bit for bit: `.grad` of the parameters.")
    for moment, words in enumerate(told):
        fine(at.slider(key="step.points.moment").set_value(moment).run())
        assert words in shown(at)


@pytest.mark.parametrize(("part", "right"), [("step", True), ("backward", False)])
def test_the_line_that_changes_the_weights_is_the_optimizers_step(part, right):
    at = opened("step")
    pills = next(group for group in at.button_group if str(group.key).startswith("predict.step.points"))
    assert list(pills.options) == [f"`{line}`" for line in lines().values()]
    fine(pills.set_value(part).run())
    assert bool(at.success) == right
    assert "the optimizer reads `.grad` and moves them" in shown(at)


def test_with_a_forgotten_zero_grad_the_gradients_that_are_shown_add_up():
    at = seen(forget="1", moment="9")
    frames, name = points.frames("sgd", 0.5, "relu", True), "output.weight[0,0]"
    first, second = (points.one(frames[i].grads, name) for i in (4, 9))
    new = points.one(points.alone("relu", frames[9].weights), name)
    assert first + new == pytest.approx(second, abs=1e-6)
    assert f"**Step 2, `{name}`:** there stood {number(first)}, and this `backward()` alone found {number(new)}" in shown(at)
    assert f"= **{number(second)}**" in shown(at)
    fine(at.slider(key="step.points.moment").set_value(6).run())
    assert "line 1 is left out.** So nothing happens" in shown(at)


def test_a_sum_comes_with_the_second_backward_and_each_step_has_its_own():
    at = seen(forget="1", moment="8")
    assert "Nothing to add up yet" in shown(at)
    assert "there stood" not in shown(at)
    frames, name = points.frames("sgd", 0.5, "relu", True), "output.weight[0,0]"
    for moment, backward, step in ((9, 9, 2), (13, 9, 2), (14, 14, 3), (20, 19, 4)):
        fine(at.slider(key="step.points.moment").set_value(moment).run())
        total = number(points.one(frames[backward].grads, name))
        assert re.findall(r"\*\*Step (\d), `output.weight\[0,0\]`:\*\* .* = \*\*(.*?)\*\*", shown(at)) == [(str(step), total)]


@pytest.mark.parametrize("view", VIEWS)
def test_the_reply_stands_above_the_slider_and_the_settings_below_the_picture(view):
    at = answer(opened("step", view=view), view, "step" if view == "points" else "0.1")
    order = ["picture" if getattr(element.proto, "bytes", b"").startswith(b"<svg") else element.type for element in at.main]
    assert order.index("success" if at.success else "warning") < order.index("slider") < order.index("picture")
    assert order.count("picture") == 2
    assert "picture" not in order[order.index("toggle"):]
    asked = opened("step", view=view)                # the question may depend on the settings: they are there before, too
    assert asked.toggle(key=f"step.{view}.forget").value is False


@pytest.mark.parametrize("view", VIEWS)
def test_buttons_go_to_the_neighbouring_line_and_end_a_walk(view):
    at = seen(view)
    assert at.button(key=f"step.{view}.back").disabled
    for moment in (1, 2):
        fine(at.button(key=f"step.{view}.on").click().run())
        assert at.slider(key=f"step.{view}.moment").value == moment
        assert at.query_params["moment"] == str(moment)
    fine(at.button(key=f"step.{view}.back").click().run())
    assert at.slider(key=f"step.{view}.moment").value == 1
    fine(at.slider(key=f"step.{view}.moment").set_value(VIEWS[view]).run())
    assert at.button(key=f"step.{view}.on").disabled
    at = playing(view, "4")
    stood = at.slider(key=f"step.{view}.moment").value
    fine(at.button(key=f"step.{view}.back").click().run())
    assert (at.slider(key=f"step.{view}.moment").value, at.button(key=f"step.{view}.play").label) == (stood - 1, "Play")
    assert fine(at.run()).slider(key=f"step.{view}.moment").value == stood - 1


@pytest.mark.parametrize(("lang", "said", "weights"), [
    ("en", "state.model is the network, handed are the logits of line 2.", "hidden: 6 weights + 3 biases"),
    ("zh", "state.model 就是网络，handed 就是第 2 行得到的原始得分。", "hidden：6 个权重 + 3 个偏置")])
def test_the_programs_names_and_the_layers_sizes_are_said_in_words(lang, said, weights):
    assert all(said in pictures(seen(view, lang=lang, moment="1"))[0] for view in VIEWS)
    assert weights in pictures(seen(lang=lang))[1]


@pytest.mark.parametrize("view", VIEWS)
def test_another_optimizer_brings_a_learning_rate_with_which_the_loss_goes_down(view):
    usual, at = {"points": LRS, "lenet": LENET_LRS}[view], seen(view)
    for optimizer in ("momentum", "adam", "sgd"):
        fine(at.segmented_control(key=f"step.{view}.optimizer").set_value(optimizer).run())
        assert at.select_slider(key=f"step.{view}.lr").value == usual[optimizer]
        frames = points.frames(optimizer, usual[optimizer], "relu", False) if view == "points" else lenet.run(
            optimizer, usual[optimizer], False).frames
        losses = [frame.loss["loss"].item() for frame in frames if frame.part == "loss"]
        assert losses == sorted(losses, reverse=True)
        assert losses[2] < 0.99 * losses[0]


def test_a_learning_rate_that_the_learner_chose_stays():
    at = seen("lenet", lr="0.01")
    fine(at.segmented_control(key="step.lenet.optimizer").set_value("sgd").run())
    assert at.select_slider(key="step.lenet.lr").value == 0.01
    at = seen("lenet")
    fine(at.select_slider(key="step.lenet.lr").set_value(0.1).run())
    fine(at.segmented_control(key="step.lenet.optimizer").set_value("momentum").run())
    assert at.select_slider(key="step.lenet.lr").value == 0.1
    fine(at.button(key="frame.reset").click().run())
    fine(at.segmented_control(key="step.lenet.optimizer").set_value("momentum").run())
    assert at.select_slider(key="step.lenet.lr").value == 0.05


@pytest.mark.parametrize(("lang", "sentence"), [("en", "‖(3, 4)‖ = √(9 + 16) = 5"), ("zh", "勾股定理")])
def test_a_length_is_explained_with_numbers_that_one_can_check(lang, sentence):
    assert sentence in shown(seen("lenet", lang=lang))


def test_the_picture_has_the_numbers_of_the_moment():
    frames = points.frames("sgd", 0.5, "relu", False)
    at = seen()
    assert picture(at).count("grad None") == 17
    fine(at.slider(key="step.points.moment").set_value(5).run())
    svg = picture(at)
    assert "grad None" not in svg
    for name in points.NAMES:
        old, new = (number(points.one(frames[i].weights, name)) for i in (4, 5))
        assert f"{old} → {new}" in svg
        assert f"grad {number(points.one(frames[5].grads, name))}" in svg
    assert f"loss {number(frames[5].loss['loss'].item())}" in svg


def test_the_pointer_hears_of_a_parameter_what_the_optimizer_keeps():
    frames, name = points.frames("adam", 0.1, "relu", False), "hidden.weight[2,1]"
    svg = picture(seen(optimizer="adam", lr="0.1", moment="10"))
    old, new = (points.one(frames[i].weights, name) for i in (9, 10))
    kept = [frames[10].memory[f"hidden.weight/{key}"][2, 1].item() for key in ("exp_avg", "exp_avg_sq")]
    told = f"{name} = {new:.6g}\n{new:.6g} − {old:.6g} = {new - old:.6g}\nexp_avg = {kept[0]:.6g}\nexp_avg_sq = {kept[1]:.6g}"
    assert told.replace("-", "−") in svg


def test_lenets_picture_says_none_where_nothing_is_yet():
    at = seen("lenet", moment="3")
    assert (picture(at).count(">None<"), picture(at).count(">–<")) == (5, 5)               # gradients, and updates
    fine(at.slider(key="step.lenet.moment").set_value(5).run())
    assert ">None<" not in picture(at)
    norm = lenet.run("adam", 0.002, False).frames[5].weights["fc1.0.weight"].norm().item()
    assert f"‖·‖ {number(norm)}" in picture(at)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_the_folds_show_orders_check_and_formula_in_numbers(optimizer):
    at = seen(optimizer=optimizer, lr="0.1", parameter="hidden.weight[1,0]", h="0.0001")
    for fold in ("orders", "check", "formula"):
        at.session_state[f"fold.step.points.{fold}"] = True
    words = shown(fine(at.run()))
    assert "difference of any weight after any step is **0**, of any loss **0**" in words
    assert "`hidden.weight[1,0]`" in words
    gradient = points.one(points.frames(optimizer, 0.1, "relu", False)[4].grads, "hidden.weight[1,0]")
    assert f"autograd: **{gradient:.5f}".replace("-", "−")[:-1] in words
    assert f"| 1 | {gradient:.5g}".replace("-", "−") in words


def test_the_largest_share_of_an_update_is_the_one_that_was_measured():
    at = opened("step", view="lenet", optimizer="sgd", lr="0.1")
    pills = next(group for group in at.button_group if str(group.key).startswith("predict.step.lenet"))
    row = next(row for row in lenet.table(lenet.run("sgd", 0.1, False).frames, 5) if row.name == "fc1.0.weight")
    assert 0.0005 < row.ratio < 0.003
    fine(pills.set_value("0.001").run())
    assert "about 0.1 %" in at.success[0].value


def test_lenets_forgotten_gradients_stand_beside_what_each_call_found():
    at = seen("lenet", forget="1")
    found = lenet.run("adam", 0.002, True)
    for frame in (frame for frame in found.frames if frame.part == "backward"):
        alone = lenet.alone(frame, found)["fc1.0.weight"].norm().item()
        assert f"| {frame.step} | {number(alone)} | {number(frame.grads['fc1.0.weight'].norm().item())} |" in shown(at)


def test_reset_brings_the_first_moment_back():
    at = seen(moment="7", optimizer="adam")
    fine(at.button(key="frame.reset").click().run())
    assert at.slider(key="step.points.moment").value == 0
    assert at.query_params == {"lang": "en"}


def test_the_two_networks_take_the_same_five_lines():
    assert [frame.part for frame in lenet.run("adam", 0.002, False).frames[1:6]] == list(PARTS)


def test_the_sum_of_both_gradients_is_the_right_answer_when_zero_grad_is_forgotten():
    at = opened("step", forget="1", optimizer="adam", lr="0.1")
    frames, name = points.frames("adam", 0.1, "relu", True), "output.weight[0,0]"
    pills = next(group for group in at.button_group if str(group.key).startswith("predict.step.points"))
    alone = points.one(points.alone("relu", frames[9].weights), name)
    truth = number(points.one(frames[9].grads, name))
    assert set(pills.options) == {number(alone), truth, "0", number(2 * points.one(frames[4].grads, name))}
    fine(pills.set_value(truth).run())
    assert len(at.success) == 1


def test_a_step_far_too_large_is_said_to_be_no_small_correction():
    assert "no small correction" in shown(seen("lenet", lr="0.1"))
    assert "can hardly be seen in the weights' colours" in shown(seen("lenet", lr="0.001"))
