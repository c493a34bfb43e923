"""What runs told, laid over each other: curves, running means, differences, and the numbers as a file."""

import csv
import io

import numpy as np
import pytest

from core.curves import as_csv, course, differing, running_mean
from core.train import TrainSpec

TOLD = [
    {"type": "start", "classes": 10, "total_steps": 6, "steps_per_epoch": 3, "at_s": 0.1},
    {"type": "loss", "step": 2, "steps": 2, "loss": 2.0, "lr": 0.1, "momentum": 0.9, "at_s": 0.5},
    {"type": "changed", "step": 2, "name": "lr", "value": 0.2, "at_s": 0.6},
    {"type": "loss", "step": 3, "steps": 1, "loss": 5.0, "lr": 0.2, "momentum": 0.9, "at_s": 0.7},
    {"type": "epoch", "epoch": 1, "step": 3, "val_loss": 1.5, "val_accuracy": 0.4, "train_loss": 1.4, "train_accuracy": 0.5, "at_s": 0.8},
    {"type": "epoch", "epoch": 2, "step": 6, "val_loss": 1.0, "val_accuracy": 0.3, "train_loss": 0.9, "train_accuracy": 0.7, "at_s": 1.0},
    {"type": "test", "step": 6, "loss": 1.1, "accuracy": 0.35, "correct": 35, "images": 100, "at_s": 1.1},
]


def test_each_curve_has_its_steps_seconds_and_values():
    told = course(TOLD, TrainSpec())
    assert told.curves["loss"].step.tolist() == [2, 3]
    assert told.curves["loss"].at_s.tolist() == [0.5, 0.7]
    assert told.curves["lr"].value.tolist() == [0.1, 0.2]
    assert told.curves["val_accuracy"].value.tolist() == [0.4, 0.3]
    assert (told.steps.tolist(), told.steps_per_epoch, told.classes) == ([2, 1], 3, 10)
    assert told.tested["correct"] == 35
    assert told.changed == ("lr",)


def test_the_best_validation_accuracy_need_not_be_the_last():
    assert course(TOLD, TrainSpec()).best == 0.4
    assert course(TOLD[:2], TrainSpec()).best is None


def test_a_run_that_told_nothing_has_no_curves():
    told = course([], TrainSpec())
    assert (told.curves, told.best, told.tested, told.steps_per_epoch) == ({}, None, None, 0)


def test_a_run_without_validation_has_no_validation_curves():
    told = course([{"type": "epoch", "step": 3, "val_loss": None, "val_accuracy": None, "at_s": 1.0}], TrainSpec())
    assert told.curves == {}


def test_records_of_an_older_version_have_the_lr_of_their_spec():
    old = [{"type": "start", "classes": 10, "total_steps": 20}, *({"type": "loss", "step": step, "loss": 1.0} for step in (5, 10, 15))]
    told = course(old, TrainSpec(lr=0.05, epochs=4))
    assert told.curves["lr"].value.tolist() == [0.05] * 3
    assert told.steps.tolist() == [5, 5, 5]
    assert told.steps_per_epoch == 5


@pytest.mark.parametrize("window", [1, 2, 3, 7, 50, 10_000])
def test_running_mean_is_that_of_the_single_steps(window):
    """Reference: write every step out, and average the last ones whose reports lie inside the window."""
    rng = np.random.default_rng(0)
    steps, values = rng.integers(1, 6, 40).astype(float), rng.random(40)
    after = np.cumsum(steps)
    expected = []
    for i in range(40):
        inside = [j for j in range(i + 1) if after[j] - steps[j] >= after[i] - window] or [i]
        expected.append(np.average(values[inside], weights=steps[inside]))
    np.testing.assert_allclose(running_mean(values, steps, window), expected)


def test_mean_of_one_step_is_the_value_itself_and_of_three_by_hand():
    values, ones = np.array([3.0, 6.0, 0.0, 9.0]), np.ones(4)
    assert running_mean(values, ones, 1).tolist() == [3, 6, 0, 9]
    assert running_mean(values, ones, 3).tolist() == [3.0, 4.5, 3.0, 5.0]


def test_a_mean_of_no_points_is_empty():
    assert running_mean(np.empty(0), np.empty(0), 5).tolist() == []


def test_runs_differ_in_the_settings_that_are_not_all_alike():
    specs = [TrainSpec(), TrainSpec(lr=0.1), TrainSpec(lr=0.1, seed=3)]
    assert differing(specs) == ["lr", "seed"]
    assert differing(specs[:1]) == differing([]) == []


def test_the_file_is_tidy_and_gives_every_number_back():
    told = course(TOLD, TrainSpec())
    rows = list(csv.DictReader(io.StringIO(as_csv([("ab12", "mine, \"two\"", told), ("cd34", "", told)]))))
    assert list(rows[0]) == ["run", "title", "step", "at_s", "what", "value"]
    mine = [row for row in rows if row["run"] == "ab12"]
    assert len(rows) == 2 * len(mine) == 2 * (3 * 2 + 4 * 2 + 2)
    assert {row["title"] for row in mine} == {"mine, \"two\""}
    losses = [(int(row["step"]), float(row["value"])) for row in mine if row["what"] == "loss"]
    assert losses == [(2, 2.0), (3, 5.0)]
    assert [float(row["value"]) for row in mine if row["what"] == "test_accuracy"] == [0.35]


@pytest.mark.parametrize("title", ["=1+1", "+cmd", "-2", "@x"])
def test_a_title_that_a_spreadsheet_would_compute_is_disarmed(title):
    rows = list(csv.DictReader(io.StringIO(as_csv([("ab12", title, course(TOLD, TrainSpec()))]))))
    assert {row["title"] for row in rows} == {f"'{title}"}
