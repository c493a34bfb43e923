"""What each kind of job tells and leaves behind, without a service around it."""

import dataclasses
import json

import pytest
import torch

from core import weights
from core.data import load
from core.errors import SpecError
from core.images import fit_to
from core.models import fresh
from core.train import TrainSpec, start
from jobs import client
from jobs.artifacts import CHECKPOINT, WEIGHTS
from jobs.kinds.evaluation import EvaluateJob
from jobs.kinds.loader_timing import LoaderTimingJob
from jobs.kinds.train import TrainJob


@pytest.fixture(autouse=True)
def as_in_a_process_of_its_own(tmp_path, monkeypatch):
    """A worker sets its process up for one run; a test sets it back."""
    monkeypatch.setenv("FIRSTLIGHT_HOME", str(tmp_path))
    monkeypatch.setattr("jobs.kinds.train.for_one_run", lambda spec: None)


def told(job):
    return [record for record in job.records() if record is not None]


def test_training_tells_its_start_losses_epochs_and_test_as_plain_json():
    job = TrainJob(dataclasses.asdict(TrainSpec(epochs=2, train_images=200, batch_size=16)))
    records = told(job)
    assert json.loads(json.dumps(records)) == records
    kinds = [record["type"] for record in records]
    assert kinds[0] == "start"
    assert kinds.count("loss") == records[0]["total_steps"] == 24          # 180 pictures in batches of 16: 12 steps, twice
    assert kinds.count("epoch") == 2
    assert kinds[-1] == "test"
    assert records[-1]["images"] == 360
    assert job.progress() == (24, 24)


def test_without_validation_the_training_loss_tells_whether_it_learns():
    spec = TrainSpec(epochs=1, train_images=100, val_fraction=0.0, lr=1e-5)
    records = told(TrainJob(dataclasses.asdict(spec)))
    losses = [record["loss"] for record in records if record["type"] == "loss"]
    epoch = next(record for record in records if record["type"] == "epoch")
    assert epoch["val_loss"] is None
    assert epoch["judged_loss"] == pytest.approx(sum(losses) / len(losses))
    assert epoch["learning"] == (epoch["judged_loss"] < 2.302585)


@pytest.mark.parametrize(("network", "lr"), [("lenet5", 10.0), ("lenet", 1.0)])
def test_after_an_infinite_loss_the_kept_weights_still_compute(network, lr, tmp_path):
    spec = TrainSpec(network=network, optimizer="sgd", lr=lr, epochs=3)
    job = TrainJob(dataclasses.asdict(spec))
    with pytest.raises(SpecError, match="non_finite_loss"):
        told(job)
    job.save(tmp_path)
    kept = weights.from_bytes((tmp_path / WEIGHTS).read_bytes(), network)
    splits = start(spec).splits
    x = (splits.train.images[:32].float() / 255 - splits.mean[0]) / splits.std[0]
    loss = torch.nn.functional.cross_entropy(kept(x), splits.train.labels[:32])
    assert loss.isfinite()


def test_a_saved_run_goes_on_where_it_stopped(tmp_path):
    spec = dataclasses.asdict(TrainSpec(epochs=2, train_images=100))
    whole = told(TrainJob(spec))
    job, records = TrainJob(spec), []
    for record in job.records():
        records.append(record)
        if record and record["type"] == "epoch":
            break
    job.save(tmp_path)
    assert (tmp_path / CHECKPOINT).is_file()
    rest = told(TrainJob(spec, tmp_path))
    assert rest[1:] == whole[len([r for r in records if r]):]


def test_evaluation_counts_right_answers_on_the_whole_test_set():
    model = fresh("lenet5", 0)
    run = client.put("a" * 32, WEIGHTS, weights.as_safetensors(model, {"network": "lenet5", "mean": "0.5", "std": "0.5"}))
    record = told(EvaluateJob({"network": "lenet5", "dataset": "digits", "weights": run}))[-1]
    test = load("digits", train=False)
    x = (fit_to(test.images, 1, 28).images.float() / 255 - 0.5) / 0.5      # as the file says
    assert record["correct"] == int((model.eval()(x).argmax(1) == test.labels).sum())
    assert record["images"] == 360


def test_evaluation_of_weights_that_are_gone_says_so():
    with pytest.raises(SpecError, match="weights_gone"):
        EvaluateJob({"network": "lenet5", "dataset": "digits", "weights": "deadbeef"})


def test_timing_goes_through_the_loader_that_was_asked_for():
    job = LoaderTimingJob({"dataset": "digits", "batch_size": 64, "shuffle": False, "workers": 0})
    record = told(job)[-1]
    assert record["batches"] == 23
    assert job.loader.batch_size == 64
    assert record["images_per_s"] > 0
