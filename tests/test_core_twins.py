"""Twins in lockstep: the loop is the one of core.train, and the first number that differs is where each setting is used."""

import dataclasses
import struct

import pytest
import torch
from torch.nn import functional as F

from core.errors import SpecError
from core.fields import Choice, rules
from core.models import LENETS, MODELS
from core.train import Epoch, Step, TrainSpec, start, train
from core.train import Tested as Final
from core.twins import (
    CHANGES,
    PARTS,
    Broken,
    Change,
    Difference,
    Pair,
    PairReport,
    Seen,
    Twins,
    begin,
    difference,
    distance,
    flip_last_bit,
    is_setting,
    lockstep,
    pair,
    pair_every,
    pair_reports,
    parts,
)

QUICK = TrainSpec(train_images=100, val_fraction=0.2, epochs=2)                    # 80 pictures: batches of 32, 32 and 16
SGD = dataclasses.replace(QUICK, optimizer="sgd", lr=0.05)


def told(twins: Twins) -> list:
    return list(lockstep(twins))


def first_of(spec: TrainSpec, change: str, other: object = None) -> Difference | None:
    """Goes no further than the first difference."""
    twins = begin(spec, change, other)
    return next((record for record in lockstep(twins) if isinstance(record, Difference)), None)


def losses(records: list, who: str) -> list[float]:
    return [getattr(r, who).loss.item() for r in records if isinstance(r, Pair) and isinstance(getattr(r, who), Step)]


# the loop

@pytest.mark.parametrize("spec", [QUICK, SGD, dataclasses.replace(QUICK, val_fraction=0.0, network="lenet5_bn", output="relu"),
                                  dataclasses.replace(SGD, loop="by_hand")])
def test_the_loop_in_sight_is_the_training_loop_bit_for_bit(spec):
    theirs, ours = start(spec), start(spec)
    expected, found = list(train(theirs)), [r for r in parts(ours) if not hasattr(r, "numbers")]
    assert [type(r) for r in found] == [type(r) for r in expected]
    assert [r.loss.item() for r in found if isinstance(r, Step)] == [r.loss.item() for r in expected if isinstance(r, Step)]
    assert [r for r in found if isinstance(r, Epoch | Final)] == [r for r in expected if isinstance(r, Epoch | Final)]
    assert all(a.equal(b) for a, b in zip(ours.model.state_dict().values(), theirs.model.state_dict().values(), strict=True))


def test_each_step_shows_its_numbers_in_the_order_in_which_they_come_to_be():
    seen = [(r.part, r.step) for r in parts(start(QUICK)) if hasattr(r, "numbers")]
    assert seen[:6] == [("first_weights", 0), *((part, 1) for part in PARTS[1:])]
    assert seen[6:11] == [(part, 2) for part in PARTS[1:]]


def test_two_losses_of_twins_are_those_of_the_two_runs_alone():
    records = told(begin(QUICK, "lr", 0.01))
    for who, spec in (("a", QUICK), ("b", dataclasses.replace(QUICK, lr=0.01))):
        alone = list(train(start(spec)))
        assert losses(records, who) == [r.loss.item() for r in alone if isinstance(r, Step)]
        assert getattr(records[-1], who) == alone[-1]


# where a setting is used

EXPECTED = [                                           # setting, other value, optimizer of the first, (step, part, name)
    ("lr", 0.01, "adam", (1, "step", "conv1.0.weight")),
    ("lr", 0.01, "sgd", (1, "step", "conv1.0.weight")),
    ("optimizer", "sgd", "adam", (1, "step", "conv1.0.weight")),
    ("optimizer", "adam", "sgd", (1, "step", "conv1.0.weight")),
    ("momentum", 0.5, "sgd", (2, "step", "conv1.0.weight")),
    ("momentum", 0.0, "sgd", (2, "step", "conv1.0.weight")),
    ("batch_size", 64, "adam", (1, "batch", "x")),
    ("order", "by_class", "adam", (1, "batch", "x")),
    ("order", "stored", "adam", (1, "batch", "x")),
    ("normalisation", "half", "adam", (1, "batch", "x")),
    ("normalisation", "none", "adam", (1, "batch", "x")),
    ("output", "softmax", "adam", (1, "loss", "loss")),
    ("output", "relu", "sgd", (1, "loss", "loss")),
    ("loop", "by_hand", "adam", (1, "forward", "logits")),
    ("loop", "by_hand", "sgd", (1, "forward", "logits")),
    ("first_weights", "dead_class", "adam", (0, "first_weights", "fc3.0.weight")),
    ("seed", 1, "adam", (0, "first_weights", "conv1.0.weight")),
    ("one_bit", None, "sgd", (0, "first_weights", "conv1.0.weight")),
]


