"""Reports: the mean of every few losses."""

import pytest
import torch

from core.errors import SpecError
from core.evaluate import Checked, Score
from core.report import LONGEST, POINTS, Report, every, reports
from core.train import Epoch, Step, TrainSpec, start, train
from core.train import Tested as Final  # pytest would take a class Test... for tests


def steps(losses: list[float], lr: float = 0.1, first: int = 1, epoch: int = 0) -> list[Step]:
    return [Step(first + i, epoch, torch.tensor(loss), lr) for i, loss in enumerate(losses)]


def test_each_report_is_the_mean_of_its_window():
    assert list(reports(iter(steps([1.0, 2.0, 3.0, 5.0])), 2)) == [Report(2, 2, 0, 1.5, 0.1), Report(4, 2, 0, 4.0, 0.1)]


def test_the_last_window_of_an_epoch_may_be_short():
    records = [*steps([1.0, 2.0, 6.0]), Epoch(1, 3, None), *steps([4.0], first=4, epoch=1), Epoch(2, 4, None)]
    assert list(reports(iter(records), 2)) == [
        Report(2, 2, 0, 1.5, 0.1), Report(3, 1, 0, 6.0, 0.1), Epoch(1, 3, None), Report(4, 1, 1, 4.0, 0.1), Epoch(2, 4, None),
    ]


def test_other_records_pass_in_their_place():
    others = [Checked(5, 10), Checked(10, 10), Epoch(1, 2, Score(1.0, 5, 10)), Final(2, Score(1.0, 5, 10))]
    assert list(reports(iter([*steps([1.0, 3.0]), *others]), 100)) == [Report(2, 2, 0, 2.0, 0.1), *others]


def test_windows_are_counted_from_the_epochs_first_step():
    records = [*steps([1.0, 3.0, 6.0]), Epoch(1, 3, None), *steps([4.0, 8.0, 1.0], first=4, epoch=1), Epoch(2, 6, None)]
    assert [(r.step, r.steps) for r in reports(iter(records), 2) if isinstance(r, Report)] == [(2, 2), (3, 1), (5, 2), (6, 1)]


@pytest.mark.parametrize("cut", range(10))
def test_a_run_that_goes_on_ends_its_windows_where_the_whole_run_does(cut):
    records = [*steps([float(i) for i in range(10)]), Epoch(1, 10, None), *steps([1.0] * 4, first=11, epoch=1), Epoch(2, 14, None)]
    whole = [r.step for r in reports(iter(records), 4) if isinstance(r, Report)]
    rest = [r.step for r in reports(iter(records[cut:]), 4, done=cut) if isinstance(r, Report)]
    assert whole == [4, 8, 10, 14]
    assert rest == [step for step in whole if step > cut]


def test_a_learner_who_goes_step_by_step_sees_every_step_and_then_the_old_borders_again():
    asked = iter([False, True, True, False])               # at steps 1, 2, 3 and 5; at a border nobody needs to ask
    told = list(reports(iter(steps([1.0, 3.0, 5.0, 2.0, 7.0, 1.0, 1.0, 4.0])), 4, single=lambda: next(asked, False)))
    assert [(report.step, report.steps, report.loss) for report in told] == [(2, 2, 2.0), (3, 1, 5.0), (4, 1, 2.0), (8, 4, 3.25)]


@pytest.mark.parametrize("cut", [0, 4])
def test_after_single_steps_and_a_kill_no_window_overlaps_with_what_was_told(cut):
    """Told were windows up to the steps 4, 5 and 6."""
    records = steps([float(i) for i in range(1, 13)])[cut:]
    found = [(r.step, r.steps) for r in reports(iter(records), 4, done=cut, told=6)]
    assert found == [(4, 4), (6, 2), (8, 2), (12, 4)][cut // 4:]


def test_what_was_told_as_one_window_is_not_told_step_by_step_later():
    found = [(r.step, r.steps) for r in reports(iter(steps([1.0] * 6)), 4, single=lambda: True, told=4)]
    assert found == [(4, 4), (5, 1), (6, 1)]


@pytest.mark.parametrize("window", [1, 3, 7, 100])
def test_the_reports_of_a_run_are_the_means_of_its_losses(window):
    spec = TrainSpec(train_images=100, val_fraction=0.2, batch_size=8, epochs=2)
    losses = [record for record in train(start(spec)) if isinstance(record, Step)]
    told = [record for record in reports(train(start(spec)), window) if isinstance(record, Report)]
    assert sum(report.steps for report in told) == len(losses) == 20
    for report in told:
        mine = losses[report.step - report.steps:report.step]
        assert report.loss == pytest.approx(sum(step.loss.item() for step in mine) / len(mine), rel=1e-6)
        assert {step.epoch for step in mine} == {report.epoch}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("window", [1, 3, 100])
def test_a_loss_that_is_no_number_stops_the_run_and_says_where(window, value):
    records = [*steps([1.0, 2.0], lr=0.5), *steps([value, float("nan")], lr=5.0, first=3), Epoch(1, 4, None)]
    with pytest.raises(SpecError) as refused:
        list(reports(iter(records), window))
    assert refused.value.code == "non_finite_loss"
    assert (refused.value.facts["step"], refused.value.facts["lr"]) == (3, 5.0)
    assert str(refused.value.facts["value"]) == str(value)


def test_a_real_run_with_a_huge_lr_diverges_at_the_step_it_says():
    spec = TrainSpec(optimizer="sgd", lr=10.0, batch_size=8, epochs=2)
    with pytest.raises(SpecError) as refused:
        list(reports(train(start(spec)), 5))
    first = next(record.step for record in train(start(spec)) if isinstance(record, Step) and not record.loss.isfinite())
    assert (refused.value.facts["step"], refused.value.facts["lr"]) == (first, 10.0)


@pytest.mark.parametrize(("total", "window"), [(0, 1), (1, 1), (1000, 1), (1001, 2), (25_000, 25), (100_000, 100), (10**7, 100)])
def test_a_run_gives_about_a_thousand_points(total, window):
    assert every(total) == window
    assert window == LONGEST or total / window <= POINTS == 1000
