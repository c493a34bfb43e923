"""What each kind of job tells and leaves behind, without a service around it."""

import dataclasses
import json
import multiprocessing
import os
import sys
from pathlib import Path

import pytest
import torch

from core import snapshot, weights
from core.data import kept, load
from core.data.imageset import ImageSet
from core.errors import SpecError
from core.images import fit_to
from core.models import fresh
from core.presets import works
from core.train import Epoch, TrainSpec, start, training_step
from jobs import client
from jobs.artifacts import CHECKPOINT, WEIGHTS
from jobs.kinds import loader_timing
from jobs.kinds.evaluation import EvaluateJob
from jobs.kinds.gather import GatherJob
from jobs.kinds.loader_timing import LoaderTimingJob
from jobs.kinds.train import TrainJob, _some
from tests.zips import pets, zipped


@pytest.fixture(autouse=True)
def as_in_a_process_of_its_own(tmp_path, monkeypatch):
    """A worker sets its process up for one run; a test sets it back."""
    monkeypatch.setenv("FIRSTLIGHT_HOME", str(tmp_path))
    monkeypatch.setattr("jobs.kinds.train.for_one_run", lambda spec: None)


def told(job):
    return [record for record in job.records() if record is not None]


def timeless(records):
    """Without what depends on how fast the machine is."""
    return [{name: value for name, value in record.items() if name != "images_per_s"} for record in records]


def of_type(records, kind):
    return [record for record in records if record["type"] == kind]


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
    start = {"type": "start", "classes": 10, "total_steps": 24, "steps_per_epoch": 12, "batch_size": 16, "images": 180}
    assert records[0] == {**start, "chance_loss": pytest.approx(2.302585)}
    assert "snapshot" not in kinds                                         # nobody said where to


def test_a_report_says_at_which_lr_and_how_fast():
    spec = TrainSpec(epochs=2, train_images=200, batch_size=16, optimizer="sgd", lr=0.01, momentum=0.5)
    records = told(TrainJob(dataclasses.asdict(spec)))
    losses = of_type(records, "loss")
    assert {(record["lr"], record["momentum"], record["steps"]) for record in losses} == {(0.01, 0.5, 1)}
    assert all(10 < record["images_per_s"] < 10**6 for record in losses)
    adam = told(TrainJob(dataclasses.asdict(TrainSpec(epochs=1, train_images=20))))
    assert of_type(adam, "loss")[0]["momentum"] is None                    # it has none


def test_images_per_s_count_what_the_steps_really_saw(monkeypatch):
    """A clock that adds one second whenever it is read: each window then takes exactly one second."""
    seconds = iter(range(10**6))
    monkeypatch.setattr("jobs.kinds.train.time.monotonic", lambda: float(next(seconds)))
    records = told(TrainJob(dataclasses.asdict(TrainSpec(epochs=2, train_images=100, val_fraction=0.2, batch_size=32))))
    assert [record["images_per_s"] for record in of_type(records, "loss")] == [32, 32, 16] * 2


def test_an_epoch_tells_how_well_its_own_pictures_are_known():
    job = TrainJob(dataclasses.asdict(TrainSpec(epochs=1, train_images=200)))
    epoch = of_type(told(job), "epoch")[0]
    state = job.state
    train, model = state.splits.train, state.model.eval()                  # 180 pictures: all of them are looked at
    x = (train.images.float() / 255 - state.splits.mean[0]) / state.splits.std[0]
    with torch.no_grad():
        logits = model(x)
    assert epoch["train_accuracy"] == pytest.approx((logits.argmax(1) == train.labels).float().mean().item())
    assert epoch["train_loss"] == pytest.approx(torch.nn.functional.cross_entropy(logits, train.labels).item(), rel=1e-4)


def test_of_a_sorted_training_set_pictures_of_all_classes_are_looked_at():
    job = TrainJob(dataclasses.asdict(TrainSpec(order="by_class")))
    looked_at = _some(job.state.splits.train)
    assert len(looked_at) == 432                                           # every third of 1,294
    assert looked_at.class_counts().min() > 30