@pytest.mark.parametrize(("change", "other", "optimizer", "where"), EXPECTED)
def test_the_first_difference_is_where_the_setting_is_used(change, other, optimizer, where):
    found = first_of(dataclasses.replace(QUICK, optimizer=optimizer), change, other)
    assert (found.step, found.part, found.name) == where


@pytest.mark.parametrize("network", MODELS)
@pytest.mark.parametrize("change", CHANGES)
def test_every_network_parts_in_the_same_place(change, network):
    spec = dataclasses.replace(QUICK, network=network, epochs=1)
    expected = {"nothing": None, "momentum": None, **{c: (step, part) for c, other, o, (step, part, _) in EXPECTED if o == "adam"}}
    expected |= {"one_bit": (0, "first_weights")}
    if change == "loop" and network not in LENETS:
        with pytest.raises(SpecError, match="not_by_hand"):
            begin(spec, change)
        return
    found = first_of(spec, change)
    assert (found and (found.step, found.part)) == expected[change]


def test_every_setting_that_may_change_is_tried_above():
    assert {change for change, *_ in EXPECTED} == set(CHANGES) - {"nothing"}


def test_the_loss_of_step_one_is_equal_under_another_lr_and_that_of_step_two_is_not():
    for spec in (QUICK, SGD):
        records = told(begin(spec, "lr", 2 * spec.lr))
        a, b = losses(records, "a"), losses(records, "b")
        assert a[0] == b[0]
        assert a[1] != b[1]


def test_adams_first_step_moves_the_named_weight_by_the_learning_rate():
    found, before = first_of(QUICK, "lr", 0.01), start(QUICK).model.conv1[0].weight[found_index(QUICK)].item()
    assert abs(found.a - before) == pytest.approx(0.002, rel=1e-3)
    assert abs(found.b - before) == pytest.approx(0.01, rel=1e-3)


def found_index(spec: TrainSpec) -> tuple[int, ...]:
    return first_of(spec, "lr", 0.01).index


def test_the_number_pointed_at_is_the_first_that_differs():
    found = first_of(QUICK, "normalisation", "none")
    a, b = (start(dataclasses.replace(QUICK, normalisation=n)) for n in ("measured", "none"))
    from core.train import batches

    (x, _), (other, _) = next(batches(a)), next(batches(b))
    assert found.index == tuple((x != other).nonzero()[0].tolist())
    assert (found.a, found.b) == (x[found.index].item(), other[found.index].item())
    assert found.differing == int((x != other).sum())
    assert x.flatten()[: 28 * 28 * found.index[0] + 28 * found.index[2] + found.index[3]].equal(
        other.flatten()[: 28 * 28 * found.index[0] + 28 * found.index[2] + found.index[3]])


def test_batches_of_another_size_have_no_number_to_point_at():
    found = first_of(QUICK, "batch_size", 64)
    assert found.shapes == ((32, 1, 28, 28), (64, 1, 28, 28))
    assert (found.index, found.a, found.b) == (None, None, None)


def test_batches_larger_than_the_training_set_are_the_same_batch():
    twins = begin(dataclasses.replace(QUICK, batch_size=128), "batch_size", 512)
    assert [r for r in told(twins) if isinstance(r, Difference)] == []


def test_by_hand_and_by_autograd_differ_in_the_last_digits_only():
    found = first_of(QUICK, "loop", "by_hand")
    assert 0 < abs(found.a - found.b) < 1e-6


# nothing

@pytest.mark.parametrize(("spec", "change", "other"), [
    (QUICK, "nothing", None), (SGD, "nothing", None), (QUICK, "momentum", 0.5), (QUICK, "loop", "loader"), (SGD, "loop", "loader")])
def test_no_number_differs_when_nothing_that_is_used_differs(spec, change, other):
    twins = begin(spec, change, other)
    records = list(pair_reports(twins, 1))
    assert twins.first is None
    assert all(r.a == r.b and r.distance == 0 for r in records if isinstance(r, PairReport))
    last = records[-1]
    assert last.a == last.b
    per_step = {"gradients": 44_426, "weights": 44_426, "loss": 1}
    x_and_y, logits = 2 * 80 * (28 * 28 + 1), 2 * 80 * 10                  # two epochs of 80 pictures
    assert twins.equal == 44_426 + 6 * sum(per_step.values()) + x_and_y + logits


