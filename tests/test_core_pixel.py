"""How one number came to be: the shown steps come to what PyTorch computed, for every kind of operation and setting."""

import math
from functools import cache

import pytest
import torch
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F

from core import weights
from core.errors import SpecError
from core.models import LENETS, MODELS, fresh
from core.pixel import PIXELS, Pixel, avg_pool2d, conv2d, linear, maps_before, max_pool2d, pointwise, unflatten
from core.trace import Op, layers, trace

MANY = settings(derandomize=True, deadline=None, database=None, max_examples=300)
seeds = st.integers(0, 2**31)
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
sides = st.tuples(st.integers(1, 9), st.integers(1, 9))


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def some_place(op: Op, drawn: torch.Generator) -> tuple[int, ...]:
    return tuple(int(torch.randint(size, (), generator=drawn)) for size in op.out_shape[1:])


def every_place(op: Op) -> list[tuple[int, ...]]:
    return [tuple(place) for place in torch.cartesian_prod(*map(torch.arange, op.out_shape[1:])).view(-1, len(op.out_shape) - 1).tolist()]


def close(value: float, wanted: float) -> None:
    torch.testing.assert_close(value, wanted, rtol=1e-5, atol=1e-5)


def adds_up(op: Op, place: tuple[int, ...]) -> Pixel:
    """The pixel, once its value is what PyTorch has at that place."""
    pixel, theirs = PIXELS[op.name](op, place), float(op.out[(0, *place)])
    assert pixel.out == theirs
    if op.name in ("conv2d", "avg_pool2d", "linear"):
        close(pixel.value, theirs)
    elif op.name == "max_pool2d":
        assert pixel.value == theirs
        assert theirs == op.x[(0, place[0], *pixel.won)]
    return pixel


def only(module: nn.Module, x: Tensor) -> Op:
    """The one operation that a small module runs; behind a padding, the last."""
    traced = trace(module, x)
    assert traced.error == ""
    return traced.ops[-1]


def allowed(module: nn.Module, x: Tensor) -> Op:
    """As `only`, in a property: settings that PyTorch refuses are passed over."""
    assume(trace(module, x).error == "")
    return only(module, x)


@cache
def network(key: str, seed: int | None) -> nn.Module:
    """Fresh, or trained for seed None."""
    return weights.trained(key) if seed is None else fresh(key, seed).eval()


# the four networks

@pytest.mark.parametrize("key", LENETS)
@given(weights_seed=st.none() | st.integers(0, 9), picture=seeds, noise=st.booleans(), batch=st.integers(1, 3))
@settings(MANY, max_examples=60)
def test_every_operation_of_every_network_adds_up_to_what_pytorch_has(key, weights_seed, picture, noise, batch):
    fits, drawn = MODELS[key], generator(picture)
    shape = (batch, fits.channels, fits.size, fits.size)
    x = 3 * torch.randn(shape, generator=drawn) if noise else (torch.rand(shape, generator=drawn) - 0.1307) / 0.3081   # MNIST's mean, std
    ops = trace(network(key, weights_seed), x).ops
    assert [op.name for op in ops if op.name not in PIXELS] == ["view"]
    for op in ops[:6] + ops[7:]:
        for _ in range(3):
            adds_up(op, some_place(op, drawn))


def test_every_place_of_a_trained_lenet_adds_up():
    ops = trace(network("lenet", None), torch.randn(1, 1, 32, 32, generator=generator(0))).ops
    places = [adds_up(op, place) for op in ops if op.name in PIXELS for place in every_place(op)]
    assert len(places) == 2 * 6 * 28 * 28 + 6 * 14 * 14 + 2 * 16 * 10 * 10 + 16 * 5 * 5 + 2 * 120 + 2 * 84 + 10


def test_a_layer_shows_its_value_before_the_relu_and_its_map_after():
    ops = trace(network("lenet", None), torch.randn(1, 1, 32, 32, generator=generator(0))).ops
    for label, op in layers(ops):
        if label in ("C1", "C3", "C5/F5", "F6"):
            pixels = [PIXELS[op.name](op, place) for place in every_place(op)[:200]]
            assert any(p.value < 0 for p in pixels)
            for p in pixels:
                close(max(p.value, 0.0), p.out)


# convolution

