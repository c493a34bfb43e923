"""The training loop against the same loop written out by hand."""

import copy
import dataclasses
import math

import pytest
import torch
from torch.nn import functional as F

from core import data
from core.errors import SpecError
from core.evaluate import Checked, chance_loss
from core.fields import Choice, rules
from core.images import fit_to
from core.models import MODELS, fresh
from core.optimizers import OPTIMIZERS
from core.train import (
    NORMALISATIONS,
    Epoch,
    Step,
    TrainSpec,
    batches,
    normalisation,
    split,
    start,
    train,
    training_step,
)
from core.train import Tested as Final  # pytest would take a class Test... for tests

QUICK = TrainSpec(network="lenet5", dataset="digits", train_images=100, val_fraction=0.2, batch_size=32, epochs=2)
FIVE = ["zero_grad", "forward", "loss", "backward", "step"]


def with_(**changes: object) -> TrainSpec:
    return dataclasses.replace(QUICK, **changes)


def losses(records: list) -> list[float]:
    return [record.loss.item() for record in records if isinstance(record, Step)]


# the loop

HAND_WRITTEN = {
    "sgd": lambda parameters: torch.optim.SGD(parameters, lr=0.002, momentum=0.9, fused=True),
    "adam": lambda parameters: torch.optim.Adam(parameters, lr=0.002, fused=True),
}


def test_every_optimizer_is_written_out_below():
    assert set(HAND_WRITTEN) == set(OPTIMIZERS)


@pytest.mark.parametrize("optimizer", HAND_WRITTEN)
def test_a_run_equals_the_loop_written_by_hand_bit_for_bit(optimizer):
    spec = with_(optimizer=optimizer, seed=3)
    state = start(spec)
    found = losses(list(train(state)))

    torch.manual_seed(3)
    net = MODELS["lenet5"].build()
    optim = HAND_WRITTEN[optimizer](net.parameters())
    stored = data.load("digits", train=True)
    chosen = torch.randperm(1437, generator=torch.Generator().manual_seed(3))[:100][20:]       # the first 20 are for validation
    x = (fit_to(stored.images[chosen], 1, 28).images.float() / 255 - 0.3053) / 0.3756
    y, order = stored.labels[chosen], torch.Generator().manual_seed(3)
    expected = []
    for _ in range(2):
        shuffled = torch.randperm(80, generator=order)
        for i in range(0, 80, 32):
            optim.zero_grad()
            loss = F.cross_entropy(net(x[shuffled[i:i + 32]]), y[shuffled[i:i + 32]])
            loss.backward()
            optim.step()
            expected.append(loss.item())

    assert found == expected
    assert len(found) == 6                                 # 80 pictures are batches of 32, 32 and 16, twice
    for name, tensor in net.state_dict().items():
        assert state.model.state_dict()[name].equal(tensor)


