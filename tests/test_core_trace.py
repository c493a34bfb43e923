"""The trace of a forward pass: every operation, in order, and nothing left behind on the network."""

import threading

import pytest
import torch
from torch import nn

from core.models import LENETS, MODELS, fresh, parameter_count
from core.trace import Trace, layers, trace

NAMES = ["conv2d", "relu", "max_pool2d", "conv2d", "relu", "max_pool2d", "view", "linear", "relu", "linear", "relu", "linear"]


def shapes(first: int, pooled: int, second: int, last: int) -> list[tuple[int, ...]]:
    """Of one picture, behind each of the twelve operations."""
    front = [(6, first, first)] * 2 + [(6, pooled, pooled)] + [(16, second, second)] * 2 + [(16, last, last)]
    return [(1, *shape) for shape in front + [(16 * last * last,), (120,), (120,), (84,), (84,), (10,)]]


SHAPES = {
    "lenet": shapes(28, 14, 10, 5),
    "cifar_net": shapes(28, 14, 10, 5),
    "lenet5": shapes(24, 12, 8, 4),
    "lenet_conv3": shapes(28, 14, 12, 6),
}
LINEAR = ["84·120 + 84 = 10,164", "10·84 + 10 = 850"]
ARITHMETIC = {
    "lenet": ["6·1·5·5 + 6 = 156", "16·6·5·5 + 16 = 2,416", "120·400 + 120 = 48,120", *LINEAR],
    "cifar_net": ["6·3·5·5 + 6 = 456", "16·6·5·5 + 16 = 2,416", "120·400 + 120 = 48,120", *LINEAR],
    "lenet5": ["6·1·5·5 + 6 = 156", "16·6·5·5 + 16 = 2,416", "120·256 + 120 = 30,840", *LINEAR],
    "lenet_conv3": ["6·1·5·5 + 6 = 156", "16·6·3·3 + 16 = 880", "120·576 + 120 = 69,240", *LINEAR],
}
PATHS = {
    "lenet": ["conv1", "", "", "conv2", "", "", "", "fc1", "", "fc2", "", "fc3"],
    "cifar_net": ["conv1", "", "pool", "conv2", "", "pool", "", "fc1", "", "fc2", "", "fc3"],
    "lenet5": ["conv1.0", "conv1.1", "conv1.2", "conv2.0", "conv2.1", "conv2.2", "", "fc1.0", "fc1.1", "fc2.0", "fc2.1", "fc3.0"],
    "lenet_conv3": ["conv1", "", "", "conv2", "", "", "", "fc1", "", "fc2", "", "fc3"],
}


def picture(key: str, batch: int = 1, seed: int = 0) -> torch.Tensor:
    network = MODELS[key]
    return torch.rand(batch, network.channels, network.size, network.size, generator=torch.Generator().manual_seed(seed))


def refusal(traced: Trace) -> str:
    return traced.error.removeprefix("addmm: ")            # torch 2.15 says first which function refused; 2.13 did not


def test_every_network_has_its_shapes_written_down():
    assert set(SHAPES) == set(ARITHMETIC) == set(PATHS) == set(LENETS)


@pytest.mark.parametrize("key", LENETS)
def test_twelve_operations_in_order_with_their_shapes(key):
    ops = trace(fresh(key, 0), picture(key)).ops
    assert [op.name for op in ops] == NAMES
    assert [op.out_shape for op in ops] == SHAPES[key]
    assert [op.path for op in ops] == PATHS[key]
    assert [op.in_shape for op in ops] == [tuple(picture(key).shape), *SHAPES[key][:-1]]


@pytest.mark.parametrize("key", LENETS)
def test_parameters_are_written_as_products_and_add_up(key):
    model = fresh(key, 0)
    ops = trace(model, picture(key)).ops
    assert [op.arithmetic for op in ops if op.parameters] == ARITHMETIC[key]
    assert sum(op.parameter_count for op in ops) == parameter_count(model)
    assert all(op.arithmetic == "" for op in ops if op.name in ("relu", "max_pool2d", "view"))


@pytest.mark.parametrize("batch", [1, 16])
@pytest.mark.parametrize("key", LENETS)
def test_the_trace_ends_in_what_the_network_answers(key, batch):
    model, x = fresh(key, 0), picture(key, batch)
    traced = trace(model, x)
    assert traced.output.equal(model(x))
    assert traced.in_shape == tuple(x.shape)
    assert traced.error == ""
    assert all(tuple(op.out.shape) == op.out_shape and not op.out.requires_grad for op in traced.ops)