def some_conv(seed: int, side: tuple[int, int], size: tuple[int, int], groups: int, **setting: object) -> tuple[nn.Module, Tensor]:
    """A convolution of two input and three output channels a group, and a batch for it."""
    drawn = generator(seed)
    layer = nn.Conv2d(2 * groups, 3 * groups, size, groups=groups, **setting)
    with torch.no_grad():
        for p in layer.parameters():
            p.copy_(torch.randn(p.shape, generator=drawn))
    return layer, torch.randn(2, 2 * groups, *side, generator=drawn)


@given(seed=seeds, side=sides, size=pairs, stride=pairs, padding=st.tuples(st.integers(0, 4), st.integers(0, 4)), dilation=pairs,
       groups=st.integers(1, 3), bias=st.booleans())
@example(seed=0, side=(1, 1), size=(3, 3), stride=(1, 1), padding=(4, 4), dilation=(2, 2), groups=2, bias=False)   # mostly padding
@MANY
def test_a_convolution_adds_up_with_any_stride_padding_dilation_and_groups(seed, side, size, stride, padding, dilation, groups, bias):
    op = allowed(*some_conv(seed, side, size, groups, stride=stride, padding=padding, dilation=dilation, bias=bias))
    place = some_place(op, generator(seed))
    pixel = adds_up(op, place)
    channel, row, column = place
    assert list(pixel.channels) == [channel // 3 * 2, channel // 3 * 2 + 1]
    assert list(pixel.rows) == [row * stride[0] - padding[0] + i * dilation[0] for i in range(size[0])]
    assert list(pixel.columns) == [column * stride[1] - padding[1] + i * dilation[1] for i in range(size[1])]
    for i, c in enumerate(pixel.channels):
        for j, r in enumerate(pixel.rows):
            for k, at in enumerate(pixel.columns):
                inside = r in range(side[0]) and at in range(side[1])
                assert pixel.window[i, j, k] == (op.x[0, c, r, at] if inside else 0)
    assert pixel.kernel.equal(op.weight[channel])
    assert pixel.products.equal(pixel.window.double() * pixel.kernel.double())
    torch.testing.assert_close(pixel.sums, pixel.products.sum((1, 2)))
    close(float(pixel.sums.sum()) + pixel.bias, pixel.value)
    assert pixel.bias == (op.bias[channel] if bias else 0)


def test_a_convolution_by_hand():
    layer = nn.Conv2d(1, 1, 2, padding=1)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
        layer.bias.fill_(0.5)
    op = only(layer, torch.tensor([[[[5.0, 6.0], [7.0, 8.0]]]]))
    corner = conv2d(op, (0, 0, 0))                       # only the 5 lies in the picture
    assert corner.window.tolist() == [[[0, 0], [0, 5]]]
    assert corner.products.tolist() == [[[0, 0], [0, 20]]]
    assert (corner.rows, corner.columns, corner.bias, corner.value) == (range(-1, 1), range(-1, 1), 0.5, 20.5)
    middle = conv2d(op, (0, 1, 1))
    assert middle.products.tolist() == [[[5, 12], [21, 32]]]
    assert middle.value == middle.out == 70.5


def test_a_picture_that_is_padded_in_a_circle_is_inspected_as_the_convolution_got_it():
    op = only(*some_conv(0, (5, 5), (3, 3), 1, padding=1, padding_mode="circular"))
    assert op.in_shape == (2, 2, 7, 7)
    assert adds_up(op, (2, 0, 0)).rows == range(0, 3)


# pooling

@given(seed=seeds, side=sides, size=pairs, stride=pairs, pad=st.tuples(st.integers(0, 3), st.integers(0, 3)), dilation=pairs,
       ceil_mode=st.booleans(), levels=st.integers(1, 5))
@example(seed=0, side=(1, 1), size=(2, 2), stride=(1, 1), pad=(2, 2), dilation=(3, 3), ceil_mode=False, levels=1)   # a window outside
@example(seed=0, side=(5, 5), size=(2, 2), stride=(2, 2), pad=(0, 0), dilation=(1, 1), ceil_mode=True, levels=1)
@MANY
def test_max_pooling_names_pytorchs_winner_also_among_equals(seed, side, size, stride, pad, dilation, ceil_mode, levels):
    x = torch.randint(levels, (2, 2, *side), generator=generator(seed)) - 2.0            # few levels, so many equals
    setting = {"stride": stride, "padding": pad, "dilation": dilation, "ceil_mode": ceil_mode}
    op = allowed(nn.MaxPool2d(size, **setting), x)
    place = some_place(op, generator(seed))
    pixel = max_pool2d(op, place)
    assert pixel.value == pixel.out == op.out[(0, *place)]
    if not math.isinf(pixel.value):                      # else the whole window lies in the padding: nobody won
        index = int(F.max_pool2d(x, size, **setting, return_indices=True)[1][(0, *place)])
        assert pixel.won == divmod(index, side[1])
    assert pixel.window.shape == size
    assert pixel.rows.step == dilation[0]


@given(seed=seeds, side=sides, size=pairs, stride=pairs, pad=st.tuples(st.integers(0, 1), st.integers(0, 1)), ceil_mode=st.booleans())
@example(seed=0, side=(4, 4), size=(3, 3), stride=(2, 2), pad=(1, 1), ceil_mode=True)   # the last window goes beyond the padding
@MANY
def test_average_pooling_divides_as_pytorch_does(seed, side, size, stride, pad, ceil_mode):
    op = allowed(nn.AvgPool2d(size, stride, pad, ceil_mode), torch.randn(2, 2, *side, generator=generator(seed)))
    pixel = adds_up(op, some_place(op, generator(seed)))
    close(float(pixel.window.double().sum()) / pixel.divisor, pixel.value)


def test_pooling_by_hand():
    x = torch.tensor([[[[1.0, 4.0, 2.0], [4.0, 3.0, 9.0]]]])
    largest = max_pool2d(only(nn.MaxPool2d(2, stride=1), x), (0, 0, 0))
    assert (largest.window.tolist(), largest.won, largest.value) == ([[1, 4], [4, 3]], (0, 1), 4)          # the first of the two fours
    mean = avg_pool2d(only(nn.AvgPool2d(2, stride=1, padding=1), x), (0, 0, 0))
    assert (mean.window.tolist(), mean.divisor, mean.value) == ([[0, 0], [0, 1]], 4, 0.25)                 # zeros of the padding count


def test_a_number_that_is_none_wins_as_in_pytorch():
    op = only(nn.MaxPool2d(2), torch.tensor([[[[1.0, math.nan], [4.0, 3.0]]]]))
    pixel = max_pool2d(op, (0, 0, 0))
    assert pixel.won == (0, 1)
    assert math.isnan(pixel.value)
    assert math.isnan(pixel.out)


# linear layers

@given(seed=seeds, inputs=st.integers(1, 50), most=st.integers(0, 60), bias=st.booleans(), tokens=st.booleans())
@MANY
def test_a_linear_layer_adds_up_whatever_is_picked_out(seed, inputs, most, bias, tokens):
    drawn = generator(seed)
    layer = nn.Linear(inputs, 4, bias=bias)
    op = only(layer, torch.randn(*((2, 3) if tokens else (2,)), inputs, generator=drawn))
    place = some_place(op, drawn)
    pixel = linear(op, place, most)
    close(pixel.value, float(op.out[(0, *place)]))
    close(float(pixel.products[pixel.largest].sum()) + pixel.rest + pixel.bias, pixel.value)
    assert len(pixel.largest) == min(most, inputs)
    assert pixel.products.equal(pixel.x.double() * pixel.weight.double())
    picked, sizes = set(pixel.largest.tolist()), pixel.products.abs().tolist()
    assert len(picked) == len(pixel.largest)
    left = [size for i, size in enumerate(sizes) if i not in picked]
    ranked = [sizes[i] for i in pixel.largest.tolist()]
    assert ranked == sorted(ranked, reverse=True)
    assert not (left and ranked) or min(ranked) >= max(left)


def test_a_linear_layer_by_hand():
    layer = nn.Linear(4, 1)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[1.0, -3.0, 0.5, 0.0]]))
        layer.bias.fill_(10)
    pixel = linear(only(layer, torch.tensor([[2.0, 2.0, 2.0, 2.0]])), (0,), most=2)
    assert pixel.products.tolist() == [2, -6, 1, 0]
    assert pixel.largest.tolist() == [1, 0]
    assert (pixel.rest, pixel.bias, pixel.value) == (1, 10, 7)


