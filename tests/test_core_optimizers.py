"""The lean optimizer is torch.optim.SGD, bit for bit."""

import copy

import pytest
import torch

from core.models import fresh
from core.optimizers import OPTIMIZERS, LeanSGD


def steps(optimizer, model, count, first=0):
    for i in range(first, first + count):
        x = torch.rand(4, 1, 28, 28, generator=torch.Generator().manual_seed(i))
        optimizer.zero_grad()
        model(x).square().mean().backward()
        optimizer.step()


def pair(momentum):
    ours, theirs = fresh("lenet5", 0), fresh("lenet5", 0)
    return (ours, LeanSGD(ours.parameters(), 0.1, momentum)), (theirs, torch.optim.SGD(theirs.parameters(), 0.1, momentum, fused=True))


def equal(a, b):
    return all(p.equal(q) for p, q in zip(a.parameters(), b.parameters(), strict=True))


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_weights_and_state_are_those_of_torchs_own(momentum):
    (ours, lean), (theirs, sgd) = pair(momentum)
    steps(lean, ours, 5)
    steps(sgd, theirs, 5)
    assert equal(ours, theirs)
    mine, torchs = lean.state_dict()["state"], sgd.state_dict()["state"]
    assert list(mine) == list(torchs)
    for number, kept in torchs.items():
        assert mine[number]["momentum_buffer"].equal(kept["momentum_buffer"])


@pytest.mark.parametrize("loaded_after", [0, 1, 3])
def test_each_goes_on_from_the_others_state(loaded_after):
    (ours, lean), (theirs, sgd) = pair(0.9)
    steps(lean, ours, loaded_after)
    steps(sgd, theirs, loaded_after)
    other = LeanSGD(ours.parameters(), 0.1, 0.9)
    other.load_state_dict(copy.deepcopy(sgd.state_dict()))                 # torch shares the tensors that it is given
    steps(other, ours, 3, first=loaded_after)
    steps(sgd, theirs, 3, first=loaded_after)
    assert equal(ours, theirs)


def test_first_step_moves_against_the_gradient_by_lr():
    weight = torch.nn.Parameter(torch.tensor([1.0]))
    lean = LeanSGD([weight], 0.5, 0.9)
    weight.grad = torch.tensor([2.0])
    lean.step()
    assert weight.item() == 0.0                                            # 1 - 0.5 · 2


def test_lr_can_change_between_steps():
    weight = torch.nn.Parameter(torch.tensor([1.0]))
    lean = LeanSGD([weight], 0.5, 0.0)
    lean.param_groups[0]["lr"] = 0.25
    weight.grad = torch.tensor([2.0])
    lean.step()
    assert weight.item() == 0.5


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_every_optimizer_learns(key):
    model = fresh("lenet5", 0)
    optimizer = OPTIMIZERS[key](model.parameters(), 0.001, 0.9)
    x = torch.rand(8, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    before = model(x).square().mean().item()
    steps(optimizer, model, 20)
    assert model(x).square().mean().item() < before


@pytest.mark.parametrize("course", [(0.0, 0.9, 0.9), (0.9, 0.0, 0.5), (0.0, 0.9, 0.0, 0.9), (0.9, 0.0, 0.0, 0.9)], ids=str)
@pytest.mark.parametrize("saved", [False, True])
def test_momentum_that_changes_on_the_way_is_torchs_own(course, saved):
    (ours, lean), (theirs, sgd) = pair(course[0])
    for number, momentum in enumerate(course):
        if saved:
            kept, lean = copy.deepcopy(lean.state_dict()), LeanSGD(ours.parameters(), 0.1, course[0])
            lean.load_state_dict(kept)
        for optimizer, model in ((lean, ours), (sgd, theirs)):
            optimizer.param_groups[0]["momentum"] = momentum
            optimizer.param_groups[0]["lr"] = 0.1 / (number + 1)
            steps(optimizer, model, 2, first=2 * number)
        assert equal(ours, theirs)
