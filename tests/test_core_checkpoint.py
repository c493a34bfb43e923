"""Checkpoints: a run that was cut in two equals one that was not."""

import dataclasses

import pytest
import torch

from core import checkpoint
from core.evaluate import Checked
from core.files import write_atomic
from core.optimizers import OPTIMIZERS
from core.train import Epoch, Step, TrainSpec, start, train
from core.train import Tested as Final  # pytest would take a class Test... for tests

SPEC = TrainSpec(network="lenet5", dataset="digits", train_images=100, val_fraction=0.2, batch_size=32, epochs=3, seed=5)
CUTS = {                                                   # three steps an epoch: which record is the last before the cut
    "before the first step": None,
    "in the middle of the first epoch": (Step, 1),
    "after the last step of an epoch": (Step, 3),
    "during the validation": (Checked, 1),
    "at the end of an epoch": (Epoch, 1),
    "in the middle of the second epoch": (Step, 5),
    "at the end of the last epoch": (Epoch, 3),
    "at the end of the run": (Final, 1),
}


@pytest.fixture(scope="module")
def uncut() -> dict[str, tuple]:
    """For each optimizer: the losses, the scores and the weights of a run that nobody interrupted."""
    finished = {}
    for optimizer in OPTIMIZERS:
        state = start(dataclasses.replace(SPEC, optimizer=optimizer))
        finished[optimizer] = (*read(list(train(state))), state.model.state_dict())
    return finished


def read(records: list) -> tuple[list[float], list]:
    return [r.loss.item() for r in records if isinstance(r, Step)], [r for r in records if isinstance(r, Epoch | Final)]


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_run_goes_on_bit_for_bit(optimizer, cut, uncut, tmp_path):
    first, before = start(dataclasses.replace(SPEC, optimizer=optimizer)), []
    if CUTS[cut]:
        kind, number = CUTS[cut]
        for record in train(first):
            before.append(record)
            if sum(isinstance(r, kind) for r in before) == number:
                break
    checkpoint.save(first, tmp_path / "run.pt")
    torch.manual_seed(99)                                  # another process has another global generator
    second = checkpoint.load(tmp_path / "run.pt")
    after = list(train(second))
    losses, scores, weights = uncut[optimizer]
    found_losses, found_scores = read(before + after)
    assert found_losses == losses
    assert list(dict.fromkeys(found_scores)) == scores     # a run that was over is tested once more: the same score
    for name, tensor in weights.items():
        assert second.model.state_dict()[name].equal(tensor)


def test_everything_but_the_pictures_is_in_the_file(tmp_path):
    state = start(SPEC)
    run = train(state)
    for _ in range(5):
        next(run)
    state.optimizer.param_groups[0]["lr"] = 0.123
    checkpoint.save(state, tmp_path / "run.pt")
    loaded = checkpoint.load(tmp_path / "run.pt")
    assert loaded.spec == state.spec
    assert (loaded.epoch, loaded.position, loaded.step) == (state.epoch, state.position, state.step)
    assert loaded.order.equal(state.order)
    assert loaded.generator.get_state().equal(state.generator.get_state())
    assert loaded.optimizer.param_groups[0]["lr"] == 0.123                 # changed on the way, and kept
    assert loaded.splits.train.images.equal(state.splits.train.images)     # found again by the spec
    assert (tmp_path / "run.pt").stat().st_size < 1_500_000                # three numbers per parameter and no pictures


def test_pictures_that_are_at_hand_need_not_be_loaded_again(tmp_path):
    state = start(SPEC)
    checkpoint.save(state, tmp_path / "run.pt")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.train.data.load", lambda *_, **__: pytest.fail("loaded again"))
        loaded = checkpoint.load(tmp_path / "run.pt", state.splits)
    assert loaded.splits.train.images.equal(state.splits.train.images)


def test_the_file_is_read_without_running_any_code(tmp_path):
    checkpoint.save(start(SPEC), tmp_path / "run.pt")
    kept = torch.load(tmp_path / "run.pt", weights_only=True)
    assert set(kept) == {"spec", "model", "optimizer", "generator", "order", "counters", "notes"}


def test_a_failed_save_leaves_the_old_checkpoint(tmp_path, monkeypatch):
    state, path = start(SPEC), tmp_path / "run.pt"
    checkpoint.save(state, path)
    old = path.read_bytes()
    next(train(state))

    def half(kept: dict, file) -> None:
        file.write(b"half of it")
        raise OSError("disk full")

    monkeypatch.setattr(torch, "save", half)
    with pytest.raises(OSError, match="disk full"):
        checkpoint.save(state, path)
    assert path.read_bytes() == old
    assert [p.name for p in tmp_path.iterdir()] == ["run.pt"]


def test_a_checkpoint_of_an_older_version_goes_on(tmp_path):
    state = start(SPEC)
    next(train(state))
    checkpoint.save(state, tmp_path / "run.pt")
    kept = torch.load(tmp_path / "run.pt", weights_only=True)
    del kept["notes"], kept["counters"]["reached"], kept["spec"]["order"]
    torch.save(kept, tmp_path / "old.pt")
    loaded = checkpoint.load(tmp_path / "old.pt")
    assert (loaded.step, loaded.reached, loaded.notes, loaded.spec) == (1, "", {}, SPEC)


@pytest.mark.parametrize("network", ["lenet5_bn", "cifar_net"])
def test_what_batch_norm_counts_and_what_the_drainer_notes_come_along(network, tmp_path):
    state = start(dataclasses.replace(SPEC, network=network))
    run = train(state)
    for _ in range(4):
        next(run)
    state.notes = {"seconds": 1.5, "waiting": [{"type": "loss", "momentum": None}], "proven": {"w": torch.ones(2)}}
    checkpoint.save(state, tmp_path / "run.pt")
    loaded = checkpoint.load(tmp_path / "run.pt")
    assert loaded.notes.pop("proven")["w"].equal(torch.ones(2))
    assert loaded.notes == {"seconds": 1.5, "waiting": [{"type": "loss", "momentum": None}]}
    for name, tensor in state.model.state_dict().items():
        assert loaded.model.state_dict()[name].equal(tensor)


# core.files

def test_a_file_is_written_in_one_move(tmp_path):
    path, seen = tmp_path / "new" / "folder" / "file.bin", []

    def write(file) -> None:
        file.write(b"new")
        seen.append(path.exists())

    write_atomic(path, write)
    assert seen == [False]                                 # not there before it is complete
    assert path.read_bytes() == b"new"
    assert [p.name for p in path.parent.iterdir()] == ["file.bin"]


@pytest.mark.parametrize(("sync", "waits"), [(True, 1), (False, 0)])
def test_only_what_must_survive_a_power_cut_waits_for_the_disk(sync, waits, tmp_path, monkeypatch):
    waited = []
    monkeypatch.setattr("core.files.os.fsync", waited.append)
    write_atomic(tmp_path / "file.bin", lambda file: file.write(b"new"), sync=sync)
    assert len(waited) == waits
    assert (tmp_path / "file.bin").read_bytes() == b"new"


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(error, tmp_path):
    path = tmp_path / "file.bin"
    path.write_bytes(b"old")

    def fail(file) -> None:
        file.write(b"half")
        raise error

    with pytest.raises(error):
        write_atomic(path, fail)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file.bin"]
