"""The edited LeNet: its plan against what PyTorch computes, its repairs by applying them, its code by running it."""

import inspect
import re
import string
from dataclasses import replace

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import nn

from content.text import sentences
from core import fields
from core.architecture.network import EditedLeNet, build
from core.architecture.plan import Plan, buildable, plan
from core.architecture.repair import MOST_REPAIRS, SIDES, repairs
from core.architecture.source import source
from core.architecture.spec import INPUTS, MOST_FLOPS, MOST_PARAMETERS, SEEDS, ArchitectureSpec, decoded, encoded, network_key, short
from core.errors import SpecError
from core.models import MODELS, fresh, known, named, parameter_count
from core.models.lenet import LeNet
from core.seeded import seeded
from core.trace import trace

MANY = settings(derandomize=True, deadline=None, database=None, max_examples=300)
SOME = settings(derandomize=True, deadline=None, database=None, max_examples=100)
RULES = fields.rules(ArchitectureSpec)
SMALL = {"conv1_channels": 4, "conv2_channels": 4, "hidden1": 12, "hidden2": 12}     # widths decide nothing but the time
DEFAULT = ArchitectureSpec()
NO_KERNEL = ArchitectureSpec(pool_size=4, conv2_kernel=7)
NO_POOLING = ArchitectureSpec(pool_size=4)
TOO_LARGE = ArchitectureSpec(conv2_channels=32, pooling="none", hidden1=200)
TOO_SLOW = replace(TOO_LARGE, conv1_channels=32, conv1_kernel=1, conv2_kernel=9, conv2_padding=4, hidden1=2)
MISFITS = {
    "kernel_too_large": NO_KERNEL,
    "pooling_too_large": NO_POOLING,
    "network_too_large": TOO_LARGE,
    "network_too_slow": TOO_SLOW,
}


def values(name: str, most: dict[str, int]) -> st.SearchStrategy:
    rule = RULES[name][0]
    return st.sampled_from(rule.keys) if isinstance(rule, fields.Choice) else st.integers(rule.low, most.get(name, rule.high))


def specs(most: dict[str, int] = SMALL) -> st.SearchStrategy[ArchitectureSpec]:
    """Any spec, with no more than `most` of some settings."""
    return st.builds(ArchitectureSpec, **{name: values(name, most) for name in RULES})


def pictures(spec: ArchitectureSpec) -> torch.Tensor:
    channels, size = INPUTS[spec.input]
    return torch.rand(2, channels, size, size, generator=torch.Generator().manual_seed(0))


def pytorch_takes(spec: ArchitectureSpec) -> bool:
    """Whether PyTorch's own layers, put one behind the other, take a picture of this size. Knows nothing of the plan."""
    size = INPUTS[spec.input][1]
    pool = {"max": nn.MaxPool2d, "average": nn.AvgPool2d, "none": lambda _size: nn.Identity()}[spec.pooling]
    layers = nn.Sequential(nn.Conv2d(1, 1, spec.conv1_kernel, spec.conv1_stride, spec.conv1_padding), pool(spec.pool_size),
                           nn.Conv2d(1, 1, spec.conv2_kernel, spec.conv2_stride, spec.conv2_padding), pool(spec.pool_size))
    try:
        return layers(torch.zeros(1, 1, size, size)).numel() > 0
    except RuntimeError:
        return False


def pasted(code: str) -> type[nn.Module]:
    """The class that a learner gets who pastes the code into an empty file."""
    names: dict = {}
    exec(code, names)
    return names["LeNet"]


def outcome(call, *args) -> str:
    """The code of the SpecError that it raises, or nothing."""
    try:
        call(*args)
    except SpecError as refused:
        return refused.code
    return ""


def test_default_is_lenet5():
    model, theirs = build(DEFAULT), fresh("lenet5", 0)
    assert parameter_count(model) == plan(DEFAULT).parameter_count == 44_426
    weights = dict(zip(model.state_dict(), theirs.state_dict().values(), strict=True))
    model.load_state_dict(weights)                         # every shape fits
    assert model(pictures(DEFAULT)).equal(theirs(pictures(DEFAULT)))


