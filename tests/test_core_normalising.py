"""Three short runs side by side: each does exactly what it would do alone."""

import math
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

from core import data, fields
from core.data import DATASETS
from core.data.vision import CIFAR10_CLASSES
from core.images import channel_stats, counted_stats
from core.normalising import (
    SAME,
    SHORT,
    TEXTS,
    WAYS,
    Judged,
    Short,
    behind,
    border,
    by_one_run,
    by_seeds,
    judge,
    short,
    side_by_side,
    texts_key,
    together,
)
from core.report import Report, every, reports
from core.train import NORMALISATIONS, TrainSpec, start, train
from core.train import Tested as Final
from jobs.kinds.byte_counts import ByteCountsJob
from jobs.kinds.normalisation import NormalisationJob

SMALL = TrainSpec(optimizer="sgd", lr=0.01, epochs=1, train_images=60, batch_size=16)


@pytest.fixture(autouse=True)
def as_in_a_process_of_its_own(monkeypatch):
    monkeypatch.setattr("jobs.kinds.normalisation.for_one_run", lambda spec: None)


@pytest.fixture(scope="module")
def told():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jobs.kinds.normalisation.for_one_run", lambda spec: None)
        job = NormalisationJob(vars(SMALL))
        yield [record for record in job.records() if record is not None], job.progress()


def test_each_way_gives_the_losses_and_the_accuracy_of_a_run_of_its_own(told):
    records, _ = told
    for way in WAYS:
        alone = start(replace(SMALL, normalisation=way))
        expected = list(reports(train(alone), every(alone.total_steps)))
        losses = [record["loss"][way] for record in records if record["type"] == "loss"]
        assert losses == [record.loss for record in expected if isinstance(record, Report)]
        assert records[-1]["accuracy"][way] == next(r.test.accuracy for r in expected if isinstance(r, Final))


def test_the_job_tells_its_start_the_losses_and_the_tests(told):
    records, progress = told
    assert [record["type"] for record in records] == ["start", *["loss"] * 4, "test"]
    assert records[0]["chance_loss"] == pytest.approx(math.log(10))
    assert records[0]["images"] == 54                                      # a tenth of 60 is set aside
    assert progress == (12, 12)                                            # three times four steps


def test_nothing_differs_but_the_two_numbers_of_normalize():
    states = side_by_side(SMALL)
    assert [state.splits.mean for state in states.values()] == [(0.0,), (0.5,), (0.3053,)]
    first, *others = states.values()
    for other in others:
        assert first.splits.train.images.equal(other.splits.train.images)
        assert all(a.equal(b) for a, b in zip(first.model.parameters(), other.model.parameters(), strict=True))


def test_records_of_all_three_are_of_one_kind():
    assert all(len({type(record) for record in each.values()}) == 1 for each in together(side_by_side(replace(SMALL, train_images=20))))


@pytest.mark.parametrize("key", DATASETS)
def test_what_is_offered_for_a_dataset_is_allowed(key):
    offered = short(key)
    fields.check(offered.spec)
    assert offered.spec.dataset == key
    assert set(WAYS) == set(NORMALISATIONS)
    assert all(set(one.tried) == set(WAYS) and {len(found) for found in one.tried.values()} == {5} for one in SHORT.values())


@pytest.mark.parametrize(("tried", "said"), [
    ({"none": (0.1, 0.3), "half": (0.2, 0.5), "measured": (0.4, 0.6)}, "clear"),
    ({"none": (0.1, 0.5), "half": (0.2, 0.5), "measured": (0.4, 0.6)}, "overlap"),
    ({"none": (0.1, 0.12), "half": (0.11, 0.12), "measured": (0.1, 0.13)}, "nothing")])
def test_the_verdict_compares_bands_and_not_single_runs(tried, said):
    assert Short(SMALL, tried).verdict == said


def test_on_digits_half_and_measured_cannot_be_told_apart_by_one_run():
    assert short("digits").overlap("half", "measured")
    assert short("digits").verdict == "clear"
    assert short("fake").verdict == "nothing"


# the answer

def shares(p: tuple[float, ...], images: int, runs: int) -> list[dict[str, float]]:
    """Accuracies of so many runs whose ways get each test picture right with these probabilities, and by nothing but chance."""
    each = torch.tensor(p, dtype=torch.float64).expand(runs, len(p)).contiguous()
    counted = torch.binomial(torch.full_like(each, images), each, generator=torch.Generator().manual_seed(0))
    return [dict(zip(WAYS, row, strict=True)) for row in (counted / images).tolist()]