def test_dead_channels_are_told_with_the_epoch():
    job = TrainJob(dataclasses.asdict(TrainSpec(epochs=1, train_images=40, lr=1e-5)))
    with torch.no_grad():
        job.state.model.conv1[0].bias[2] = job.state.model.conv2[0].bias[7] = -1000.0
    dead = of_type(told(job), "epoch")[0]["dead"]
    assert set(dead) == {"conv1", "conv2"}
    assert 2 in dead["conv1"]
    assert 7 in dead["conv2"]


@pytest.mark.parametrize("which", ["train", "test"])
def test_a_channel_that_one_training_or_test_picture_wakes_is_not_dead(which):
    job = TrainJob(dataclasses.asdict(TrainSpec(epochs=1, train_images=40, lr=1e-5, normalisation="none")))
    model, splits = job.state.model, job.state.splits
    dark = {name: ImageSet(torch.zeros_like(each.images), each.labels, each.classes)
            for name, each in (("train", splits.train), ("test", splits.test))}
    job.state.splits = dataclasses.replace(splits, **dark)
    with torch.no_grad():
        model.conv1[0].weight[2], model.conv1[0].bias[2] = 1.0, -1.0       # the sum of 25 pixels, less one
    assert 2 in job._epoch(Epoch(1, 1, None))[0]["dead"]["conv1"]
    dark[which].images[0, 0, 10:16, 10:16] = 255
    assert 2 not in job._epoch(Epoch(1, 1, None))[0]["dead"]["conv1"]


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
    with pytest.raises(SpecError, match="non_finite_loss") as refused:
        told(job)
    assert refused.value.facts["works"] == works(spec) != ""
    job.save(tmp_path)
    kept = weights.from_bytes((tmp_path / WEIGHTS).read_bytes(), network)
    splits = start(spec).splits
    x = (splits.train.images[:32].float() / 255 - splits.mean[0]) / splits.std[0]
    loss = torch.nn.functional.cross_entropy(kept(x), splits.train.labels[:32])
    assert loss.isfinite()


CUT = {
    "adam": TrainSpec(epochs=2, train_images=60, batch_size=16),
    "sgd": TrainSpec(epochs=2, train_images=60, batch_size=16, optimizer="sgd", lr=0.01, output="softmax", order="by_class"),
    "batch norm": TrainSpec(epochs=2, train_images=60, batch_size=16, network="lenet5_bn", optimizer="sgd", lr=0.01),
    "batch norm, adam": TrainSpec(epochs=2, train_images=60, batch_size=16, network="lenet5_bn"),
    "no validation": TrainSpec(epochs=2, train_images=50, batch_size=16, val_fraction=0.0),
    "long windows": TrainSpec(epochs=2, train_images=100, val_fraction=0.2, batch_size=4, optimizer="sgd"),
    "reached": TrainSpec(epochs=3, train_images=60, batch_size=16, stop_accuracy=0.01),
    "loader": TrainSpec(epochs=2, train_images=60, batch_size=16, loop="loader"),
    "by hand": TrainSpec(epochs=2, train_images=60, batch_size=16, loop="by_hand", optimizer="sgd", lr=0.01),
}


@pytest.mark.parametrize("spec", CUT.values(), ids=CUT)
def test_a_run_saved_after_any_record_tells_the_rest_and_learns_the_same(spec, tmp_path, monkeypatch):
    few = load("digits", train=False).pick(slice(20))      # tested often, so on few pictures
    monkeypatch.setattr("core.train.data.load", lambda key, train: load(key, train) if train else few)
    monkeypatch.setattr("jobs.kinds.train.every", lambda total: 7 if spec == CUT["long windows"] else 1)
    whole, watched = TrainJob(dataclasses.asdict(spec)), TrainJob(dataclasses.asdict(spec))
    whole.folder, watched.folder = tmp_path / "whole", tmp_path / "watched"
    records, cuts = told(whole), [(0, tmp_path / "before")]
    watched.save(cuts[0][1])
    for number, record in enumerate(watched.records()):    # also after those that tell nothing
        cuts.append((cuts[-1][0] + (record is not None), tmp_path / str(number)))
        watched.save(cuts[-1][1])
    kept = snapshot.saved_steps(whole.folder)
    assert len(cuts) > len(records) > 10
    for already, folder in cuts:
        rest = TrainJob(dataclasses.asdict(spec), folder)
        rest.folder = watched.folder                       # as the run's next attempt: snapshots of the first one lie there
        again = told(rest)
        assert timeless(again) == timeless(records[already:] or records[-1:])              # at the very end it is tested once more
        assert all(rest.state.model.state_dict()[name].equal(tensor) for name, tensor in whole.state.model.state_dict().items())
        assert snapshot.saved_steps(watched.folder) == kept
    for name in map(snapshot.file_name, kept):
        assert (watched.folder / name).read_bytes() == (whole.folder / name).read_bytes()