@pytest.mark.parametrize("network", SEEDS)
def test_the_introductions_networks_are_points_of_the_same_space(network):
    spec, theirs = SEEDS[network], fresh(network, 0)
    model, x = build(spec), pictures(spec)
    model.load_state_dict(dict(zip(model.state_dict(), theirs.state_dict().values(), strict=True)))
    assert model(x).equal(theirs(x))
    assert plan(spec).parameter_count == parameter_count(theirs)
    assert INPUTS[spec.input] == (MODELS[network].channels, MODELS[network].size)


def test_the_sums_of_lenet5_can_be_read_off_its_plan():
    whole = plan(DEFAULT)
    assert [step.name for step in whole.steps] == [
        "conv1", "activation1", "pool1", "conv2", "activation2", "pool2", "flatten", "fc1", "activation3", "fc2", "activation4", "fc3"]
    assert [step.formula for step in whole.steps if step.formula] == [
        "floor((28 + 2·0 - 5) / 1) + 1 = 24", "floor((24 + 2·0 - 2) / 2) + 1 = 12",
        "floor((12 + 2·0 - 5) / 1) + 1 = 8", "floor((8 + 2·0 - 2) / 2) + 1 = 4", "16·4·4 = 256"]
    assert whole.flat == 256
    assert whole.arithmetic == "156 + 2,416 + 30,840 + 10,164 + 850 = 44,426"
    assert (whole.misfit, whole.repairs) == (None, ())


def test_a_stride_that_does_not_come_out_even_is_rounded_down():
    step = plan(ArchitectureSpec(conv1_stride=2, conv1_padding=1)).steps[0]
    assert step.setting == "nn.Conv2d(1, 6, 5, stride=2, padding=1)"
    assert step.formula == "floor((28 + 2·1 - 5) / 2) + 1 = 13"           # 25 / 2 = 12.5
    assert step.out_shape == (6, 13, 13)


@MANY
@given(specs())
def test_the_plan_is_what_the_network_computes(spec):
    whole = plan(spec)
    if whole.misfit:
        return
    model = build(spec)
    ops = trace(model, pictures(spec)).ops
    assert [(s.op, (2, *s.in_shape), (2, *s.out_shape)) for s in whole.steps] == [(op.name, op.in_shape, op.out_shape) for op in ops]
    assert [(s.parameter_count, s.arithmetic) for s in whole.steps] == [(op.parameter_count, op.arithmetic) for op in ops]
    assert whole.parameter_count == parameter_count(model)
    assert whole.flat == model.fc1.in_features


@MANY
@given(specs(most={}))
@example(TOO_LARGE)
def test_the_largest_networks_have_as_many_parameters_as_planned(spec):
    whole = plan(spec)
    if whole.flat == 0:
        return
    with torch.device("meta"):                             # shapes only: the largest would take 75 MB
        assert whole.parameter_count == parameter_count(EditedLeNet(spec, whole.flat))
    costs = (("network_too_large", whole.parameter_count, MOST_PARAMETERS), ("network_too_slow", whole.flops, MOST_FLOPS))
    assert outcome(build, spec) == next((code for code, cost, most in costs if cost > most), "")


@MANY
@given(specs(most={}))
@example(TOO_LARGE)
@example(TOO_SLOW)
@example(replace(TOO_LARGE, conv1_padding=4, conv2_padding=4, conv1_kernel=1, conv2_kernel=1))
def test_what_mends_a_network_that_is_too_large_makes_it_small_enough(spec):
    for repair in plan(spec).repairs:
        assert plan(replace(spec, **repair)).misfit is None


def test_a_network_that_is_too_large_says_which_layer_and_how_to_mend_it():
    whole = plan(TOO_LARGE)                                # 28 -> 24 -> 20, and 32 maps of 20 x 20 are 12,800 numbers
    assert whole.misfit.facts == {"step": "fc1", "part": "2,560,200", "value": "2,582,922", "limit": "250,000", "repair": "hidden1 = 18"}
    assert whole.repairs[0] == {"hidden1": 18}


def test_a_network_that_is_too_slow_says_which_layer_and_how_to_mend_it():
    whole = plan(TOO_SLOW)                                 # conv2: 2 · (32·32·9·9) · 28·28
    assert whole.misfit.facts == {"step": "conv2", "part": "130,056,192", "value": f"{whole.flops:,}", "limit": "20,000,000",
                                  "repair": "conv2_channels = 4"}
    assert whole.parameter_count < MOST_PARAMETERS


