"""Change a few weights of a copy: what changes, what does not, and what is refused."""

import math

import pytest
import torch
from torch import Tensor, nn

from core import weights
from core.change import CHANGES, LARGEST, Change, apply, convolutions
from core.errors import SpecError
from core.models import LENETS, MODELS, fresh
from core.trace import trace

PLACES = [(key, layer) for key in LENETS for layer in convolutions(fresh(key, 0))]
every_layer = pytest.mark.parametrize(("key", "layer"), PLACES)


def picture(key: str) -> Tensor:
    fits = MODELS[key]
    return torch.randn(2, fits.channels, fits.size, fits.size, generator=torch.Generator().manual_seed(0))


def maps(model: nn.Module, layer: str, x: Tensor) -> Tensor:
    """A convolution's own output, before the activation function."""
    return next(op.out for op in trace(model, x).ops if op.name == "conv2d" and op.path == layer)


def numbers(model: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(a[name].equal(b[name]) for name in a)


def moved(before: nn.Module, after: nn.Module) -> dict[str, list[list[int]]]:
    """The places of all numbers that differ, by the name of their tensor."""
    ours, theirs = before.state_dict(), after.state_dict()
    return {name: (ours[name] != theirs[name]).nonzero().tolist() for name in ours if not ours[name].equal(theirs[name])}


def test_every_convolution_of_every_network_can_be_changed():
    assert len(PLACES) == 2 * len(LENETS)
    assert list(convolutions(fresh("lenet5", 0))) == ["conv1.0", "conv2.0"]


# what each kind does

@pytest.mark.parametrize("trained", [False, True])
@every_layer
def test_a_zeroed_channels_map_is_exactly_0_and_the_others_keep_every_bit(key, layer, trained):
    model, x = weights.trained(key) if trained else fresh(key, 3), picture(key)
    before = maps(model, layer, x)
    for channel in range(before.shape[1]):
        after = maps(apply(model, (Change("zero_channel", layer, channel),)), layer, x)
        assert after[:, channel].eq(0).all()
        assert before[:, channel].ne(0).any()
        others = [c for c in range(before.shape[1]) if c != channel]
        assert after[:, others].equal(before[:, others])


@every_layer
def test_a_scaled_kernel_is_the_only_one_that_changes(key, layer):
    model = fresh(key, 3)
    changed = apply(model, (Change("scale_kernel", layer, channel=2, input_channel=0, value=-2.0),))
    ours, theirs = convolutions(model)[layer].weight, convolutions(changed)[layer].weight
    assert theirs[2, 0].equal(ours[2, 0] * -2)
    assert list(moved(model, changed)) == [f"{layer}.weight"]
    assert all(place[:2] == [2, 0] for place in moved(model, changed)[f"{layer}.weight"])
    other = [c for c in range(len(ours)) if c != 2]
    assert maps(changed, layer, picture(key))[:, other].equal(maps(model, layer, picture(key))[:, other])


@every_layer
def test_a_single_weight_is_the_only_number_that_changes(key, layer):
    model = fresh(key, 3)
    change = Change("set_weight", layer, channel=4, input_channel=0, row=2, column=1, value=0.5)
    changed = apply(model, (change,))
    assert moved(model, changed) == {f"{layer}.weight": [[4, 0, 2, 1]]}
    assert convolutions(changed)[layer].weight[4, 0, 2, 1] == 0.5


def test_a_changed_weight_by_hand():
    """The bias 0 and one weight 2 in the middle of a kernel of zeros: the map is twice the picture."""
    middle = (Change("zero_channel", "conv1", 1), Change("set_weight", "conv1", 1, row=2, column=2, value=2.0))
    x = picture("lenet")
    torch.testing.assert_close(maps(apply(fresh("lenet", 0), middle), "conv1", x)[:, 1], 2 * x[:, 0, 2:-2, 2:-2])


def test_a_channel_of_a_convolution_without_bias_and_with_groups_is_zeroed_too():
    model = nn.Sequential(nn.Conv2d(4, 4, 3, groups=2, bias=False))
    x = torch.randn(1, 4, 5, 5, generator=torch.Generator().manual_seed(0))
    assert model(x)[:, 3].ne(0).all()
    assert apply(model, (Change("zero_channel", "0", 3),))(x)[:, 3].eq(0).all()


def test_the_convolution_under_batchnorm_is_zero_and_its_map_behind_it_a_constant():
    model = apply(fresh("lenet5_bn", 0).eval(), (Change("zero_channel", "conv1.0", 2),))
    ops = trace(model, picture("lenet5_bn")).ops
    assert ops[0].out[:, 2].eq(0).all()
    assert ops[1].name == "batch_norm"
    assert len(ops[1].out[:, 2].unique()) == 1


# several changes

def test_changes_are_made_in_their_order():
    setting, doubling = Change("set_weight", "conv1", value=3.0), Change("scale_kernel", "conv1", value=2.0)
    model = fresh("lenet", 0)
    assert convolutions(apply(model, (setting, doubling)))["conv1"].weight[0, 0, 0, 0] == 6
    assert convolutions(apply(model, (doubling, setting)))["conv1"].weight[0, 0, 0, 0] == 3


def test_changes_at_once_are_changes_one_after_the_other():
    first, second = Change("scale_kernel", "conv1", 1, value=0.1), Change("zero_channel", "conv2", 5)
    model = weights.trained("lenet")
    assert same(numbers(apply(model, (first, second))), numbers(apply(apply(model, (first,)), (second,))))


def test_without_changes_the_network_is_as_it_was():
    for model in (fresh("lenet", 0), weights.trained("lenet")):
        reset = apply(model, ())
        assert reset is not model
        assert same(numbers(reset), numbers(model))
        assert reset.training == model.training
        assert reset(picture("lenet")).equal(model(picture("lenet")))


# the original

@pytest.mark.parametrize("kind", CHANGES)
@every_layer
def test_the_original_is_untouched_bit_for_bit(key, layer, kind):
    model = fresh(key, 3)
    model(picture(key)).sum().backward()
    before, grads = numbers(model), [p.grad.clone() for p in model.parameters()]
    answer = model(picture(key))
    changed = apply(model, (Change(kind, layer, 1, value=5.0),))
    assert moved(model, changed)
    assert same(before, numbers(model))
    assert all(p.grad.equal(grad) for p, grad in zip(model.parameters(), grads, strict=True))
    assert model(picture(key)).equal(answer)
    ours, theirs = [{p.data_ptr() for p in each.parameters()} for each in (model, changed)]
    assert not ours & theirs                               # no shared memory


def test_a_changed_network_can_still_learn():
    changed = apply(fresh("lenet", 0), (Change("zero_channel", "conv1", 0),))
    changed(picture("lenet")).sum().backward()
    assert all(p.requires_grad and p.is_leaf and p.grad is not None for p in changed.parameters())


# refused

@pytest.mark.parametrize(("change", "said"), [
    (Change("paint", "conv1"), "unknown_key field=kind value=paint known=zero_channel, scale_kernel, set_weight"),
    (Change("zero_channel", "conv9"), "unknown_key field=layer value=conv9 known=conv1, conv2"),
    (Change("zero_channel", "fc1"), "unknown_key field=layer value=fc1 known=conv1, conv2"),
    (Change("zero_channel", "conv1", 6), "no_such_weight layer=conv1 field=channel value=6 count=6 last=5"),
    (Change("zero_channel", "conv1", -1), "no_such_weight layer=conv1 field=channel value=-1 count=6 last=5"),
    (Change("zero_channel", "conv1", 0.5), "no_such_weight layer=conv1 field=channel value=0.5 count=6 last=5"),
    (Change("scale_kernel", "conv1", 0, 1, value=2.0), "no_such_weight layer=conv1 field=input_channel value=1 count=1 last=0"),
    (Change("set_weight", "conv2", 0, 0, 5, 0), "no_such_weight layer=conv2 field=row value=5 count=5 last=4"),
    (Change("set_weight", "conv2", 0, 0, 0, -1), "no_such_weight layer=conv2 field=column value=-1 count=5 last=4"),
    (Change("set_weight", "conv1", value=math.nan), "change_too_large value=nan limit=100"),
    (Change("set_weight", "conv1", value=math.inf), "change_too_large value=inf limit=100"),
    (Change("scale_kernel", "conv1", value=-100.5), "change_too_large value=-100.5 limit=100"),
])
def test_a_change_that_does_not_fit_says_the_value_and_the_rule(change, said):
    model = fresh("lenet", 0)
    before = numbers(model)
    with pytest.raises(SpecError) as refused:
        apply(model, (Change("zero_channel", "conv1"), change))
    assert str(refused.value) == said
    assert same(before, numbers(model))


def test_what_a_kind_does_not_read_is_not_judged():
    wild = Change("zero_channel", "conv1", 0, input_channel=99, row=-5, column=99, value=math.nan)
    assert same(numbers(apply(fresh("lenet", 0), (wild,))), numbers(apply(fresh("lenet", 0), (Change("zero_channel", "conv1"),))))


@pytest.mark.parametrize("value", [LARGEST, -LARGEST, 0])
def test_the_largest_values_are_allowed(value):
    assert convolutions(apply(fresh("lenet", 0), (Change("set_weight", "conv1", value=value),)))["conv1"].weight[0, 0, 0, 0] == value
