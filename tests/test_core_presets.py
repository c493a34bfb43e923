"""Presets and working settings: each spec is one that a learner could have set, and gives what its band promises."""

import dataclasses
import os

import pytest

from core.data import vision
from core.evaluate import evaluate
from core.fields import clamped
from core.models import MODELS
from core.optimizers import OPTIMIZERS
from core.presets import PRESETS, WORKING, Preset, works
from core.train import Tested as Final  # pytest would take a class Test... for tests
from core.train import TrainSpec, start, train

SLACK = 0.06                                               # beyond the band on each side: other versions of PyTorch, other processors
CHEAP = [key for key, preset in PRESETS.items() if preset.spec.batch_size >= 32]


def test_each_preset_was_tried_with_five_seeds():
    """Reads the table only; what stands there is measured by `benchmarks.settings`, and one seed of it below."""
    assert all(len(preset.tried) == len(preset.trained) == 5 for preset in PRESETS.values())
    assert len(CHEAP) == len(PRESETS) - 1


@pytest.mark.parametrize("key", PRESETS)
def test_a_preset_can_be_set_by_hand(key):
    spec = PRESETS[key].spec
    assert clamped(TrainSpec, dataclasses.asdict(spec)) == (spec, [])
    assert spec.dataset == "digits"                        # comes with Firstlight
    assert spec.seed == 0


def test_the_band_goes_from_the_worst_to_the_best_seed():
    preset = Preset(TrainSpec(), (0.5, 0.25, 0.75), (1.0, 0.5, 0.75))
    assert preset.band == (0.25, 0.75)
    assert preset.trained_band == (0.5, 1.0)


@pytest.mark.parametrize("key", CHEAP)
def test_one_seed_ends_within_the_band(key):
    preset = PRESETS[key]
    state = start(dataclasses.replace(preset.spec, seed=1))
    tested = next(record.test for record in train(state) if isinstance(record, Final))
    known, splits = state.splits.train, state.splits
    *_, last = evaluate(state.model, known.images, known.labels, splits.mean, splits.std, output=preset.spec.output)
    for found, (low, high) in ((tested.accuracy, preset.band), (last.score.accuracy, preset.trained_band)):
        assert low - SLACK <= found <= high + SLACK


def test_the_figures_teach_what_the_presets_are_for():
    """Reads the table only: nothing is trained here."""
    band = {key: preset.band for key, preset in PRESETS.items()}
    assert band["default"][0] > 0.95
    assert band["big_lr"][1] < band["default"][0] - 0.2
    assert band["few_updates_32"][1] < band["few_updates_4"][0]
    assert PRESETS["overfit"].trained_band == (1.0, 1.0)
    assert band["overfit"][1] < 0.7
    assert band["by_class"][1] < 0.3
    assert band["softmax_twice"][1] < min(WORKING["lenet5", "digits", "sgd"].tried) - 0.1  # the same but for the output
    assert sum(PRESETS["norm_none"].tried) < sum(PRESETS["norm_half"].tried) < sum(PRESETS["norm_measured"].tried)
    assert band["plain_high_lr"][1] < band["bn_high_lr"][0] - 0.1
    assert band["dead_class"][1] < 0.9                     # nine classes of ten at most


def test_pairs_differ_in_one_setting_only():
    for one, other, name in (("few_updates_32", "few_updates_4", "batch_size"), ("plain_high_lr", "bn_high_lr", "network"),
                             ("norm_none", "norm_half", "normalisation"), ("norm_half", "norm_measured", "normalisation")):
        a, b = (dataclasses.asdict(PRESETS[key].spec) for key in (one, other))
        assert [field for field in a if a[field] != b[field]] == [name]


# what works

def test_every_network_has_a_setting_that_works_on_digits_with_every_optimizer():
    assert {(network, "digits", optimizer) for network in MODELS for optimizer in OPTIMIZERS} <= set(WORKING)
    assert {("lenet5", "mnist", optimizer) for optimizer in OPTIMIZERS} <= set(WORKING)


@pytest.mark.parametrize("key", WORKING, ids=" ".join)
def test_what_works_worked_with_all_five_seeds(key):
    """Reads the table only: nothing is trained here."""
    assert len(WORKING[key].tried) == 5
    assert min(WORKING[key].tried) > 0.85


def test_the_words_name_the_specs_own_optimizer_first():
    assert works(TrainSpec(optimizer="sgd")) == "sgd lr=0.01 momentum=0.9 batch_size=32; adam lr=0.002 batch_size=32"
    assert works(TrainSpec(optimizer="adam")).startswith("adam lr=0.002 batch_size=32; sgd")


@pytest.mark.parametrize("network", ["edited.1x28.6k5.16k5.max2.tanh.120.84", "edited.3x32.8k3.16k3.average2.gelu.60.84"])
@pytest.mark.parametrize("dataset", ["digits", "mnist"])
def test_an_edited_network_gets_what_works_for_lenet5_and_the_words_say_so(dataset, network):
    for optimizer in OPTIMIZERS:
        theirs = works(TrainSpec(network="lenet5", dataset=dataset, optimizer=optimizer))
        assert works(TrainSpec(network=network, dataset=dataset, optimizer=optimizer)) == f"lenet5: {theirs}"


def test_where_a_dataset_was_not_tried_the_words_say_which_was():
    assert works(TrainSpec(dataset="cifar10", network="cifar_net")).startswith("digits: adam lr=")


@pytest.mark.parametrize("key", [key for key in WORKING if key[1] == "digits"], ids=" ".join)
def test_one_seed_of_what_works_works(key):
    """Four epochs are enough to see it learn."""
    network, dataset, optimizer = key
    known = WORKING[key]
    spec = TrainSpec(network=network, dataset=dataset, optimizer=optimizer, lr=known.lr, batch_size=known.batch_size, epochs=4)
    assert next(record.test for record in train(start(spec)) if isinstance(record, Final)).accuracy > 0.5


@pytest.mark.skipif(not (os.environ.get("FIRSTLIGHT_DATA") and vision.has_mnist()),
                    reason="needs MNIST: set FIRSTLIGHT_DATA to a folder with torchvision/MNIST/raw")
def test_a_row_for_mnist_holds_with_another_seed_too():
    known = WORKING["lenet5", "mnist", "adam"]
    spec = TrainSpec(dataset="mnist", lr=known.lr, batch_size=known.batch_size, epochs=known.epochs, train_images=known.train_images,
                     seed=5)
    found = next(record.test for record in train(start(spec)) if isinstance(record, Final)).accuracy
    assert min(known.tried) - SLACK <= found <= max(known.tried) + SLACK