def test_equal_twins_that_break_are_equal_to_the_end():
    twins = begin(TrainSpec(optimizer="sgd", lr=10.0, batch_size=16, epochs=2), "nothing")
    records = told(twins)
    broken = next(r for r in records if isinstance(r, Pair) and r.kind is Broken)
    assert twins.a.logits.isnan().any()                # or this would prove nothing
    assert str(broken.a.loss) == str(broken.b.loss) == "nan"
    assert not [r for r in records if isinstance(r, Difference)]


def test_of_numbers_and_nans_the_first_pair_that_is_not_alike_differs():
    nan = float("nan")
    a, b = (Seen("forward", 3, {"y": torch.tensor([1, 2]), "logits": torch.tensor(row)})
            for row in ([1.0, nan, nan, 2.0], [1.0, nan, 5.0, 3.0]))
    assert difference(a, a) is None
    found = difference(a, b)
    assert (found.name, found.index, found.b, found.differing) == ("logits", (2,), 5.0, 2)
    assert found.a != found.a                          # NaN


def test_numbers_compared_before_the_difference_are_counted():
    twins = begin(QUICK, "output")
    next(r for r in lockstep(twins) if isinstance(r, Difference))
    assert twins.equal == 44_426 + 32 * (28 * 28 + 1) + 32 * 10            # first weights, batch, logits


# one bit

def test_one_bit_of_the_first_weight_is_flipped_and_nothing_else():
    twins = begin(QUICK, "one_bit")
    found = next(r for r in lockstep(twins) if isinstance(r, Difference))
    assert found.index == (0, 0, 0, 0)
    assert found.differing == 1
    a, b = (struct.unpack("I", struct.pack("f", value))[0] for value in (found.a, found.b))
    assert a ^ b == 1


def test_flipping_twice_gives_the_same_network_back():
    model, like = start(QUICK).model, start(QUICK).model
    flip_last_bit(model)
    assert distance(like, model) > 0
    flip_last_bit(model)
    assert distance(like, model) == 0


def test_one_bit_grows_a_hundred_thousand_times_with_a_large_step_for_each_of_five_seeds():
    """How far exactly, when, and how many test pictures apart, depends on every last digit and so on the processor."""
    for seed in range(5):
        twins = begin(TrainSpec(optimizer="sgd", lr=0.05, seed=seed), "one_bit")
        assert distance(twins.a.model, twins.b.model) < 2e-9
        apart = (r.distance for r in pair_reports(twins, pair_every(twins.total_steps)) if isinstance(r, PairReport))
        first = next(apart)
        assert 0 < first < 1e-8
        assert any(distance > 1e5 * first for distance in apart)           # the rest of the run proves no more


def test_one_bit_can_stay_tiny_with_a_small_step():
    twins = begin(TrainSpec(), "one_bit")
    assert max(r.distance for r in pair_reports(twins, 10) if isinstance(r, PairReport)) < 1e-3


# reports

def test_distance_by_hand():
    a, b = torch.nn.Linear(2, 1, bias=False), torch.nn.Linear(2, 1, bias=False)
    a.weight.data, b.weight.data = torch.tensor([[3.0, 4.0]]), torch.tensor([[3.0, 5.0]])
    assert distance(a, b) == pytest.approx(0.2)        # 1 of 5


@pytest.mark.parametrize("steps", [1, 2, 4, 100])
def test_reports_are_the_means_of_their_steps(steps):
    every_step = told(begin(QUICK, "lr", 0.01))
    found = [r for r in pair_reports(begin(QUICK, "lr", 0.01), steps) if isinstance(r, PairReport)]
    assert [r.step for r in found] == [*range(steps, 6, steps), 6]
    at = 0
    for report in found:
        for who in "ab":
            window = losses(every_step, who)[at : report.step]
            assert getattr(report, who) == pytest.approx(sum(window) / len(window))
        at = report.step


def test_the_twin_with_larger_batches_is_done_earlier_and_both_are_tested():
    records = list(pair_reports(begin(QUICK, "batch_size", 64), 1))             # 80 pictures: 3 steps an epoch, and 2
    assert [(r.step, r.a is None, r.b is None) for r in records if isinstance(r, PairReport)] == [
        *((step, False, False) for step in (1, 2, 3, 4)), (5, False, True), (6, False, True)]
    ends = [(r.a and r.a.step, r.b and r.b.step) for r in records if isinstance(r, Pair) and r.kind is Epoch]
    assert ends == [(None, 2), (3, None), (None, 4), (6, None)]
    finals = [(r.a and r.a.step, r.b and r.b.step) for r in records if isinstance(r, Pair) and r.kind is Final]
    assert finals == [(None, 4), (6, None)]


