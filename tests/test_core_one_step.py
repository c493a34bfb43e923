"""The frozen training step: its frames are what a plain PyTorch loop computes, and only what a line changes differs."""

import itertools

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from core.one_step import lenet, points
from core.one_step.formula import moves
from core.one_step.frame import PARTS, RULES, copied, lines, moved
from core.one_step.orders import after, holds_gradients, orders, zero_last
from core.one_step.points import ACTIVATIONS, NAMES, STEPS, X, Y
from core.one_step.slope import slope

SETTINGS = list(itertools.product(RULES, ACTIVATIONS, (False, True)))
KINDS = {"sgd": (torch.optim.SGD, {}), "momentum": (torch.optim.SGD, {"momentum": 0.9}), "adam": (torch.optim.Adam, {})}


def plain(weights: dict, rule: str, activation: str, forget: bool, lr: float = 0.1):
    """The loop as any text writes it, from the same start: after each step (loss, gradients, weights)."""
    net = nn.Sequential(nn.Linear(2, 3), {"relu": nn.ReLU, "tanh": nn.Tanh}[activation](), nn.Linear(3, 2))
    with torch.no_grad():
        for p, value in zip(net.parameters(), weights.values(), strict=True):
            p.copy_(value)
    kind, more = KINDS[rule]
    optimizer = kind(net.parameters(), lr=lr, **more)
    for _ in range(STEPS):
        if not forget:
            optimizer.zero_grad()
        loss = F.cross_entropy(net(X), Y)
        loss.backward()
        optimizer.step()
        yield loss.detach(), [p.grad.clone() for p in net.parameters()], [p.detach().clone() for p in net.parameters()]


def of(frames: tuple, part: str) -> list:
    return [frame for frame in frames if frame.part == part]


@pytest.mark.parametrize(("rule", "activation", "forget"), SETTINGS)
def test_the_frames_are_what_a_plain_loop_computes(rule, activation, forget):
    frames = points.frames(rule, 0.1, activation, forget)
    assert [frame.part for frame in frames] == ["start", *PARTS * STEPS]
    expected = list(plain(frames[0].weights, rule, activation, forget))
    for kept, one in (("loss", 0), ("backward", 1), ("step", 2)):
        for frame, told in zip(of(frames, kept), expected, strict=True):
            values = {"loss": frame.loss, "backward": frame.grads, "step": frame.weights}[kept]
            torch.testing.assert_close(list(values.values()), [told[0]] if one == 0 else told[one])


@pytest.mark.parametrize(("rule", "activation", "forget"), SETTINGS)
def test_each_line_changes_what_it_is_there_for(rule, activation, forget):
    frames = points.frames(rule, 0.1, activation, forget)
    memory = ("memory",) if rule != "sgd" else ()
    assert {frame.changed for frame in of(frames, "zero_grad")[1:]} == {() if forget else ("grads",)}
    assert of(frames, "zero_grad")[0].changed == ()
    assert {frame.changed for frame in of(frames, "loss")} == {("loss",)}
    assert {frame.changed for frame in of(frames, "backward")} == {("grads", "flows")}
    assert {frame.changed for frame in of(frames, "step")} == {("weights", *memory)}
    assert all("weights" not in frame.changed and "grads" not in frame.changed for frame in of(frames, "forward"))


def test_before_the_first_backward_every_gradient_is_none_and_after_zero_grad_again():
    frames = points.frames("sgd", 0.5, "relu", False)
    told = [(frame.part, frame.step) for frame in frames if not holds_gradients(frame)]
    before = [("start", 0), *((part, 1) for part in PARTS[:3])]
    assert told == before + [(part, step) for step in range(2, STEPS + 1) for part in PARTS[:3]]


def test_a_frame_keeps_its_numbers_when_the_network_moves_on():
    frames = points.frames("sgd", 0.5, "relu", False)
    expected = frames[0].weights["output.bias"].tolist()
    assert expected == pytest.approx(points.fresh("relu").output.bias.tolist())
    assert not frames[0].weights["output.bias"].equal(frames[5].weights["output.bias"])
    assert frames[1].weights is frames[0].weights                         # what nobody changed is kept once
    assert copied(None) is None