@pytest.mark.parametrize("optimizer", HAND_WRITTEN)
def test_fused_follows_the_plain_rule(optimizer):
    plain, ours = fresh("lenet5", 0), fresh("lenet5", 0)
    kind = {"sgd": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.5), "adam": lambda p: torch.optim.Adam(p, lr=0.01)}[optimizer]
    optims = kind(plain.parameters()), OPTIMIZERS[optimizer](ours.parameters(), 0.01, 0.5)
    x, y = torch.rand(8, 1, 28, 28, generator=torch.Generator().manual_seed(0)), torch.arange(8)
    for _ in range(3):
        for net, optim in zip((plain, ours), optims, strict=True):
            optim.zero_grad()
            F.cross_entropy(net(x), y).backward()
            optim.step()
    for a, b in zip(plain.parameters(), ours.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_the_lean_sgd_is_pytorchs_bit_for_bit_through_saving_and_loading(momentum):
    plain, ours = fresh("lenet5", 0), fresh("lenet5", 0)
    x, y = torch.rand(8, 1, 28, 28, generator=torch.Generator().manual_seed(0)), torch.arange(8)
    theirs = torch.optim.SGD(plain.parameters(), lr=0.1, momentum=momentum, fused=True)
    lean = OPTIMIZERS["sgd"](ours.parameters(), 0.1, momentum)
    for step in range(6):
        if step == 2:                                      # each goes on from the other's state
            saved = copy.deepcopy(theirs.state_dict()), copy.deepcopy(lean.state_dict())
            theirs.load_state_dict(saved[1])
            lean.load_state_dict(saved[0])
        if step == 4:
            theirs.param_groups[0]["lr"] = lean.param_groups[0]["lr"] = 0.01
        for net, optim in ((plain, theirs), (ours, lean)):
            optim.zero_grad()
            assert all(p.grad is None for p in net.parameters())
            F.cross_entropy(net(x), y).backward()
            optim.step()
        assert all(a.equal(b) for a, b in zip(plain.parameters(), ours.parameters(), strict=True))
        a, b = theirs.state_dict(), lean.state_dict()
        assert a["param_groups"] == b["param_groups"]
        kept = [{i: e["momentum_buffer"] for i, e in s["state"].items() if e.get("momentum_buffer") is not None} for s in (a, b)]
        assert len(kept[0]) == (10 if momentum else 0)
        torch.testing.assert_close(kept[1], kept[0], rtol=0, atol=0)


def test_sgd_moves_against_the_gradient_by_hand():
    weight = torch.nn.Parameter(torch.tensor([1.0]))
    optim = OPTIMIZERS["sgd"]([weight], 0.1, 0.5)
    for expected in (0.8, 0.5):                            # gradient 2: -0.1·2 = -0.2, then -0.1·(0.5·2 + 2) = -0.3
        optim.zero_grad()
        (2 * weight).sum().backward()
        optim.step()
        assert weight.item() == pytest.approx(expected)


def test_one_step_has_five_parts_in_order():
    state = start(QUICK)
    x, y = next(batches(state))
    assert list(training_step(state, x, y)) == FIVE


def test_each_part_does_what_its_name_says_and_nothing_else():
    state = start(QUICK)
    x, y = next(batches(state))
    for _ in training_step(state, x, y):                   # a first step, so that there are gradients to forget
        pass
    weights = [p.detach().clone() for p in state.model.parameters()]
    seen = {}
    for part in training_step(state, x, y):
        gradients = [p.grad for p in state.model.parameters()]
        moved = any(not p.equal(w) for p, w in zip(state.model.parameters(), weights, strict=True))
        seen[part] = (all(g is None for g in gradients), moved)
        if part == "forward":
            torch.testing.assert_close(state.logits, state.model(x))
        if part == "loss":
            torch.testing.assert_close(state.loss, F.cross_entropy(state.logits, y).detach())
            assert not state.loss.requires_grad
    no_gradients, unmoved = True, False
    assert seen == {
        "zero_grad": (no_gradients, unmoved), "forward": (no_gradients, unmoved), "loss": (no_gradients, unmoved),
        "backward": (False, unmoved), "step": (False, True),
    }


def test_the_same_seed_gives_the_same_losses_and_another_seed_others():
    torch.manual_seed(0)
    first = losses(list(train(start(QUICK))))
    torch.manual_seed(1)
    assert losses(list(train(start(QUICK)))) == first
    assert losses(list(train(start(with_(seed=1))))) != first


def test_a_run_leaves_the_global_generator_untouched():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    list(train(start(QUICK)))
    assert torch.get_rng_state().equal(before)


def test_next_runs_one_single_step():
    state = start(QUICK)
    before = {name: tensor.clone() for name, tensor in state.model.state_dict().items()}
    run = train(state)
    assert state.step == 0
    first = next(run)
    assert isinstance(first, Step)
    assert (first.step, first.epoch, first.lr, state.step, state.position) == (1, 0, 0.002, 1, 32)
    assert any(not before[name].equal(tensor) for name, tensor in state.model.state_dict().items())
    assert next(run).step == 2


def test_the_records_of_a_run_in_order():
    state = start(QUICK)
    kinds = [type(record) for record in train(state)]
    one_epoch = [Step, Step, Step, Checked, Epoch]
    assert kinds == one_epoch * 2 + [Checked, Final]
    assert (state.epoch, state.step, state.total_steps, state.steps_per_epoch) == (2, 6, 6, 3)


def test_every_epoch_shows_each_picture_once_in_a_new_order():
    state = start(QUICK)
    orders = [state.order.clone() for record in train(state) if isinstance(record, Epoch)]
    assert [order.sort().values.tolist() for order in orders] == [list(range(80))] * 2
    assert not orders[0].equal(orders[1])


def test_a_new_lr_is_used_from_the_next_step_on():
    state = start(QUICK)
    run = train(state)
    next(run)
    state.optimizer.param_groups[0]["lr"] = 0.5
    assert next(run).lr == 0.5


def test_stopping_between_the_last_step_of_an_epoch_and_its_end_costs_nothing():
    whole = start(QUICK)
    expected = losses(list(train(whole)))
    state, found = start(QUICK), []
    for record in train(state):
        found.append(record)
        if state.step == 3:
            break                                          # all 80 pictures were seen, the validation was not
    found += list(train(state))
    assert losses(found) == expected
    for name, tensor in whole.model.state_dict().items():
        assert state.model.state_dict()[name].equal(tensor)


def test_stopping_during_the_validation_costs_nothing():
    expected = losses(list(train(start(QUICK))))
    state, found = start(QUICK), []
    for record in train(state):
        found.append(record)
        if isinstance(record, Checked):
            break
    found += list(train(state))
    assert losses(found) == expected


def test_one_epoch_of_digits_brings_the_loss_below_guessing():
    records = list(train(start(TrainSpec(dataset="digits", epochs=1))))
    epoch, tested = (next(r for r in records if isinstance(r, kind)) for kind in (Epoch, Final))
    assert losses(records)[0] == pytest.approx(chance_loss(10), abs=0.1)
    assert epoch.validation.loss < chance_loss(10) / 2
    assert tested.test.loss < chance_loss(10) / 2
    assert tested.test.accuracy > 0.5
    assert tested.test.images == 360


@pytest.mark.parametrize("network", MODELS)
def test_every_network_learns_digits(network):
    records = list(train(start(TrainSpec(network=network, dataset="digits", train_images=600, epochs=2))))
    assert next(r for r in records if isinstance(r, Final)).test.loss < chance_loss(10) / 1.5


# the pictures

@pytest.mark.parametrize(("wanted", "fraction", "trained_on", "held_out"), [
    (60000, 0.1, 1294, 143), (100, 0.2, 80, 20), (100, 0.0, 100, 0), (100, 0.5, 50, 50), (10, 0.1, 9, 1), (10, 0.05, 10, 0),
])
def test_the_wanted_number_is_shared_between_training_and_validation(wanted, fraction, trained_on, held_out):
    splits = split(with_(train_images=wanted, val_fraction=fraction))
    assert (len(splits.train), len(splits.validation), len(splits.test)) == (trained_on, held_out, 360)


@pytest.mark.parametrize("seed", [0, 1])
def test_validation_pictures_are_never_trained_on(seed):
    stored = data.load("digits", train=True)
    numbered = dataclasses.replace(stored, labels=torch.arange(len(stored)))               # a label of its own for each picture
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data, "load", lambda key, train: numbered)
        splits = split(with_(train_images=1000, val_fraction=0.3, seed=seed))
    trained_on, held_out = set(splits.train.labels.tolist()), set(splits.validation.labels.tolist())
    assert (len(trained_on), len(held_out)) == (700, 300)
    assert not trained_on & held_out


