"""The gradients written by hand against autograd's, and the training loop that uses them against the plain one."""

import dataclasses

import pytest
import torch
from torch.nn import functional as F

from core import checkpoint
from core.by_hand import ByHand, check, cross_entropy, share
from core.errors import SpecError
from core.models import LENETS, MODELS, fresh
from core.optimizers import OPTIMIZERS
from core.train import Epoch, Step, TrainSpec, batches, start, train
from core.train import Tested as Final  # pytest would take a class Test... for tests

QUICK = TrainSpec(network="lenet5", train_images=100, val_fraction=0.2, batch_size=32, epochs=2, lr=0.01, loop="by_hand")
NETWORKS = pytest.mark.parametrize("network", LENETS)
BOTH = pytest.mark.parametrize("optimizer", OPTIMIZERS)


def with_(**changes: object) -> TrainSpec:
    return dataclasses.replace(QUICK, **changes)


def losses(records: list) -> list[float]:
    return [record.loss.item() for record in records if isinstance(record, Step)]


def pictures(network: str, count: int, kind: str) -> tuple[torch.Tensor, torch.Tensor]:
    generator, entry = torch.Generator().manual_seed(0), MODELS[network]
    x = torch.randn(count, entry.channels, entry.size, entry.size, generator=generator)
    if kind == "flat":                                     # as a digit's black margin: many equal scores in one window
        x[:, :, :12] = x[:, :, :, 18:] = -0.4
    return x, torch.randint(0, 10, (count,), generator=generator)


def steps(state, x, y) -> None:
    for _ in state.by_hand.training_step(state, x, y):
        pass


# gradients

@NETWORKS
@pytest.mark.parametrize("kind", ["noise", "flat"])
@pytest.mark.parametrize("count", [1, 4, 7])
def test_every_gradient_is_autograds(network, kind, count):
    model, ours = fresh(network, 0), fresh(network, 0)
    hand = ByHand(ours)
    for count_now in (count, count + 1, count):            # another batch size in between leaves nothing behind
        x, y = pictures(network, count_now, kind)
        model.zero_grad()
        logits = model(x)
        loss = F.cross_entropy(logits, y)
        loss.backward()
        found = hand.forward(x)
        torch.testing.assert_close(found, logits.detach())
        found_loss, gradient = cross_entropy(found, y)
        torch.testing.assert_close(found_loss, loss.detach())
        hand.backward(gradient)
        for (name, expected), p in zip(model.named_parameters(), ours.parameters(), strict=True):
            torch.testing.assert_close(p.grad, expected.grad, rtol=1e-4, atol=1e-6, msg=lambda said, name=name: f"{name}: {said}")


def test_the_pictures_are_left_as_they_are():
    hand, (x, y) = ByHand(fresh("lenet5", 0)), pictures("lenet5", 4, "noise")
    before = x.clone()
    hand.backward(cross_entropy(hand.forward(x), y)[1])
    assert x.equal(before)


def test_the_gradient_of_the_loss_is_softmax_less_one_hot_over_the_batch():
    logits, y = torch.tensor([[0.0, 0.0], [2.0, 1.0]], requires_grad=True), torch.tensor([1, 0])
    F.cross_entropy(logits, y).backward()
    loss, gradient = cross_entropy(logits.detach(), y)
    torch.testing.assert_close(gradient, logits.grad)
    torch.testing.assert_close(gradient[0], torch.tensor([0.25, -0.25]))   # (0.5 - 0) / 2, (0.5 - 1) / 2
    assert loss.item() == pytest.approx((0.6931 + 0.3133) / 2, abs=1e-4)   # ln 2, and ln(1 + 1/e)


def test_the_larger_of_two_gets_the_gradient_and_of_equals_the_first():
    first, second, gradient = torch.tensor([1.0, 5.0, 3.0]), torch.tensor([2.0, 4.0, 3.0]), torch.tensor([10.0, 20.0, 30.0])
    to_first, to_second = torch.empty(3), torch.empty(3)
    share(gradient, first, second, to_first, to_second)
    assert to_first.tolist() == [0, 20, 30]
    assert to_second.tolist() == [10, 0, 0]


def test_of_four_equal_scores_the_first_gets_the_gradient_as_in_pytorch():
    model, ours = fresh("lenet5", 0), fresh("lenet5", 0)
    x, y = torch.full((1, 1, 28, 28), 0.3), torch.tensor([3])               # every window of every layer is constant
    F.cross_entropy(model(x), y).backward()
    hand = ByHand(ours)
    hand.backward(cross_entropy(hand.forward(x), y)[1])
    second = hand.layers[2]
    assert not any(part.any() for part in (second.to_right, second.to_left[1]))
    torch.testing.assert_close(ours.conv1[0].weight.grad, model.conv1[0].weight.grad, rtol=1e-4, atol=1e-7)


# one step, and the loop