def test_a_saved_run_goes_on_from_its_last_checkpoint_with_the_lr_it_had_then(tmp_path):
    spec = dataclasses.asdict(TrainSpec(epochs=1, train_images=200, optimizer="sgd", lr=0.01))
    job = TrainJob(spec)
    records = job.records()
    while next(records)["type"] != "loss":
        pass
    job.command("set", {"lr": 0.003, "momentum": 0.2})
    job.save(tmp_path)
    assert (tmp_path / CHECKPOINT).is_file()
    rest = of_type(told(TrainJob(spec, tmp_path)), "loss")
    assert {(record["lr"], record["momentum"]) for record in rest} == {(0.003, 0.2)}
    assert timeless(rest) == timeless(of_type([r for r in records if r], "loss"))


# changed while it runs

def at_work(**changes):
    """A job after its first report, and the rest of its records."""
    job = TrainJob(dataclasses.asdict(TrainSpec(epochs=1, train_images=200, **changes)))
    records = (record for record in job.records() if record)
    assert [next(records)["type"] for _ in range(2)] == ["start", "loss"]
    return job, records


def test_a_new_lr_is_told_and_used_from_the_next_step_on():
    job, records = at_work(optimizer="sgd", lr=0.01, momentum=0.0)
    assert job.command("set", {"lr": 0.05}) == [{"type": "changed", "step": 1, "name": "lr", "value": 0.05}]
    before = [p.detach().clone() for p in job.state.model.parameters()]
    assert next(records)["lr"] == 0.05
    for old, p in zip(before, job.state.model.parameters(), strict=True):
        torch.testing.assert_close(p.detach(), old - 0.05 * p.grad)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_what_the_optimizer_remembers_survives_a_change(optimizer):
    changed, rest = at_work(optimizer=optimizer, lr=0.01)
    other, others = at_work(optimizer=optimizer, lr=0.01)
    changed.command("set", {"lr": 0.05})
    other.state.optimizer.param_groups[0]["lr"] = 0.05
    assert timeless(rest) == timeless(others)


def test_several_settings_change_together_and_those_that_stay_are_not_told():
    job, _ = at_work(optimizer="sgd", lr=0.01, momentum=0.9)
    assert job.command("set", {"lr": "0.01", "momentum": "0.5"}) == [{"type": "changed", "step": 1, "name": "momentum", "value": 0.5}]


@pytest.mark.parametrize(("given", "value"), [({"lr": 99}, 10.0), ({"lr": -1}, 1e-5), ({"momentum": 1.5}, 0.99), ({"momentum": -1}, 0.0)])
def test_a_value_out_of_range_is_brought_back(given, value):
    job, _ = at_work(optimizer="sgd")
    assert job.command("set", given)[0]["value"] == job.state.optimizer.param_groups[0][next(iter(given))] == value


@pytest.mark.parametrize("given", ["much", "nan", None])
def test_what_is_no_number_changes_nothing(given):
    job, _ = at_work(lr=0.01)
    assert job.command("set", {"lr": given}) == []
    assert job.state.optimizer.param_groups[0]["lr"] == 0.01