def test_each_map_is_what_pytorch_computes_step_by_step():
    model, x = fresh("lenet", 0), picture("lenet")
    ops = trace(model, x).ops
    with torch.no_grad():
        conv = nn.functional.conv2d(x, model.conv1.weight, model.conv1.bias)
    assert ops[0].out.equal(conv)
    assert ops[1].out.equal(conv.clamp_min(0))
    assert ops[2].out.equal(conv.clamp_min(0).unfold(2, 2, 2).unfold(3, 2, 2).amax((-1, -2)))


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("key", LENETS)
def test_nothing_is_left_on_the_network(key, training):
    model = fresh(key, 0).train(training)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    attributes = [dict(vars(module)) for module in model.modules()]
    trace(model, picture(key))
    trace(model, torch.zeros(1, 7, 3, 3))                  # refused
    assert [vars(module) for module in model.modules()] == attributes      # hooks, training flags, new names: all live here
    assert all(not module._forward_hooks and not module._forward_pre_hooks for module in model.modules())
    assert model.training is training
    assert all(p.grad is None and p.requires_grad for p in model.parameters())
    assert before.keys() == model.state_dict().keys()
    assert all(before[name].equal(tensor) for name, tensor in model.state_dict().items())


def test_a_forward_after_the_trace_is_recorded_nowhere_and_has_gradients():
    model, x = fresh("lenet", 0), picture("lenet")
    ops = trace(model, x).ops
    assert model(x).requires_grad
    assert len(ops) == 12


def test_two_threads_tracing_one_network_never_see_each_others_tensors():
    model = fresh("lenet", 0)
    xs = [picture("lenet", batch, seed=batch) for batch in (2, 3)]
    alone = [trace(model, x) for x in xs]
    wrong, ready = [], threading.Barrier(2)

    def run(x: torch.Tensor, expected: Trace) -> None:
        ready.wait()
        for _ in range(40):
            ops = trace(model, x).ops
            same = [op.name for op in ops] == NAMES and all(a.out.equal(b.out) for a, b in zip(ops, expected.ops, strict=True))
            if not same:
                wrong.append([op.out_shape for op in ops])

    threads = [threading.Thread(target=run, args=pair) for pair in zip(xs, alone, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_mnists_28_pixels_do_not_fit_lenet():
    traced = trace(fresh("lenet", 0), torch.zeros(1, 1, 28, 28))
    assert refusal(traced) == "mat1 and mat2 shapes cannot be multiplied (1x256 and 400x120)"
    assert [op.name for op in traced.ops] == NAMES[:7]     # everything up to the view worked
    assert traced.ops[-1].out_shape == (1, 256)


def test_a_missing_batch_dimension_is_refused_by_the_first_linear_layer():
    traced = trace(fresh("lenet", 0), torch.zeros(1, 32, 32))
    assert refusal(traced) == "mat1 and mat2 shapes cannot be multiplied (16x25 and 400x120)"


def test_a_mistake_that_is_no_shape_is_not_swallowed():
    class Broken(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.no_such_method()

    with pytest.raises(AttributeError):
        trace(Broken(), torch.zeros(1))


@pytest.mark.parametrize("key", LENETS)
def test_the_roles_are_those_of_the_classic_figure(key):
    named = layers(trace(fresh(key, 0), picture(key)).ops)
    assert [label for label, _ in named] == ["C1", "S2", "C3", "S4", "C5/F5", "F6", "OUT"]
    expected = [SHAPES[key][i] for i in (1, 2, 4, 5, 8, 10, 11)]
    assert [op.out_shape for _, op in named] == expected
    assert sum(op.parameter_count for _, op in named) == parameter_count(fresh(key, 0))


def test_a_role_shows_its_map_after_the_activation_and_keeps_its_parameters():
    ops = trace(fresh("lenet", 0), picture("lenet")).ops
    c1 = layers(ops)[0][1]
    assert c1.out is ops[1].out
    assert c1.out.min() == 0
    assert c1.arithmetic == "6·1·5·5 + 6 = 156"
    assert layers(ops)[-1][1].out.min() < 0                # logits have no activation behind them


def test_no_operations_have_no_roles():
    assert layers(()) == []