def test_without_validation_an_epoch_has_no_score():
    epochs = [record for record in train(start(with_(val_fraction=0.0))) if isinstance(record, Epoch)]
    assert [epoch.validation for epoch in epochs] == [None, None]


@pytest.mark.parametrize("network", MODELS)
def test_the_pictures_fit_the_network(network):
    splits, wanted = split(with_(network=network)), MODELS[network]
    assert splits.train.images.shape[1:] == splits.test.images.shape[1:] == (wanted.channels, wanted.size, wanted.size)
    assert splits.fitting == fit_to(data.load("digits", True).images[:1], wanted.channels, wanted.size).steps
    assert len(splits.mean) == len(splits.std) == wanted.channels


def pictures(channels):
    generator = torch.Generator().manual_seed(0)
    return data.ImageSet(torch.randint(0, 256, (4, channels, 6, 6), generator=generator).byte(), torch.zeros(4), ("a",))


def test_the_measured_normalisation_is_the_datasets_for_each_channel():
    assert normalisation(with_(), pictures(1)) == ((0.3053,), (0.3756,))
    assert normalisation(with_(), pictures(3)) == ((0.3053,) * 3, (0.3756,) * 3)
    assert normalisation(with_(dataset="cifar10"), pictures(3)) == ((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616))
    assert normalisation(with_(normalisation="half"), pictures(3)) == ((0.5,) * 3, (0.5,) * 3)
    assert normalisation(with_(normalisation="none"), pictures(1)) == ((0.0,), (1.0,))


def test_colours_that_became_grey_are_measured():
    grey = pictures(1)
    mean, std = normalisation(with_(dataset="cifar10"), grey)
    values = grey.images.double() / 255
    assert mean[0] == pytest.approx(values.mean().item(), abs=1e-6)
    assert std[0] == pytest.approx(values.std().item(), abs=1e-6)


