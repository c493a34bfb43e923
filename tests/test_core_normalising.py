"""Three short runs side by side: each does exactly what it would do alone."""

import math
from dataclasses import replace

import pytest
import torch

from core import data, fields
from core.data import DATASETS
from core.images import channel_stats, counted_stats
from core.normalising import SHORT, TEXTS, WAYS, Short, best, short, side_by_side, together
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


def test_of_accuracies_closer_than_two_points_none_is_the_best():
    assert best({"none": 0.5, "half": 0.89, "measured": 0.9}) == ("half", "measured")
    assert best({"none": 0.5, "half": 0.8, "measured": 0.9}) == ("measured",)


def test_the_introductions_constants_are_those_that_firstlight_normalises_with():
    for key, printed in TEXTS.items():
        assert printed == (data.info(key).mean, data.info(key).std)


def test_the_byte_counts_of_a_job_give_the_datasets_mean_and_std():
    job = ByteCountsJob({"dataset": "digits", "images": 1437})
    *_, last = job.records()
    mean, std = counted_stats(torch.tensor(last["counts"]))
    assert (mean.item(), std.item()) == tuple(numbers.item() for numbers in channel_stats(data.load("digits", train=True).images))
    assert job.progress() == (1437, 1437)