def test_one_step_has_the_five_parts_in_order():
    state = start(QUICK)
    x, y = next(batches(state))
    weights = state.by_hand.flat.clone()
    seen = []
    for part in state.by_hand.training_step(state, x, y):
        seen.append((part, not state.by_hand.flat.equal(weights)))
    moved = True
    assert seen == [("zero_grad", not moved), ("forward", not moved), ("loss", not moved), ("backward", not moved), ("step", moved)]
    assert state.logits.shape == (32, 10)
    assert state.loss.shape == ()


def test_the_model_and_the_optimizer_see_the_same_numbers():
    state = start(QUICK)
    flat, (x, y) = state.by_hand.flat, next(batches(state))
    assert all(p.grad is None for p in state.model.parameters())            # as in the plain loop before the first step
    steps(state, x, y)
    assert torch.cat([p.detach().flatten() for p in state.model.parameters()]).equal(flat[:-1])
    assert torch.cat([p.grad.flatten() for p in state.model.parameters()]).equal(flat.grad[:-1])
    torch.testing.assert_close(state.by_hand.forward(x), state.model(x).detach())


@BOTH
def test_the_zero_beside_the_parameters_stays_zero(optimizer):
    state = start(with_(optimizer=optimizer, epochs=1))
    list(train(state))
    assert state.by_hand.flat[-1] == state.by_hand.flat.grad[-1] == 0


@NETWORKS
@BOTH
def test_a_run_by_hand_gives_the_losses_of_the_plain_loop(network, optimizer):
    spec = with_(network=network, optimizer=optimizer, lr={"sgd": 0.01, "adam": 0.002}[optimizer])
    plain = list(train(start(dataclasses.replace(spec, loop="memory"))))
    ours = list(train(start(spec)))
    torch.testing.assert_close(torch.tensor(losses(ours)), torch.tensor(losses(plain)), rtol=1e-4, atol=1e-5)
    assert len(losses(ours)) == 6                          # batches of 32, 32 and 16 pictures, twice
    assert [type(record) for record in ours] == [type(record) for record in plain]


@BOTH
def test_the_same_seed_gives_the_same_losses_bit_for_bit(optimizer):
    spec = with_(optimizer=optimizer)
    assert losses(list(train(start(spec)))) == losses(list(train(start(spec))))
    assert losses(list(train(start(spec)))) != losses(list(train(start(with_(optimizer=optimizer, seed=1)))))


@BOTH
@pytest.mark.parametrize("cut", [0, 1, 3, 4, 6], ids=lambda steps: f"after {steps} steps")
def test_a_run_by_hand_goes_on_bit_for_bit(optimizer, cut, tmp_path):
    whole = start(with_(optimizer=optimizer))
    expected = list(train(whole))
    first, before = start(with_(optimizer=optimizer)), []
    for record in train(first) if cut else ():
        before.append(record)
        if len(losses(before)) == cut:
            break
    checkpoint.save(first, tmp_path / "run.pt")
    second = checkpoint.load(tmp_path / "run.pt")
    after = list(train(second))
    assert losses(before + after) == losses(expected)
    assert [r for r in after if isinstance(r, Final)] == [r for r in expected if isinstance(r, Final)]
    assert second.by_hand.flat.equal(whole.by_hand.flat)


def test_lr_and_momentum_that_change_on_the_way_act_as_in_the_plain_loop():
    found = {}
    for loop in ("memory", "by_hand"):
        state = start(with_(optimizer="sgd", loop=loop, momentum=0.0))
        told = []
        for record in train(state):
            told.append(record)
            if state.step == 2:
                state.optimizer.param_groups[0].update(lr=0.05, momentum=0.5)
        found[loop] = losses(told)
    torch.testing.assert_close(torch.tensor(found["by_hand"]), torch.tensor(found["memory"]), rtol=1e-4, atol=1e-5)


def test_the_weights_fit_a_fresh_network():
    state = start(QUICK)
    list(train(state))
    other = fresh(QUICK.network, 9)
    other.load_state_dict(state.model.state_dict())
    x, _ = pictures(QUICK.network, 3, "noise")
    torch.testing.assert_close(other(x), state.model(x))


def test_epochs_are_scored_with_the_weights_that_the_steps_made():
    plain, ours = ([r.validation for r in train(start(with_(loop=loop))) if isinstance(r, Epoch)] for loop in ("memory", "by_hand"))
    assert [score.loss for score in ours] == pytest.approx([score.loss for score in plain], rel=1e-3)


# what is refused

@pytest.mark.parametrize("changes", [{"network": key} for key in MODELS if key not in LENETS] + [{"output": "softmax"}, {"output": "relu"}])
def test_what_is_not_written_by_hand_is_refused_before_anything_is_loaded(changes, monkeypatch):
    monkeypatch.setattr("core.train.data.load", lambda *_, **__: pytest.fail("loaded"))
    with pytest.raises(SpecError, match="not_by_hand") as refused:
        start(with_(**changes))
    assert refused.value.facts["known"] == ", ".join(LENETS)


@NETWORKS
def test_every_lenet_is_written_by_hand(network):
    check(network, "logits")
