"""What a pair of twins tells and leaves behind, without a service around it."""

import dataclasses
import json

import pytest

from core import weights
from core.errors import SpecError
from core.evaluate import Score
from core.train import Epoch, TrainSpec, start, train
from core.train import Tested as Final
from core.twins import Difference, Pair
from jobs.artifacts import TWIN_WEIGHTS
from jobs.kinds.twins import TwinsJob

QUICK = TrainSpec(train_images=100, val_fraction=0.2, epochs=2)            # 80 pictures: 3 steps an epoch


@pytest.fixture(autouse=True)
def as_in_a_process_of_its_own(monkeypatch):
    """A worker sets its process up for one run; a test sets it back."""
    monkeypatch.setattr("jobs.kinds.twins.for_one_run", lambda spec: None)


def job(change: str, value: object = None, spec: TrainSpec = QUICK) -> TwinsJob:
    return TwinsJob({"first": dataclasses.asdict(spec), "field": change, "value": value})


def told(job: TwinsJob) -> list[dict]:
    return [record for record in job.records() if record is not None]


def of_type(records: list[dict], kind: str) -> list[dict]:
    return [record for record in records if record["type"] == kind]


def test_a_pair_tells_its_start_difference_losses_epochs_and_tests_as_plain_json():
    pair = job("lr", 0.01)
    records = told(pair)
    assert json.loads(json.dumps(records)) == json.loads(json.dumps(records, allow_nan=False))
    assert [r["type"] for r in records] == ["start", "differs", *["loss"] * 3, "epoch", *["loss"] * 3, "epoch", "test"]
    assert records[0]["steps"] == [6, 6]
    assert all("step" in record for record in records[1:])
    assert pair.progress() == (6, 6)


def test_the_difference_names_the_number_and_what_was_equal_before():
    found = of_type(told(job("lr", 0.01)), "differs")
    assert len(found) == 1
    assert (found[0]["step"], found[0]["part"], found[0]["name"]) == (1, "step", "conv1.0.weight")
    assert found[0]["a"] != found[0]["b"]
    assert found[0]["equal"] == 2 * 44_426 + 32 * (28 * 28 + 1) + 320 + 1  # first weights, batch, logits, loss, gradients


def test_losses_and_scores_are_those_of_two_runs_alone():
    records = told(job("lr", 0.01))
    for who, spec in (("a", QUICK), ("b", dataclasses.replace(QUICK, lr=0.01))):
        alone = list(train(start(spec)))
        assert [r[who] for r in of_type(records, "loss")] == [r.loss.item() for r in alone if hasattr(r, "loss")]
        assert of_type(records, "epoch")[0][who]["val_accuracy"] == alone[4].validation.accuracy
        assert records[-1][who]["correct"] == alone[-1].test.correct


def test_equal_twins_never_differ_and_stay_at_distance_zero():
    records = told(job("nothing"))
    assert of_type(records, "differs") == []
    assert {r["distance"] for r in of_type(records, "loss")} == {0.0}
    assert records[-1]["a"] == records[-1]["b"]
    assert records[-1]["equal"] == of_type(records, "loss")[-1]["equal"]


def test_with_batches_of_another_size_each_epoch_end_is_told_for_its_twin():
    epochs = of_type(told(job("batch_size", 64)), "epoch")
    assert [(e["a"] and e["a"]["epoch"], e["b"] and e["b"]["epoch"]) for e in epochs] == [(None, 1), (1, None), (None, 2), (2, None)]


def test_both_weights_are_kept_and_are_those_of_the_two_runs(tmp_path):
    pair = job("lr", 0.01)
    told(pair)
    pair.save(tmp_path)
    for who, state in (("a", pair.twins.a), ("b", pair.twins.b)):
        kept = weights.from_bytes((tmp_path / TWIN_WEIGHTS[who]).read_bytes(), "lenet5")
        assert all(a.equal(b) for a, b in zip(kept.state_dict().values(), state.model.state_dict().values(), strict=True))


def test_a_twin_that_breaks_is_told_and_leaves_no_weights(tmp_path):
    pair = job("lr", 10.0, TrainSpec(optimizer="sgd", lr=0.01, batch_size=16, epochs=1))
    records = told(pair)
    broken = of_type(records, "broken_b")
    assert [r["who"] for r in broken] == ["b"]
    assert of_type(records, "broken_a") == []
    assert broken[0]["value"] in ("nan", "inf")
    after = [r for r in of_type(records, "loss") if r["step"] > broken[0]["step"]]
    assert after
    assert all(r["b"] is None and r["distance"] is None for r in after)
    assert records[-1]["b"] is None
    assert records[-1]["a"]["images"] == 360
    pair.save(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [TWIN_WEIGHTS["a"]]


def test_when_both_break_the_pair_still_comes_to_its_end():
    records = told(job("lr", 10.0, TrainSpec(optimizer="sgd", lr=9.0, batch_size=16, epochs=1)))
    assert [len(of_type(records, f"broken_{who}")) for who in "ab"] == [1, 1]
    assert (records[-1]["a"], records[-1]["b"]) == (None, None)


def test_equal_twins_that_break_never_differ_and_no_two_records_share_type_and_step():
    """The service tells records of one type and step once."""
    records = told(job("nothing", None, TrainSpec(optimizer="sgd", lr=10.0, batch_size=16, epochs=2)))
    assert of_type(records, "differs") == []
    a, b = of_type(records, "broken_a") + of_type(records, "broken_b")
    assert (a["step"], a["value"], a["who"], b["who"]) == (b["step"], b["value"], "a", "b")
    names = [(record["type"], record["step"]) for record in records[1:]]
    assert len(set(names)) == len(names)


def test_numbers_that_json_does_not_have_are_told_as_text(monkeypatch):
    inf, nan = float("inf"), float("nan")
    found = [Difference(1, "step", "conv1.0.weight", ((2,), (2,)), (0,), inf, 1.0, 1),
             Pair(Epoch(1, 3, Score(nan, 1, 10)), None), Pair(Final(3, Score(nan, 1, 10)), None)]
    monkeypatch.setattr("jobs.kinds.twins.pair_reports", lambda twins, steps: iter(found))
    _, differs, epoch, test = told(job("nothing"))
    json.dumps([differs, epoch, test], allow_nan=False)
    assert (differs["a"], differs["b"], epoch["a"]["val_loss"], test["a"]["loss"]) == ("inf", 1.0, "nan", "nan")


def test_twins_that_would_be_equal_or_do_not_exist_are_refused():
    with pytest.raises(SpecError, match="twins_equal"):
        job("lr", 0.002)
    with pytest.raises(SpecError, match="unknown_key"):
        job("dataset", "mnist")


def test_commands_of_other_kinds_are_refused():
    with pytest.raises(SpecError, match="unknown_command name=set"):
        job("nothing").command("set", {"lr": 0.1})


def test_the_process_is_set_up_for_the_larger_batch(monkeypatch):
    seen = []
    monkeypatch.setattr("jobs.kinds.twins.for_one_run", seen.append)
    job("batch_size", 64, dataclasses.replace(QUICK, batch_size=4))
    assert [spec.batch_size for spec in seen] == [64]