def test_a_twin_that_breaks_leaves_the_other_to_go_on():
    spec = TrainSpec(optimizer="sgd", lr=0.01, batch_size=16, epochs=1)
    records = list(pair_reports(begin(spec, "lr", 10.0), 1))
    broken = next(r for r in records if isinstance(r, Pair) and r.kind is Broken)
    assert broken.a is None
    assert broken.b.lr == 10.0
    assert not torch.tensor(broken.b.loss).isfinite()
    after = [r for r in records if isinstance(r, PairReport) and r.step >= broken.b.step]
    assert after
    assert all(r.b is None for r in after)
    assert isinstance(records[-1].a, Final)


@pytest.mark.parametrize(("total", "steps"), [(1, 1), (400, 1), (401, 2), (410, 2), (16_880, 43), (10**7, 100)])
def test_a_pair_gives_about_four_hundred_points(total, steps):
    assert pair_every(total) == steps


# what is refused

def test_twins_that_would_be_equal_are_refused():
    for change, value in (("lr", 0.002), ("optimizer", "adam"), ("seed", 0)):
        with pytest.raises(SpecError, match="twins_equal"):
            pair(QUICK, change, value)


def test_what_is_not_written_by_hand_is_refused_for_either_twin():
    with pytest.raises(SpecError, match="not_by_hand"):
        pair(QUICK, "loop", "by_hand") and pair(dataclasses.replace(QUICK, output="relu"), "loop", "by_hand")
    with pytest.raises(SpecError, match="not_by_hand"):
        pair(dataclasses.replace(QUICK, loop="by_hand"), "output", "softmax")


def test_what_may_not_change_is_refused():
    for change in ("network", "epochs", "device", "nonsense"):
        with pytest.raises(SpecError, match=f"unknown_key field=change value={change}"):
            pair(QUICK, change, 1)


@pytest.mark.parametrize(("changes", "allowed"), [
    ({"dataset": "mnist", "epochs": 10}, True),                            # 54,000 pictures: 16,880 steps
    ({"dataset": "mnist", "epochs": 12}, False),                           # 648,000 pictures
    ({"dataset": "digits", "batch_size": 1, "epochs": 15}, True),          # 1,294 pictures: 19,410 steps
    ({"dataset": "digits", "batch_size": 1, "epochs": 16}, False)])
def test_twins_that_would_take_too_long_are_refused(changes, allowed):
    for change in ("nothing", "lr"):
        if allowed:
            assert pair(TrainSpec(**changes), change)
        else:
            with pytest.raises(SpecError, match="twins_too_long"):
                pair(TrainSpec(**changes), change)


def test_the_second_twin_may_not_take_too_long_either():
    with pytest.raises(SpecError, match="twins_too_long steps=25880"):
        pair(TrainSpec(epochs=20), "batch_size", 1)


def test_exactly_one_setting_differs_and_from_text_too():
    for change, other in CHANGES.items():
        one, two = pair(QUICK, change, other and str(other))
        differing = [f.name for f in dataclasses.fields(TrainSpec) if getattr(one, f.name) != getattr(two, f.name)]
        assert differing == ([change] if is_setting(change) else [])


def test_a_value_out_of_range_is_brought_back():
    assert pair(QUICK, "lr", "1e9")[1].lr == 10.0
    assert pair(QUICK, "order", "nonsense")[1].order == CHANGES["order"]


def test_other_values_are_allowed_ones_and_not_the_defaults():
    for change in filter(is_setting, CHANGES):
        rule, default = rules(TrainSpec)[change]
        assert rule.read(CHANGES[change], default) == CHANGES[change] != default
        assert isinstance(rule, Choice) or type(CHANGES[change]) is type(default)
    assert Change().change in CHANGES


def test_twins_share_their_pictures_when_these_do_not_depend_on_the_change():
    for change in ("lr", "batch_size", "one_bit", "seed", "order", "normalisation"):
        twins = begin(QUICK, change)
        shared = twins.a.splits.train is twins.b.splits.train
        assert shared == (change in ("lr", "batch_size", "one_bit"))


def test_a_second_look_at_the_same_logits_gives_the_loss_that_was_shown():
    shown = {}
    for record in parts(start(dataclasses.replace(QUICK, epochs=1))):
        if hasattr(record, "numbers") and record.step == 1:
            shown[record.part] = {name: t.detach().clone() for name, t in record.numbers.items()}
    assert F.cross_entropy(shown["forward"]["logits"], shown["batch"]["y"]).equal(shown["loss"]["loss"])
