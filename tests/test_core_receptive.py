"""Receptive fields, confirmed by gradient: a pixel is seen where the gradient with respect to it is not 0."""

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from seed_networks import DigitsCNN
from torch import Tensor, nn
from torch.nn import functional as F

from core.errors import SpecError
from core.models import LENETS, MODELS, fresh
from core.receptive import ReceptiveField, receptive_fields, sees
from core.trace import Op, trace

LAST_POOLING = {"lenet": 16, "cifar_net": 16, "lenet5": 16, "lenet_conv3": 12}


def ops_of(key: str) -> tuple[Op, ...]:
    network = MODELS[key]
    return trace(fresh(key, 0), torch.zeros(1, network.channels, network.size, network.size)).ops


def rectangle(gradient: Tensor) -> tuple[int, int, int, int]:
    """Around all that is not 0. Shapes: gradient (..., H, W)."""
    seen = gradient.flatten(0, -3).abs().sum(0) > 0
    rows, columns = seen.any(1).nonzero().flatten().tolist(), seen.any(0).nonzero().flatten().tolist()
    return (rows[0], columns[0], rows[-1] + 1, columns[-1] + 1) if rows else (0, 0, 0, 0)


@pytest.mark.parametrize("key", LENETS)
def test_after_the_last_pooling_gradients_reach_as_far_as_the_field(key):
    network, size = MODELS[key], LAST_POOLING[key]
    ops = ops_of(key)
    assert receptive_fields(ops)[5] == ReceptiveField((size, size), (4, 4), (0, 0))
    x = torch.rand(64, network.channels, network.size, network.size, generator=torch.Generator().manual_seed(0)).requires_grad_()
    model = fresh(key, 0)
    first, second = (nn.Sequential(conv, nn.ReLU(), nn.MaxPool2d(2)) if key != "lenet5" else conv for conv in (model.conv1, model.conv2))
    maps = second(first(x))
    for row, column in ((0, 0), (1, 2), (3, 3)):           # of 64 pictures, so that each pixel is the largest somewhere
        gradient, = torch.autograd.grad(maps[:, :, row, column].abs().sum(), x, retain_graph=True)
        expected = (4 * row, 4 * column, 4 * row + size, 4 * column + size)
        assert sees(ops, 5, (row, column)) == rectangle(gradient) == expected


def test_the_fields_grow_layer_by_layer():
    assert [field.size[0] for field in receptive_fields(ops_of("lenet"))[:6]] == [5, 5, 6, 14, 14, 16]
    assert [field.stride[0] for field in receptive_fields(ops_of("lenet"))[:6]] == [1, 1, 2, 2, 2, 4]


def test_padding_starts_before_the_picture():
    ops = trace(DigitsCNN(), torch.zeros(1, 1, 28, 28)).ops
    fields = receptive_fields(ops)
    assert [(f.size[0], f.stride[0], f.offset[0]) for f in fields[:7]] == [
        (3, 2, -1), (3, 2, -1), (7, 4, -3), (7, 4, -3), (15, 8, -7), (15, 8, -7), (39, 32, -7)]
    assert sees(ops, 0, (0, 0)) == (0, 0, 2, 2)            # one row and one column of its 3 x 3 are padding
    assert sees(ops, 4, (3, 0)) == (17, 0, 28, 8)
    assert sees(ops, 6, (0, 0)) == (0, 0, 28, 28)


def test_behind_view_everything_is_seen():
    ops = ops_of("lenet")
    fields = receptive_fields(ops)
    assert {field.size for field in fields[6:]} == {(32, 32)}
    assert {field.stride for field in fields[6:]} == {(0, 0)}
    assert sees(ops, 11, (0, 9)) == sees(ops, -1, (0, 9)) == (0, 0, 32, 32)
    assert sees(ops, 11, (0, 9), j=3) == (0, 0, 14, 14)
    assert sees(ops, 11, (0, 9), j=9) == (0, 0, 1, 120)    # numbers in a row


def test_between_two_operations_the_numbers_are_those_of_the_map_between():
    ops = ops_of("lenet")
    assert sees(ops, 5, (1, 2), j=5) == (2, 4, 4, 6)       # a pooling window of 2 x 2
    assert sees(ops, 5, (1, 2), j=3) == (2, 4, 8, 10)      # 6 x 6 of the first pooled map
    assert sees(ops, 1, (3, 4), j=1) == (3, 4, 4, 5)       # relu looks at one number