@pytest.mark.parametrize("choice", NORMALISATIONS)
def test_batches_are_normalised_as_asked(choice):
    state = start(with_(normalisation=choice, batch_size=80))
    x, y = next(batches(state))
    mean, std = state.splits.mean[0], state.splits.std[0]
    expected = (state.splits.train.images[state.order].double() / 255 - mean) / std
    torch.testing.assert_close(x.double(), expected, rtol=0, atol=1e-5)
    assert y.equal(state.splits.train.labels[state.order])


@pytest.mark.parametrize("size", [1, 7, 32, 48, 80, 512])
def test_batches_cover_the_order_in_pieces_of_the_batch_size(size):
    state = start(with_(train_images=250, batch_size=size))
    pieces, places = [], []
    for x, y in batches(state):
        pieces.append((x, y))
        places.append(state.position)
    order = state.order.split(size)
    images = (state.splits.train.images.float() / 255 - 0.3053) / 0.3756
    assert len(pieces) == len(order) == state.steps_per_epoch
    for (x, y), chosen in zip(pieces, order, strict=True):
        assert x.equal(images[chosen])
        assert y.equal(state.splits.train.labels[chosen])
    assert places == [min(200, size * (i + 1)) for i in range(len(order))]


def test_steps_per_epoch_count_the_short_last_batch():
    state = start(with_(batch_size=50))
    assert state.steps_per_epoch == math.ceil(80 / 50) == 2
    assert start(with_(batch_size=512)).steps_per_epoch == 1


def test_mnist_needs_1688_steps_for_an_epoch():
    counted = dataclasses.replace(data.load("digits", True), images=torch.zeros(60000, 1, 1, 1), labels=torch.zeros(60000))
    state = start(QUICK)
    state.splits = dataclasses.replace(state.splits, train=counted.pick(torch.arange(54000)))
    assert state.steps_per_epoch == 1688                   # 60,000 less a tenth, in batches of 32: 1687.5


def labelled_by_place(monkeypatch, order: str, seed: int = 0) -> tuple[list[int], list[int], torch.Tensor]:
    """Places in the stored file of the training and the validation pictures, and the stored labels."""
    stored = data.load("digits", train=True)
    numbered = dataclasses.replace(stored, images=torch.arange(len(stored)).view(-1, 1, 1, 1).expand(-1, 1, 28, 28).to(torch.int16))
    monkeypatch.setattr(data, "load", lambda key, train: numbered if train else stored)
    monkeypatch.setattr("core.train._fitted", lambda pictures, channels, size: (pictures, ()))
    splits = split(with_(train_images=1000, order=order, seed=seed))
    return splits.train.images[:, 0, 0, 0].tolist(), splits.validation.images[:, 0, 0, 0].tolist(), stored.labels


def test_the_order_changes_how_pictures_lie_and_not_which_they_are(monkeypatch):
    with pytest.MonkeyPatch.context() as patch:
        shuffled, held_out, labels = labelled_by_place(patch, "shuffled")
    with pytest.MonkeyPatch.context() as patch:
        stored, same, _ = labelled_by_place(patch, "stored")
    by_class, also, _ = labelled_by_place(monkeypatch, "by_class")
    assert held_out == same == also
    assert stored == sorted(shuffled) != shuffled
    assert sorted(by_class) == stored
    assert labels[by_class].tolist() == sorted(labels[shuffled].tolist())


@pytest.mark.parametrize("order", ["stored", "by_class"])
def test_without_shuffling_every_epoch_sees_the_pictures_as_they_lie(order):
    state = start(with_(order=order))
    orders = [state.order.clone() for record in train(state) if isinstance(record, Epoch)]
    assert [each.tolist() for each in orders] == [list(range(80))] * 2


# what is handed to cross_entropy

@pytest.mark.parametrize(("output", "handed"), [
    ("logits", lambda logits: logits), ("softmax", lambda logits: logits.softmax(1)), ("relu", lambda logits: logits.clamp_min(0)),
])
def test_a_step_hands_over_what_was_asked_and_moves_by_its_gradient(output, handed):
    state = start(with_(output=output, optimizer="sgd", momentum=0.0, lr=0.1))
    net, (x, y) = fresh("lenet5", 0), next(batches(state))
    loss = F.cross_entropy(handed(net(x)), y)
    loss.backward()
    assert list(training_step(state, x, y)) == FIVE
    assert state.loss.equal(loss.detach())
    for ours, theirs in zip(state.model.parameters(), net.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs - 0.1 * theirs.grad)