@pytest.mark.parametrize("p", [0.1, 0.2, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("images", [40, 360, 1305, 10000])
def test_of_equal_ways_one_run_seldom_names_a_best_one(images, p):
    judged = [by_one_run(run, images) for run in shares((p,) * 3, images, 1000)]
    assert sum(found != Judged((), (*WAYS, SAME)) for found in judged) < 60            # of 1000; with a fixed border of 0.02 up to 890


@pytest.mark.parametrize("images", [40, 360, 1305, 10000])
def test_a_large_difference_is_told_by_one_run_of_any_size(images):
    judged = [by_one_run(run, images) for run in shares((0.3, 0.3, 0.8), images, 1000)]
    assert sum(found == Judged(("measured",)) for found in judged) > 930


def test_the_border_is_two_points_and_the_spread_of_three_shares():
    run = {"none": 0.5, "half": 0.5, "measured": 0.5}
    assert border(run, 10000) == pytest.approx(0.02 + 3.31 * 0.005)        # √(0.5 · 0.5 / 10000)
    assert border(run, 40) > 0.28


def test_what_comes_within_the_border_of_the_best_is_open():
    assert by_one_run({"none": 0.5, "half": 0.89, "measured": 0.9}, 10000) == Judged((), ("half", "measured"))
    assert by_one_run({"none": 0.5, "half": 0.8, "measured": 0.9}, 10000) == Judged(("measured",))
    assert by_one_run({"none": 0.5, "half": 0.8, "measured": 0.9}, 40) == Judged((), ("half", "measured"))
    assert by_one_run({"none": 0.8, "half": 0.8, "measured": 0.9}, 40) == Judged((), (*WAYS, SAME))
    assert behind({"none": 0.5, "half": 0.89, "measured": 0.9}, 0.02) == ("half", "measured")


@pytest.mark.parametrize(("key", "right", "still_open"), [
    ("digits", ("measured",), ("half",)), ("digits_in_order", ("measured",), ("none", "half")), ("patches", ("measured",), ("half",)),
    ("mnist", ("measured",), ("half",)), ("cifar10", ("half", "measured"), ()), ("fake", (SAME,), ())])
def test_where_five_seeds_were_tried_they_decide_whatever_one_run_says(key, right, still_open):
    lucky = {"none": 0.95, "half": 0.4, "measured": 0.3}
    assert judge(short(key), lucky, 10000) == by_seeds(short(key)) == Judged(right, still_open)


def test_where_no_seed_was_tried_the_run_itself_decides():
    assert judge(Short(SMALL, {}), {"none": 0.95, "half": 0.4, "measured": 0.3}, 10000) == Judged(("none",))


# the introductions' numbers

def test_the_introductions_constants_are_those_that_firstlight_normalises_with():
    printed = {"cifar10": ((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)), "mnist": ((0.1307,), (0.3081,))}
    assert {key: (data.info(key).mean, data.info(key).std) for key in TEXTS} == printed


COPIES = {"classes": tuple(reversed(CIFAR10_CLASSES)), "channels": 3, "side": 32, "train": 50000, "test": 10000,
          "mean": (0.4917, 0.4823, 0.4467), "std": (0.2460, 0.2425, 0.2600)}


@pytest.mark.parametrize(("changes", "like"), [
    ({}, "cifar10"), ({"train": 500, "test": 100}, "zip.0123456789abcdef"), ({"test": 9999}, "zip.0123456789abcdef"),
    ({"mean": (0.45, 0.4823, 0.4467)}, "zip.0123456789abcdef"), ({"classes": tuple("0123456789")}, "zip.0123456789abcdef"),
    ({"channels": 1, "mean": (0.4917,)}, "zip.0123456789abcdef")])
def test_only_the_whole_of_cifar10_passes_for_a_copy_of_it(changes, like, monkeypatch):
    monkeypatch.setattr(data.kept, "about", lambda key: SimpleNamespace(**COPIES | changes))
    assert texts_key("zip.0123456789abcdef") == like
    assert bool(short("zip.0123456789abcdef").tried) == (like == "cifar10")


def test_the_byte_counts_of_a_job_give_the_datasets_mean_and_std():
    job = ByteCountsJob({"dataset": "digits", "images": 1437})
    *_, last = job.records()
    mean, std = counted_stats(torch.tensor(last["counts"]))
    assert (mean.item(), std.item()) == tuple(numbers.item() for numbers in channel_stats(data.load("digits", train=True).images))
    assert job.progress() == (1437, 1437)
