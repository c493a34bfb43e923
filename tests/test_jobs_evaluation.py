"""A run before the whole test set, as a job: what it counts, what it keeps, and on which pictures."""

import dataclasses
import json

import pytest
import torch
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss

from core import mistakes, weights
from core.evaluate import OUTPUTS
from core.models import fresh
from core.train import TrainSpec, split
from jobs import client
from jobs.artifacts import PREDICTIONS, WEIGHTS
from jobs.kinds.evaluation import EvaluateJob
from tests.stored_runs import own_store, trained

LEARNER = "a" * 32


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    own_store(tmp_path, monkeypatch)


def spec_of(run: str) -> dict:
    found = client.status(run)
    return {"network": found.spec["network"], "dataset": found.spec["dataset"], "weights": run, "trained": found.spec}


def told(job: EvaluateJob) -> dict:
    return [record for record in job.records() if record is not None][-1]


def logits_of(run: str, images: torch.Tensor) -> torch.Tensor:
    """By the plain formulas."""
    raw = client.artifact(run, WEIGHTS).read_bytes()
    said = weights.header(raw)
    mean, std = (torch.tensor([float(number) for number in said[name].split(",")]).view(-1, 1, 1) for name in ("mean", "std"))
    x = (images.float() / 255 - mean) / std          # (N, C, H, W), (C, 1, 1)
    with torch.no_grad():
        return weights.from_bytes(raw, client.status(run).spec["network"])(x)


def test_test_and_training_scores_equal_sklearns(tmp_path):
    run = trained(LEARNER, epochs=3)
    job = EvaluateJob(spec_of(run))
    record = told(job)
    assert json.loads(json.dumps(record)) == record
    splits = split(TrainSpec(train_images=100, epochs=3))
    for pictures, prefix in ((splits.test, ""), (splits.train, "train_")):
        logits = logits_of(run, pictures.images)
        assert record[f"{prefix}images"] == len(pictures)
        assert record[f"{prefix}correct"] / len(pictures) == accuracy_score(pictures.labels, logits.argmax(1))
        assert record[f"{prefix}loss"] == pytest.approx(log_loss(pictures.labels, logits.double().softmax(1), labels=range(10)), rel=1e-4)
    assert (record["images"], record["train_images"], record["classes"]) == (360, 90, 10)      # 10 of 100 were for validation
    assert job.progress() == (450, 450)
    trains_own = next(event.record for event in client.events(run) if event.record["type"] == "test")
    assert record["correct"] == trains_own["correct"]


def test_an_edited_network_with_three_channels_is_tested_as_it_was_trained():
    run = trained(LEARNER, network="edited.3x32.6k5.16k5.max2.relu.120.84")
    record = told(EvaluateJob(spec_of(run)))
    test = split(TrainSpec(network="edited.3x32.6k5.16k5.max2.relu.120.84")).test
    assert test.images.shape == (360, 3, 32, 32)
    logits = logits_of(run, test.images)
    assert record["loss"] == pytest.approx(log_loss(test.labels, logits.double().softmax(1), labels=range(10)), rel=1e-4)
    assert record["correct"] == int((logits.argmax(1) == test.labels).sum())


def test_every_answer_is_kept_in_the_order_of_the_test_set(tmp_path):
    run = trained(LEARNER)
    job = EvaluateJob(spec_of(run))
    told(job)
    job.save(tmp_path / "kept")
    kept = mistakes.from_bytes((tmp_path / "kept" / PREDICTIONS).read_bytes())
    test = split(TrainSpec()).test
    logits = logits_of(run, test.images)
    assert kept.labels.equal(test.labels)
    assert kept.predicted.equal(logits.argmax(1))
    torch.testing.assert_close(kept.probs, logits.softmax(1), atol=5e-4, rtol=0)
    expected = confusion_matrix(test.labels, logits.argmax(1), labels=range(10))
    assert mistakes.confusion(kept.labels, kept.predicted, 10).tolist() == expected.tolist()


def test_an_evaluation_that_was_stopped_keeps_no_half_answers(tmp_path):
    job = EvaluateJob(spec_of(trained(LEARNER)))
    next(job.records())
    job.save(tmp_path / "kept")
    assert not (tmp_path / "kept" / PREDICTIONS).exists()


@pytest.mark.parametrize("output", OUTPUTS)
def test_what_came_out_is_treated_as_in_training(output):
    run = trained(LEARNER, output=output)
    job = EvaluateJob(spec_of(run))
    record = told(job)
    test = split(TrainSpec()).test
    logits = logits_of(run, test.images)
    handed = {"logits": logits, "softmax": logits.softmax(1), "relu": logits.relu()}[output]
    assert record["loss"] == pytest.approx(torch.nn.functional.cross_entropy(handed, test.labels).item(), rel=1e-4)
    assert record["correct"] == int((handed.argmax(1) == test.labels).sum())
    expected = handed if output == "softmax" else handed.softmax(1)
    torch.testing.assert_close(job.answers.probs, expected)


def test_of_a_sorted_training_set_pictures_of_all_classes_are_asked():
    spec = dataclasses.asdict(TrainSpec(order="by_class"))
    kept = client.put(LEARNER, WEIGHTS, weights.as_safetensors(fresh("lenet5", 0), {"mean": "0.5", "std": "0.5"}))
    (_, _), (images, labels) = EvaluateJob({"network": "lenet5", "dataset": "digits", "weights": kept, "trained": spec}).pictures()
    assert len(images) == 324                          # every fourth of 1,294
    assert labels.bincount(minlength=10).min() > 20


def test_weights_of_unknown_origin_are_tested_and_nothing_more():
    kept = client.put(LEARNER, WEIGHTS, weights.as_safetensors(fresh("lenet", 0), {}))
    record = told(EvaluateJob({"network": "lenet", "dataset": "digits", "weights": kept}))
    assert record["images"] == 360
    assert record["train_images"] is record["train_correct"] is record["train_loss"] is None