@pytest.mark.parametrize(("key", "side"), [("lenet", 5), ("cifar_net", 5), ("lenet5", 4), ("lenet_conv3", 6)])
def test_the_first_linear_layer_finds_its_inputs_in_the_maps(key, side):
    fits, maps = MODELS[key], (16, side, side)
    ops = trace(network(key, 0), torch.rand(2, fits.channels, fits.size, fits.size, generator=generator(0))).ops
    linears = [op for op in ops if op.name == "linear"]
    assert [maps_before(ops, op) for op in linears] == [maps, None, None]
    assert maps_before(ops, dict(layers(ops))["C5/F5"]) == maps
    pooled = [op for op in ops if op.name == "max_pool2d"][-1]
    x = linear(linears[0], (7,)).x
    assert all(x[i] == pooled.out[(0, *unflatten(i, maps))] for i in range(math.prod(maps)))


@pytest.mark.parametrize("flatten", [nn.Flatten(), nn.Sequential(nn.Flatten(), nn.Dropout().eval())])
def test_maps_are_found_behind_a_flatten_and_a_picture_without_any_layer_too(flatten):
    ops = trace(nn.Sequential(flatten, nn.Linear(24, 2)), torch.rand(1, 2, 3, 4)).ops
    assert maps_before(ops, ops[-1]) == (2, 3, 4)
    ops = trace(nn.Linear(24, 2), torch.rand(1, 24)).ops
    assert maps_before(ops, ops[-1]) is None