def test_units_and_their_gradients_can_be_checked_by_hand():
    """Logits' gradient: (probability − one-hot) / 4; behind a ReLU that is off there is none."""
    frame = points.frames("sgd", 0.5, "relu", False)[4]
    one_hot = F.one_hot(Y, 2)
    torch.testing.assert_close(frame.flows["output"], (frame.outputs["output"].softmax(1) - one_hot) / len(X))
    off = frame.outputs["hidden"] <= 0
    assert off.any()
    assert frame.flows["hidden"][off].eq(0).all()
    torch.testing.assert_close(frame.grads["output.weight"], frame.flows["output"].T @ frame.outputs["activation"])
    w, b = points.fresh("relu").hidden.weight[0].tolist(), points.fresh("relu").hidden.bias[0].item()
    assert frame.outputs["hidden"][0, 0].item() == pytest.approx(w[0] * -1.0 + w[1] * 0.5 + b, abs=1e-6)


def test_the_first_weights_have_one_decimal_and_none_is_zero():
    for p in points.fresh("relu").parameters():
        torch.testing.assert_close(p * 10, (p * 10).round())
        assert p.abs().min() > 0.05


@pytest.mark.parametrize("rule", RULES)
def test_a_forgotten_zero_grad_leaves_the_sum_of_both_gradients(rule):
    frames = points.frames(rule, 0.1, "relu", True)
    first, second, third = of(frames, "backward")[:3]
    for name, grad in second.grads.items():
        new = points.alone("relu", second.weights)[name]
        torch.testing.assert_close(grad, first.grads[name] + new)
        assert not new.equal(first.grads[name])                           # the weights moved in between
        torch.testing.assert_close(third.grads[name], grad + points.alone("relu", third.weights)[name])


def test_forgetting_is_a_momentum_of_one_for_plain_sgd():
    frames = points.frames("sgd", 0.1, "relu", True)
    net = points.fresh("relu")
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=1.0)
    for frame in of(frames, "step"):
        optimizer.zero_grad()
        F.cross_entropy(net(X), Y).backward()
        optimizer.step()
        torch.testing.assert_close(frame.weights, {name: p.detach() for name, p in net.named_parameters()})


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_what_the_page_says_of_many_forgotten_steps(activation):
    """Plain SGD gets further by it up to lr 2; with momentum from lr 0.05 on the loss is thrown far above its start."""
    for lr in (0.01, 0.1, 0.5, 2.0):
        assert points.losses("sgd", lr, activation, True)[-1] < points.losses("sgd", lr, activation, False)[-1]
    for lr in (0.05, 0.1, 0.5, 2.0):
        thrown = points.losses("momentum", lr, activation, True)
        assert max(thrown) > 10 * thrown[0]
    frames = points.frames("sgd", 0.1, activation, True)
    assert points.losses("sgd", 0.1, activation, True)[:STEPS] == tuple(frame.loss["loss"].item() for frame in of(frames, "loss"))


@pytest.mark.parametrize(("rule", "activation"), list(itertools.product(RULES, ACTIVATIONS)))
def test_both_orders_are_equal_bit_for_bit_and_differ_in_one_moment(rule, activation):
    found = orders(rule, 0.5, activation)
    assert (found.weights, found.losses) == (0, 0)
    assert len(after(found.first, "step")) == len(after(found.last, "step")) == 20
    for first, last in zip(after(found.first, "step"), after(found.last, "step"), strict=True):
        assert all(first.weights[name].equal(last.weights[name]) and first.grads[name].equal(last.grads[name]) for name in first.weights)
    assert holds_gradients(found.first[5])                                 # at the end of step 1
    assert not holds_gradients(found.last[5])


def test_the_other_order_has_the_same_five_lines():
    state = points.start("sgd", 0.1, "relu")
    assert sorted(zero_last(state, X, Y)) == sorted(PARTS)
    assert lines() == {
        "zero_grad": "state.optimizer.zero_grad()", "forward": "state.logits = state.model(x)",
        "loss": "loss = F.cross_entropy(handed, y)", "backward": "loss.backward()", "step": "state.optimizer.step()"}


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("name", NAMES)
def test_a_finite_difference_agrees_with_the_gradient(name, activation):
    found = slope(activation, name, 1e-4)
    assert found.error < 1e-8
    assert found.autograd == pytest.approx(points.one(points.frames("sgd", 0.5, activation, False)[4].grads, name), abs=1e-6)
    assert found.weight == pytest.approx(points.one(points.frames("sgd", 0.5, activation, False)[0].weights, name), abs=1e-6)


def test_too_large_and_too_small_a_step_are_both_worse():
    middle = slope("relu", "output.weight[0,0]", 1e-4).error
    assert slope("relu", "output.weight[0,0]", 1.0).error > 1000 * middle
    assert slope("relu", "output.weight[0,0]", 1e-9).error > 100 * middle