@pytest.mark.parametrize(("name", "args", "code"), [
    ("dance", {}, "unknown_command name=dance"), ("set", {"batch_size": 4}, "unknown_command name=set batch_size"),
    ("set", {"lr": 0.5, "params": []}, "unknown_command name=set params"),
    ("set", {"lr": 0.5, "momentum": 0.5}, "no_momentum optimizer=adam"),
])
def test_what_cannot_change_is_refused_and_nothing_has_changed(name, args, code):
    job, _ = at_work(lr=0.01)
    with pytest.raises(SpecError, match=code):
        job.command(name, args)
    assert job.state.optimizer.param_groups[0]["lr"] == 0.01


@pytest.mark.parametrize("every", [1, 4])
def test_going_step_by_step_makes_one_optimizer_step_for_each_record(every, monkeypatch):
    monkeypatch.setattr("jobs.kinds.train.every", lambda total: every)
    job = TrainJob(dataclasses.asdict(TrainSpec(epochs=1, train_images=200, batch_size=16, val_fraction=0.0)))
    records = (record for record in job.records() if record and record["type"] == "loss")
    seen = [next(records)["steps"]]
    job.single = True
    seen += [next(records)["steps"] for _ in range(3)]
    assert job.state.step == every + 3
    job.single = False
    seen += [record["steps"] for record in records]
    assert seen == [1] * 13 if every == 1 else [4, 1, 1, 1, 1, 4, 1]


def test_a_run_saved_between_single_steps_comes_back_to_its_old_windows(tmp_path, monkeypatch):
    monkeypatch.setattr("jobs.kinds.train.every", lambda total: 4)
    spec = dataclasses.asdict(TrainSpec(epochs=2, train_images=200, batch_size=16, val_fraction=0.0))           # 13 steps, twice
    job = TrainJob(spec)
    job.single = True
    records = (record for record in job.records() if record and record["type"] == "loss")
    assert [next(records)["step"] for _ in range(2)] == [1, 2]
    job.save(tmp_path)
    job.single = False
    rest = of_type(told(TrainJob(spec, tmp_path)), "loss")
    assert [(record["step"], record["steps"]) for record in rest] == [(4, 2), (8, 4), (12, 4), (13, 1), (17, 4), (21, 4), (25, 4), (26, 1)]
    assert timeless(rest) == timeless(records)


def test_after_single_steps_and_a_kill_the_windows_do_not_overlap(tmp_path, monkeypatch):
    monkeypatch.setattr("jobs.kinds.train.every", lambda total: 4)
    spec = dataclasses.asdict(TrainSpec(epochs=1, train_images=200, batch_size=16, val_fraction=0.0))           # 13 steps
    job = TrainJob(spec)
    records = (record for record in job.records() if record and record["type"] == "loss")
    seen = [next(records)]
    job.save(tmp_path)
    job.single = True
    seen += [next(records), next(records)]
    rest = TrainJob(spec, tmp_path)                        # killed: what came after the checkpoint is computed again
    rest.told_step = 6
    seen += [record for record in of_type(told(rest), "loss") if record["step"] not in {known["step"] for known in seen}]
    assert [(record["step"], record["steps"]) for record in seen] == [(4, 4), (5, 1), (6, 1), (8, 2), (12, 4), (13, 1)]


# stop conditions

def test_a_run_ends_when_the_validation_accuracy_is_reached():
    job = TrainJob(dataclasses.asdict(TrainSpec(epochs=50, stop_accuracy=0.9)))
    records = told(job)
    epochs = of_type(records, "epoch")
    assert [epoch["val_accuracy"] >= 0.9 for epoch in epochs] == [False] * (len(epochs) - 1) + [True]
    assert 1 < len(epochs) < 20
    last, step = epochs[-1], len(epochs) * 41
    assert records[-2] == {"type": "reached", "step": step, "what": "accuracy", "value": last["val_accuracy"]}
    assert records[-1]["type"] == "test"


def test_without_validation_pictures_no_accuracy_is_reached():
    spec = TrainSpec(epochs=2, train_images=50, stop_accuracy=0.01, val_fraction=0.0)
    records = told(TrainJob(dataclasses.asdict(spec)))
    assert len(of_type(records, "epoch")) == 2
    assert of_type(records, "reached") == []