def test_a_second_linear_layer_of_the_same_width_has_no_maps_before_it():
    ops = trace(nn.Sequential(nn.Flatten(), nn.Linear(24, 24), nn.Linear(24, 2)), torch.rand(1, 2, 3, 4)).ops
    assert [maps_before(ops, op) for op in ops[1:]] == [(2, 3, 4), None]


def test_flat_number_by_hand():
    assert unflatten(0, (16, 5, 5)) == (0, 0, 0)
    assert unflatten(399, (16, 5, 5)) == (15, 4, 4)
    assert unflatten(25 + 5 + 2, (16, 5, 5)) == (1, 1, 2)
    with pytest.raises(SpecError, match="no_such_pixel value=400 sizes=400 last=399"):
        unflatten(400, (16, 5, 5))


# activation functions

@pytest.mark.parametrize(("module", "x", "verdict"), [
    (nn.ReLU(), 1.5, "passed"), (nn.ReLU(), -1.5, "stopped"), (nn.ReLU(), 0.0, "passed"), (nn.Tanh(), 1.5, "changed"),
    (nn.Sigmoid(), -1.5, "changed"), (nn.LeakyReLU(), -1.5, "changed"), (nn.GELU(), 1.0, "changed"), (nn.SiLU(), 1.0, "changed"),
])
def test_an_activation_function_passes_stops_or_changes(module, x, verdict):
    op = only(module, torch.tensor([[0.25, x]]))
    pixel = PIXELS[op.name](op, (1,))
    assert pixel == pointwise(op, (1,))
    assert (pixel.x, pixel.out, pixel.verdict) == (x, float(module(torch.tensor(x))), verdict)


# places

@pytest.mark.parametrize("place", [(6, 0, 0), (0, 28, 0), (0, 0, 28), (-1, 0, 0), (0, 0), (0, 0, 0, 0), (), (0, 0.5, 0), (0, "1", 0)])
def test_a_place_outside_the_map_is_refused_with_its_size(place):
    op = trace(network("lenet", 0), torch.zeros(1, 1, 32, 32)).ops[0]
    with pytest.raises(SpecError, match="no_such_pixel value=.* sizes=6, 28, 28 last=5, 27, 27"):
        conv2d(op, place)


def test_every_kind_of_operation_refuses_a_place_outside():
    for op in trace(network("lenet", 0), torch.zeros(1, 1, 32, 32)).ops:
        if op.name in PIXELS:
            with pytest.raises(SpecError) as refused:
                PIXELS[op.name](op, tuple(op.out_shape[1:]))
            assert refused.value.code == "no_such_pixel"


def test_a_picture_without_a_batch_is_refused_and_not_misread():
    op = trace(network("lenet", 0), torch.zeros(1, 32, 32)).ops[0]
    with pytest.raises(SpecError, match="sizes=28, 28"):
        conv2d(op, (0, 0, 0))


def test_looking_changes_nothing():
    model, x = fresh("lenet", 0), torch.rand(1, 1, 32, 32, generator=generator(0))
    before, ops = {name: tensor.clone() for name, tensor in model.state_dict().items()}, trace(model, x).ops
    kept = [(op.x.clone(), op.out.clone()) for op in ops]
    for op in ops:
        if op.name in PIXELS:
            PIXELS[op.name](op, (0,) * (len(op.out_shape) - 1))
    assert all(before[name].equal(tensor) for name, tensor in model.state_dict().items())
    assert all(op.x.equal(x) and op.out.equal(out) for op, (x, out) in zip(ops, kept, strict=True))