@pytest.mark.parametrize(("rule", "forget"), list(itertools.product(RULES, (False, True))))
@pytest.mark.parametrize("name", NAMES)
def test_the_formula_gives_what_the_optimizer_did(name, rule, forget):
    found = list(moves(points.frames(rule, 0.1, "tanh", forget), rule, 0.1, name))
    assert [move.step for move in found] == [1, 2, 3, 4]
    assert max(move.far for move in found) < 1e-6
    assert all(abs(move.after - move.before) > 1e-5 for move in found)
    if rule == "adam":                               # the first step is lr, whatever the gradient
        assert abs(found[0].after - found[0].before) == pytest.approx(0.1, rel=1e-5)


def test_a_parameters_name_says_where_its_number_stands():
    assert len(NAMES) == len(set(NAMES)) == sum(p.numel() for p in points.fresh("relu").parameters()) == 17
    assert points.place("hidden.weight[2,1]") == ("hidden.weight", (2, 1))
    assert points.one({"hidden.bias": None}, "hidden.bias[0]") is None


def test_the_plane_has_the_networks_answer_at_every_point():
    frame = points.frames("sgd", 0.5, "relu", False)[2]
    plane = points.decision("relu", frame.weights)
    at = torch.linspace(-points.REACH, points.REACH, points.SIDE)
    expected = points.fresh("relu")(torch.stack([at[40], at[5]])).softmax(0)[1]           # row 0 is the top, where x2 is largest
    torch.testing.assert_close(plane[points.SIDE - 1 - 5, 40], expected.detach())


@pytest.mark.parametrize("forget", [False, True])
def test_lenet_takes_the_same_step_as_a_plain_loop(forget):
    found = lenet.run("adam", 0.002, forget)
    assert (tuple(found.x.shape), len(found.y)) == ((8, 1, 28, 28), 8)
    state, x, y = lenet.start("adam", 0.002)
    assert x.equal(found.x)
    assert sum(p.numel() for p in state.model.parameters()) == 44_426
    optimizer = torch.optim.Adam(state.model.parameters(), lr=0.002)
    for frame in of(found.frames, "step"):
        if not forget:
            optimizer.zero_grad()
        F.cross_entropy(state.model(x), y).backward()
        optimizer.step()
        torch.testing.assert_close(frame.weights, {name: p.detach() for name, p in state.model.named_parameters()}, atol=1e-5, rtol=1e-4)
    assert set(found.frames[-1].outputs) == set(lenet.LAYERS)
    assert found.frames[2].outputs["conv1"].shape == (8, 6, 12, 12)


def test_the_lengths_of_plain_sgds_update_and_gradient_differ_by_lr():
    found = lenet.run("sgd", 0.1, False)
    rows = lenet.table(found.frames, 5)
    assert len(rows) == 10
    for row in rows:
        assert row.update == pytest.approx(0.1 * row.gradient, rel=1e-3)
        assert row.ratio == pytest.approx(row.update / found.frames[0].weights[row.name].norm().item(), rel=1e-4)
    assert moved(found.frames, 4) is None                                  # no step was taken yet
    assert lenet.table(found.frames, 4)[0].update is None
    assert lenet.table(found.frames, 3)[0].gradient is None


def test_adams_first_step_is_lr_where_there_is_a_gradient_and_nothing_elsewhere():
    """As the page says of fc1: none of the digits has the ReLUs at both ends of a still weight on."""
    frames = lenet.run("adam", 0.002, False).frames
    update, gradient = moved(frames, 5)["fc1.0.weight"], frames[4].grads["fc1.0.weight"]
    still = gradient == 0
    assert lenet.without_gradient(frames[4], "fc1.0.weight") == pytest.approx(still.float().mean().item())
    assert 0.1 < still.float().mean() < 0.6                                # measured: 0.33
    assert update[still].eq(0).all()
    clear = gradient.abs() > 1e-6                                          # far above Adam's eps
    torch.testing.assert_close(update[clear], -0.002 * gradient[clear].sign(), rtol=0.02, atol=1e-6)
    before, after = ((frames[4].outputs[name] > 0).float() for name in ("conv2", "fc1"))
    assert (after.T @ before.flatten(1))[still].eq(0).all()                # (120, 8) @ (8, 256)


def test_lenets_forgotten_gradients_add_up_too():
    found = lenet.run("sgd", 0.1, True)
    first, second = of(found.frames, "backward")[:2]
    new = lenet.alone(second, found)
    for name in new:
        torch.testing.assert_close(second.grads[name], first.grads[name] + new[name])