def test_the_test_hands_over_the_same():
    """Where ReLU leaves no logit above zero, the answer is class 0, whichever logit was the largest."""
    state = start(with_(output="relu", epochs=1))
    last = state.model.fc3[0]
    with torch.no_grad():
        last.weight.zero_()
        last.bias.copy_(torch.tensor([-2.0, -2.0, -1.0, *[-2.0] * 7]))     # raw logits would say 2 every time
    state.reached = "accuracy"                             # straight to the test
    tested = list(train(state))[-1].test
    assert tested.correct == int((state.splits.test.labels == 0).sum())
    assert tested.loss == pytest.approx(chance_loss(10))


def test_a_network_never_notices_what_is_done_to_its_output():
    keys = {output: start(with_(output=output)).model.state_dict().keys() for output in ("logits", "softmax", "relu")}
    assert keys["logits"] == keys["softmax"] == keys["relu"] == MODELS["lenet5"].build().state_dict().keys()


# the first weights

@pytest.mark.parametrize("network", MODELS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_dead_class_stays_dead_under_relu_whatever_it_is_shown(network, optimizer):
    state = start(with_(network=network, optimizer=optimizer, first_weights="dead_class", output="relu", lr=0.01, epochs=4))
    last = [module for module in state.model.modules() if isinstance(module, torch.nn.Linear)][-1]
    before = last.weight.detach().clone(), last.bias.detach().clone()
    list(train(state))
    assert last.weight[-1].equal(before[0][-1])            # not by one bit
    assert last.bias[-1].equal(before[1][-1])
    assert not last.weight.equal(before[0])                # the others do learn
    shape = (64, MODELS[network].channels, MODELS[network].size, MODELS[network].size)
    with torch.no_grad():
        anything = state.model(10 * torch.randn(shape, generator=torch.Generator().manual_seed(0)))
    assert anything[:, -1].max() < 0


def test_the_same_weights_learn_all_classes_when_the_logits_are_handed_on():
    records = list(train(start(TrainSpec(first_weights="dead_class", epochs=4))))
    assert next(r for r in records if isinstance(r, Final)).test.accuracy > 0.9


def test_only_the_last_class_differs_from_fresh_weights():
    dead, plain = start(with_(first_weights="dead_class")).model.state_dict(), fresh("lenet5", 0).state_dict()
    for name in ("fc3.0.weight", "fc3.0.bias"):
        assert dead[name][-1].equal(-plain[name][-1].abs())
        assert dead.pop(name)[:-1].equal(plain[name][:-1])
    assert all(tensor.equal(plain[name]) for name, tensor in dead.items())


# the end

def test_a_run_ends_after_the_epoch_that_reaches_the_accuracy():
    reached = start(TrainSpec(dataset="digits", epochs=20, stop_accuracy=0.8))
    records = list(train(reached))
    scores = [record.validation.accuracy for record in records if isinstance(record, Epoch)]
    assert [score >= 0.8 for score in scores] == [False] * (len(scores) - 1) + [True]
    assert isinstance(records[-1], Final)
    assert (reached.reached, reached.step) == ("accuracy", len(scores) * 41)


def test_whoever_drains_the_loop_can_end_it_at_any_step():
    state, seen = start(QUICK), []
    for record in train(state):
        seen.append(type(record))
        if state.step == 2:
            state.reached = "seconds"
    assert seen == [Step, Step, Checked, Final]
    assert list(map(type, train(state))) == [Checked, Final]               # it stays at its end


# what is refused

@pytest.mark.parametrize("field", [name for name, (rule, _) in rules(TrainSpec).items() if isinstance(rule, Choice)])
def test_an_unknown_key_is_refused_in_words(field):
    with pytest.raises(SpecError):
        start(with_(**{field: "nonsense"}))


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_refused(device, monkeypatch):
    monkeypatch.setattr(getattr(torch, device), "is_available", lambda: False)
    with pytest.raises(SpecError, match=f"no_device value={device}"):
        start(with_(device=device))


def test_a_missing_dataset_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("FIRSTLIGHT_DATA", str(tmp_path))
    with pytest.raises(SpecError, match="dataset_missing value=mnist"):
        start(with_(dataset="mnist"))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
def test_a_gpu_learns_the_same_within_rounding():
    on_cpu, on_gpu = start(with_(optimizer="sgd")), start(with_(optimizer="sgd", device="cuda"))
    expected, found = losses(list(train(on_cpu))), losses(list(train(on_gpu)))
    assert found == pytest.approx(expected, rel=1e-2)
    assert next(on_gpu.model.parameters()).device.type == on_gpu.splits.train.images.device.type == "cuda"