def test_the_work_is_counted_as_the_trace_counts_it():
    for spec in SEEDS.values():
        assert plan(spec).flops == sum(op.flops for op in trace(build(spec), pictures(spec)[:1]).ops)


@pytest.mark.parametrize("name", SEEDS)
def test_an_unedited_network_keeps_the_name_that_it_has(name):
    assert network_key(SEEDS[name]) == name
    assert network_key(replace(SEEDS[name], hidden1=7)) == encoded(replace(SEEDS[name], hidden1=7))


@MANY
@given(specs(most={}))
def test_the_key_is_short_and_leads_back(spec):
    key = encoded(spec)
    assert decoded(key) == spec
    assert len(key) <= 60
    assert buildable(key) == known(key) == (plan(spec).misfit is None)


def test_the_key_can_be_read():
    key = encoded(ArchitectureSpec(conv2_padding=2, conv1_stride=3, pooling="average"))
    assert key == "edited.1x28.6k5s3.16k5p2.average2.relu.120.84"
    assert short(decoded(key)) == "6k5s3 16k5p2 average2"
    model = fresh(key, 0)
    assert (model.conv1.stride, model.conv2.padding, named(key).size) == ((3, 3), (2, 2), 28)


@pytest.mark.parametrize("key", [
    "", "edited", "edited.1x28.6k5.16k5.max2.relu.120", "edited.1x28.6k5s1.16k5.max2.relu.120.84", "edited.9x28.6k5.16k5.max2.relu.120.84",
    "edited.1x28.600k5.16k5.max2.relu.120.84", "edited.1x28.6k5.16k5.max2.swish.120.84", "edited.1x28.6k5.16k5.max2.relu.120.84\n"])
def test_a_key_that_nobody_wrote_is_no_network(key):
    assert decoded(key) is None
    assert not known(key)
    with pytest.raises(SpecError, match="unknown_network"):
        fresh(key, 0)


def test_a_key_with_a_misfit_says_what_does_not_fit():
    assert not known(encoded(NO_KERNEL))
    with pytest.raises(SpecError, match="kernel_too_large"):
        fresh(encoded(NO_KERNEL), 0)


@MANY
@given(specs())
@example(NO_KERNEL)
@example(NO_POOLING)
def test_the_plan_stops_exactly_when_pytorch_refuses_and_nothing_is_built(spec):
    whole = plan(spec)
    code = whole.misfit.code if whole.misfit else ""
    assert pytorch_takes(spec) == (code == "")
    assert outcome(build, spec) == outcome(source, spec) == code
    assert bool(whole.repairs) == bool(code)


@MANY
@given(specs())
@example(NO_KERNEL)
@example(ArchitectureSpec(conv1_kernel=9, conv1_stride=4, pool_size=4, conv2_kernel=9))      # takes two settings
def test_every_repair_really_fits_and_lies_in_its_range(spec):
    for repair in plan(spec).repairs:
        assert list(fields.clamped(ArchitectureSpec, repair)) == [ArchitectureSpec(**repair), []]
        assert all(getattr(spec, name) != value for name, value in repair.items())
        mended = replace(spec, **repair)
        assert plan(mended).misfit is None
        assert pytorch_takes(mended)
        assert build(mended)(pictures(mended)).shape == (2, 10)


@SOME
@given(specs())
@example(NO_KERNEL)
def test_no_smaller_change_of_the_same_setting_would_do(spec):
    for repair in plan(spec).repairs:
        (name, value), *more = repair.items()
        if more or isinstance(value, str):
            continue
        now = getattr(spec, name)
        nearer = [v for v in range(RULES[name][0].low, RULES[name][0].high + 1) if abs(v - now) < abs(value - now)]
        assert not any(pytorch_takes(replace(spec, **{name: v})) for v in nearer)


@SOME
@given(specs())
def test_several_settings_change_only_where_one_is_not_enough(spec):
    mended = plan(spec).repairs
    assert len(mended) <= MOST_REPAIRS
    if any(len(repair) > 1 for repair in mended):
        ones = [replace(spec, **{name: v}) for name in SIDES if name != "pooling"
                for v in range(RULES[name][0].low, RULES[name][0].high + 1)]
        assert not any(pytorch_takes(each) for each in [*ones, replace(spec, pooling="none")])


def test_a_plan_that_fits_needs_no_repair():
    assert repairs(DEFAULT, first="conv1") == ()