@pytest.mark.parametrize("spec", [TrainSpec(epochs=1, train_images=50, stop_accuracy=0.01), TrainSpec(epochs=1, train_images=9, stop_s=1)])
def test_a_run_that_is_over_anyway_was_not_stopped(spec, monkeypatch):
    seconds = iter(range(10**6))
    monkeypatch.setattr("jobs.kinds.train.time.monotonic", lambda: float(next(seconds)))
    assert of_type(told(TrainJob(dataclasses.asdict(spec))), "reached") == []


def test_a_run_ends_after_its_seconds_at_work_and_waiting_does_not_count(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr("jobs.kinds.train.time.monotonic", lambda: clock[0])
    monkeypatch.setattr("jobs.kinds.train.every", lambda total: 5)
    real_step = training_step

    def step(state, x, y):
        clock[0] += 0.1
        yield from real_step(state, x, y)

    monkeypatch.setattr("core.train.training_step", step)
    job, records = TrainJob(dataclasses.asdict(TrainSpec(epochs=50, stop_s=3))), []
    for record in job.records():
        clock[0] += 1000.0                                                 # somebody had it paused
        records += [record] if record else []
    assert records[-2] == {"type": "reached", "step": 30, "what": "seconds", "value": 3.0}
    assert [record["type"] for record in records[-3:]] == ["loss", "reached", "test"]
    assert job.state.step == 30


def test_the_seconds_of_an_earlier_attempt_count(monkeypatch, tmp_path):
    job = TrainJob(dataclasses.asdict(TrainSpec(epochs=50, train_images=50, stop_s=3)))
    next(job.records())
    job.notes.seconds = 3.1
    job.save(tmp_path)
    rest = told(TrainJob(dataclasses.asdict(job.state.spec), tmp_path))
    assert [record["type"] for record in rest] == ["loss", "reached", "test"]


def test_a_run_never_ends_before_a_step_that_was_told(tmp_path):
    job = TrainJob(dataclasses.asdict(TrainSpec(epochs=50, train_images=50, stop_s=3)))
    next(job.records())
    job.notes.seconds = 3.1                                # slower than before the kill: then it had come further
    job.save(tmp_path)
    rest = TrainJob(dataclasses.asdict(job.state.spec), tmp_path)
    rest.told_step = 5
    records = told(rest)
    assert [(record["type"], record["step"]) for record in records[-2:]] == [("reached", 5), ("test", 5)]


# snapshots

def test_snapshots_come_at_step_zero_and_about_twenty_times(tmp_path):
    job = TrainJob(dataclasses.asdict(TrainSpec(epochs=4, train_images=200, batch_size=16)))           # 48 steps
    job.folder = tmp_path
    seen = []
    for record in job.records():
        if record and record["type"] == "snapshot":
            read = snapshot.read(tmp_path / record["file"])                # it is there before it is told
            assert all(read.weights[name].equal(tensor) for name, tensor in job.state.model.state_dict().items())
            assert bool(read.grads) == (record["step"] > 0)
            seen.append(record["step"])
    assert seen[:4] == [0, 2, 4, 6]
    assert snapshot.saved_steps(tmp_path) == list(range(0, 49, 4))         # 25 would be one too many: every second one went


def test_a_run_without_room_for_snapshots_goes_on(tmp_path, monkeypatch):
    def full(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr("core.snapshot.save", full)
    job = TrainJob(dataclasses.asdict(TrainSpec(epochs=1, train_images=50)))
    job.folder = tmp_path
    kinds = [record["type"] for record in told(job)]
    assert "snapshot" not in kinds
    assert kinds[-1] == "test"


# memory

@pytest.mark.parametrize(("error", "device", "code"), [
    (torch.OutOfMemoryError("CUDA out of memory."), "cuda", "no_room"), (RuntimeError("CUDA error: out of memory"), "cuda", "no_room"),
    (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "cpu", "no_room_cpu"), (MemoryError(), "cpu", "no_room_cpu"),
])
def test_a_run_that_needs_too_much_memory_fails_with_a_smaller_batch_to_try(error, device, code, monkeypatch):
    def full(*_):
        raise error

    job, records = at_work(batch_size=64)
    job.state.spec = dataclasses.replace(job.state.spec, device=device)    # what it says, also where there is no GPU
    monkeypatch.setattr(job.state.optimizer, "step", full)
    with pytest.raises(SpecError, match=f"^{code} device={device} batch_size=64 .*fits=8"):
        list(records)
    monkeypatch.setattr("jobs.kinds.train.start", full)
    with pytest.raises(SpecError, match=f"^{code} device={device}"):       # already while it is set up
        TrainJob(dataclasses.asdict(job.state.spec))


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


@pytest.mark.filterwarnings("ignore:This DataLoader will create")         # PyTorch says so on a machine with one core
def test_every_way_of_loading_is_timed_once_with_the_batch_size_that_was_asked_for(monkeypatch):
    monkeypatch.setattr(loader_timing, "LONGEST_S", 0.05)
    job = LoaderTimingJob({"dataset": "digits", "batch_size": 64})
    record = told(job)[-1]
    assert [row["way"] for row in record["rows"]] == list(loader_timing.WAYS)
    assert all(row["images_per_s"] > 0 and row["batches"] > 0 for row in record["rows"])
    for way in ("memory", "0"):
        batches = job.batches(way)
        assert [len(next(batches)[0]) for _ in range(24)] == [64] * 22 + [29, 64]          # 1,437 pictures, then the next epoch
        batches.close()


@pytest.mark.filterwarnings("ignore:This DataLoader will create")
def test_a_set_of_one_batch_is_timed_over_several_epochs(monkeypatch):
    monkeypatch.setattr(loader_timing, "LONGEST_S", 0.02)
    job = LoaderTimingJob({"dataset": "digits", "batch_size": 64})
    job.data = job.data.pick(torch.arange(50))
    assert all(row["images_per_s"] > 0 and row["batches"] > 1 for row in told(job)[-1]["rows"])


def time_them(home: str, told_into: str) -> None:
    """What a worker does, in a process that was forked as workers are."""
    os.environ["FIRSTLIGHT_HOME"] = home
    loader_timing.LONGEST_S = 0.1
    record = told(LoaderTimingJob({"dataset": "folder.mapped", "batch_size": 64}))[-1]
    Path(told_into).write_text(json.dumps(record))


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")
def test_a_worker_can_time_loaders_with_processes_of_their_own_over_pictures_that_stay_in_their_file(tmp_path, monkeypatch):
    """A worker comes from a forkserver, whose children start their own children anew unless told to fork."""
    monkeypatch.setenv("FIRSTLIGHT_HOME", str(tmp_path))
    known, into = load("digits", train=True), tmp_path / "told.json"
    list(kept.keep("folder.mapped", "mapped", known, known))
    worker = multiprocessing.get_context("forkserver").Process(target=time_them, args=(str(tmp_path), str(into)))
    worker.start()
    worker.join()
    assert worker.exitcode == 0
    rows = json.loads(into.read_text())["rows"]
    assert [row["way"] for row in rows] == ["memory", "0", "1", "2"]
    assert all(row["images_per_s"] > 0 for row in rows)


def test_a_zip_is_gathered_and_kept_and_what_was_left_out_is_told(tmp_path):
    files = pets(5) | {"cat/notes.txt": b"no picture"}
    upload = client.put("ann", "pets.zip", zipped(files))
    job = GatherJob({"dataset": "zip." + "a" * 16, "upload": upload, "name": "pets.zip"})
    record = told(job)[-1]
    assert (record["classes"], record["train"], record["test"], record["skipped"]) == (2, 8, 2, 1)
    assert list(record["files"]) == [("cat/notes.txt", "not_a_picture")]
    assert job.progress() == (11, 11)
    assert kept.about("zip." + "a" * 16).title == "pets.zip"


@pytest.mark.parametrize(("spec", "code"), [
    ({"dataset": "zip." + "a" * 16, "upload": "up00000000", "name": "x.zip"}, "upload_gone"),
    ({"dataset": "folder.none"}, "no_such_folder"),
    ({"dataset": "mnist"}, "unknown_dataset"),
])
def test_what_cannot_be_gathered_says_why(spec, code):
    with pytest.raises(SpecError) as refused:
        told(GatherJob(spec))
    assert refused.value.code == code