@pytest.mark.parametrize("position", [(5, 0), (0, 5), (-1, 0)])
def test_a_place_outside_the_map_is_refused(position):
    with pytest.raises(SpecError, match=f"no_such_pixel value={position[0]}, {position[1]} sizes=5, 5 last=4, 4"):
        sees(ops_of("lenet"), 5, position)


class Branches(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        y = F.max_pool2d(x, 3, 1, 1)
        return (y + 1) + x


def test_adding_a_number_keeps_the_field_and_a_second_map_leaves_the_chain():
    fields = receptive_fields(trace(Branches(), torch.zeros(1, 1, 9, 8)).ops)
    assert [field.size for field in fields] == [(3, 3), (3, 3), (9, 8)]


def test_activations_in_place_and_batch_norm_look_at_one_number():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(inplace=True)).eval()
    ops = trace(model, torch.zeros(1, 1, 8, 8)).ops
    assert {field.size for field in receptive_fields(ops)} == {(3, 3)}


pairs = st.tuples(st.integers(1, 4), st.integers(1, 4))
strides = st.tuples(st.integers(1, 3), st.integers(1, 3))
dilations = st.tuples(st.integers(1, 3), st.integers(1, 3))
paddings = st.tuples(st.integers(0, 3), st.integers(0, 3))


def half(kernel: tuple[int, int], padding: tuple[int, int]) -> tuple[int, int]:
    """As much as a pooling allows."""
    return min(padding[0], kernel[0] // 2), min(padding[1], kernel[1] // 2)


@st.composite
def layer(draw: st.DrawFn) -> tuple[nn.Module, nn.Module]:
    """A layer, and one that is linear and positive and takes the same numbers, so that no gradient is lost or cancels."""
    kind, kernel, stride = draw(st.sampled_from(("conv", "max", "avg", "relu"))), draw(pairs), draw(strides)
    padding, dilation = draw(paddings), draw(dilations)
    if kind == "relu":
        return nn.ReLU(), nn.Identity()
    if kind == "avg":
        return (nn.AvgPool2d(kernel, stride, half(kernel, padding)),) * 2
    taken = nn.Conv2d(1, 1, kernel, stride, padding if kind == "conv" else half(kernel, padding), dilation, bias=False).double()
    nn.init.ones_(taken.weight)
    return (taken if kind == "conv" else nn.MaxPool2d(kernel, stride, half(kernel, padding), dilation)), taken


@settings(max_examples=150, deadline=None)
@given(st.lists(layer(), min_size=1, max_size=4), st.integers(4, 22), st.integers(4, 22), st.data())
def test_any_chain_sees_what_has_a_gradient(chain, high, wide, data):
    traced = trace(nn.Sequential(*(one for one, _ in chain)), torch.ones(1, 1, high, wide, dtype=torch.float64))
    assume(not traced.error)                               # a kernel larger than its input
    ops = traced.ops
    i = data.draw(st.integers(0, len(ops) - 1))
    j = data.draw(st.integers(0, i))
    row, column = (data.draw(st.integers(0, size - 1)) for size in ops[i].out_shape[-2:])
    x = torch.ones(ops[j].in_shape, dtype=torch.float64, requires_grad=True)
    out = nn.Sequential(*(twin for _, twin in chain[j : i + 1]))(x)
    gradient, = torch.autograd.grad(out[0, 0, row, column], x)
    top, left, bottom, right = seen = sees(ops, i, (row, column), j)
    assert seen == rectangle(gradient)

    field, picture = receptive_fields(ops[j : i + 1])[-1], ops[j].in_shape[-2:]
    starts = [offset + at * stride for offset, at, stride in zip(field.offset, (row, column), field.stride, strict=True)]
    ends = [start + size for start, size in zip(starts, field.size, strict=True)]
    if min(starts) >= 0 and all(end <= size for end, size in zip(ends, picture, strict=True)):
        assert (*starts, *ends) == seen                    # nothing of it lies in the padding
    elif bottom:
        assert starts[0] <= top < bottom <= ends[0]
        assert starts[1] <= left < right <= ends[1]