def test_kernel_larger_than_its_input_says_both_and_offers_one_that_fits():
    whole = plan(NO_KERNEL)                         # 28 -> 24 -> 6, and 7 x 7 does not fit into 6
    assert [step.name for step in whole.steps] == ["conv1", "activation1", "pool1"]
    assert whole.misfit.facts == {"step": "conv2", "kernel": 7, "size": 6, "padding": 0, "repair": "conv2_kernel = 3",
                                  "rule": "floor((6 + 2·0 - 7) / 1) + 1 = 0"}
    assert whole.repairs == ({"conv2_kernel": 3}, {"conv2_padding": 2}, {"pool_size": 2})     # 6 - 3 + 1 = 4, just enough to pool
    assert whole.flat == 0
    with pytest.raises(SpecError, match="kernel_too_large.*kernel=7.*size=6"):
        build(NO_KERNEL)


def test_pooling_larger_than_its_map_says_both_and_offers_one_that_fits():
    whole = plan(NO_POOLING)                        # 28 -> 24 -> 6 -> 2, and 4 x 4 does not fit into 2
    assert whole.steps[-1].out_shape == (16, 2, 2)
    assert whole.misfit.facts == {"step": "pool2", "kernel": 4, "size": 2, "repair": "pool_size = 3",
                                  "rule": "floor((2 + 2·0 - 4) / 4) + 1 = 0"}
    assert whole.repairs[0] == {"pool_size": 3}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("code", MISFITS)
def test_the_sentence_of_a_misfit_names_every_fact(code, language):
    misfit = plan(MISFITS[code]).misfit
    sentence = sentences()[f"errors.{code}"][language]
    assert misfit.code == code
    assert {name for _, name, _, _ in string.Formatter().parse(sentence) if name} == set(misfit.facts)


def test_an_unknown_activation_is_refused_with_the_known_ones():
    with pytest.raises(SpecError, match="unknown_key field=activation value=swish known=relu, tanh, sigmoid, gelu, none"):
        plan(ArchitectureSpec(activation="swish"))


@MANY
@given(specs())
def test_the_pasted_code_is_the_network_bit_for_bit(spec):
    if plan(spec).misfit:
        return
    mine, code = seeded(0, lambda: build(spec)), source(spec)
    theirs = seeded(0, pasted(code))
    assert list(mine.state_dict()) == list(theirs.state_dict())
    assert all(a.equal(b) for a, b in zip(mine.state_dict().values(), theirs.state_dict().values(), strict=True))
    again = seeded(1, pasted(code))
    again.load_state_dict(mine.state_dict())
    x = pictures(spec)
    assert mine(x).equal(theirs(x))
    assert mine(x).equal(again(x))
    assert max(map(len, code.splitlines())) <= 140


@MANY
@given(specs())
def test_the_shapes_beside_the_code_are_those_of_the_plan(spec):
    whole = plan(spec)
    if whole.misfit:
        return
    comments = " ".join(line.partition("# ")[2] for line in source(spec).splitlines())
    written = [tuple(map(int, found.split(", "))) for found in re.findall(r"\(B, ([\d, ]+)\)", comments)]
    sizes = [whole.steps[0].in_shape, *(s.out_shape for s in whole.steps if s.weight or s.op == "view" or s.out_shape != s.in_shape)]
    assert written == sizes


def test_the_default_reads_as_the_introductions_lenet():
    def lines(code: str) -> list[str]:
        return [" ".join(line.split()) for line in code.splitlines() if line.strip() and '"""' not in line]

    code = source(SEEDS["lenet"])
    assert lines(code[code.index("class LeNet"):]) == lines(inspect.getsource(LeNet))


def test_code_imports_what_it_needs_and_nothing_else():
    plain = source(ArchitectureSpec(activation="none", pooling="none", hidden1=20))
    assert "functional" not in plain
    assert "from torch.nn import functional as F" in source(ArchitectureSpec(activation="none"))


def test_the_building_block_is_a_module_that_learns():
    model = build(ArchitectureSpec(activation="gelu", pooling="average"))
    model(pictures(DEFAULT)).sum().backward()
    assert isinstance(model, EditedLeNet)
    assert all(p.grad is not None for p in model.parameters())


def test_plans_without_steps_have_no_parameters():
    assert Plan(DEFAULT, ()).parameter_count == 0
