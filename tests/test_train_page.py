"""The train page around a run: every state in words, what its owner can do, experiments, the report in numbers, and the inside."""

import dataclasses
import json
import time

import pytest
import torch
from streamlit.testing.v1 import AppTest

from content.text import Text
from core.dead import dead_channels
from core.inside import as_input, inside, one_picture
from core.models import fresh
from core.presets import PRESETS
from core.snapshot import Album, Snapshot, read, take
from core.train import TrainSpec, start, train
from jobs import client
from jobs.home import run_folder
from jobs.store import opened as opened_store
from tests.test_pages import ROOT, fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two of them are fixtures)
from ui.train import panel, presets, printout, words
from ui.train.history import History

ME, SOMEBODY = "a" * 32, "b" * 32
START = {"type": "start", "classes": 10, "chance_loss": 2.302585, "total_steps": 410, "steps_per_epoch": 41, "batch_size": 32,
         "images": 1294}
LOSS = {"type": "loss", "steps": 1, "lr": 0.002, "momentum": None, "images_per_s": 900.0}
EPOCH = {"type": "epoch", "epoch": 1, "step": 41, "learning": True, "judged_loss": 0.3, "val_loss": 0.3, "val_accuracy": 0.9,
         "train_loss": 0.2, "train_accuracy": 0.95, "dead": {"conv1": [], "conv2": []}}
TEST = {"type": "test", "step": 410, "loss": 0.1, "accuracy": 0.97, "correct": 349, "images": 360}


def a_run(state: str, *records: dict, spec: TrainSpec = TrainSpec(), **columns: object) -> str:  # noqa: B008  (frozen)
    """A run of ours as the store holds it, with what it has told."""
    run = client.submit("train", dataclasses.asdict(spec), ME)
    columns = {"state": state, "attempt": 1, "done": 41, "total": 410, **columns}
    with opened_store() as db:
        db.execute(f"UPDATE runs SET {', '.join(f'{name} = ?' for name in columns)} WHERE id = ?", (*columns.values(), run))
    tell(run, START, *records)
    return run


def tell(run: str, *records: dict) -> None:
    with opened_store() as db:
        last = db.execute("SELECT coalesce(max(seq), 0) FROM events WHERE run = ?", (run,)).fetchone()[0]
        for seq, record in enumerate(records, start=last + 1):
            db.execute("INSERT INTO events (run, seq, attempt, json) VALUES (?, ?, 1, ?)", (run, seq, json.dumps(record)))


def commands(run: str) -> list[tuple[str, dict]]:
    with opened_store() as db:
        return [(row["name"], json.loads(row["args"])) for row in db.execute("SELECT name, args FROM commands WHERE run = ?", (run,))]


def visit(run: str, who: str = ME) -> AppTest:
    """A new browser session of this learner follows a link to the run."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.query_params["run"], at.session_state["learner"] = run, who
    at.switch_page("pages/train.py")
    return fine(at.run())


def buttons(at) -> set[str]:
    return {str(b.key).removeprefix("train.") for b in at.button} & {"pause", "resume", "step", "stop", "leave", "continue", "discard"}


def live(at, name: str):
    """The widget of a setting that is in force: each value that came from elsewhere has one of its own."""
    found = [w for w in (*at.select_slider, *at.slider) if str(w.key).startswith("train.live") and str(w.key).endswith(f".{name}")]
    return found[0] if found else None


def experiment(at):
    return next(box for box in at.selectbox if str(box.key).startswith("train.experiment."))


def progress(at) -> str:
    """The words beside the bar, which the chart's element draws."""
    chart = next(e for e in at.get("bidi_component") if "train.chart" in e.proto.id)
    return json.loads(chart.proto.bytes)["progress"][1]


@pytest.mark.parametrize(("state", "offered", "words"), [
    ("queued", {"leave"}, "Waiting"),
    ("preempted", {"pause", "stop"}, "Waiting for its next turn"),
    ("starting", {"stop"}, "Starting"),
    ("running", {"pause", "stop"}, "Running"),
    ("paused", {"resume", "step", "stop"}, "Paused"),
    ("parked", {"resume", "stop"}, "Resume brings it back into the queue"),
    ("stopped", {"continue", "discard"}, "Stopped at epoch 1; weights kept."),
    ("done", set(), "Done"),
])
def test_each_state_has_its_words_and_its_buttons(state, offered, words):
    at = visit(a_run(state))
    assert buttons(at) == offered
    assert words in shown(at)


@pytest.mark.parametrize("state", ["queued", "running", "paused", "stopped"])
def test_somebody_elses_run_can_only_be_watched(state):
    at = visit(a_run(state), SOMEBODY)
    assert buttons(at) == set()
    assert live(at, "lr") is None


def test_the_queue_says_place_and_time_and_can_be_left():
    a_run("running", attempt=1)
    client.submit("train", dataclasses.asdict(TrainSpec()), SOMEBODY)
    run = client.submit("train", dataclasses.asdict(TrainSpec(seed=1)), "c" * 32)
    at = visit(run, "c" * 32)
    assert "You are number 2 in the queue" in progress(at)
    fine(at.button(key="train.leave").click().run())
    assert client.status(run).state == "stopped"
    assert "Stopped while it was waiting" in shown(fine(at.run()))


@pytest.mark.parametrize(("others", "words"), [(0, ""), (1, "Running next to 1 other run."), (2, "Running next to 2 other runs.")])
def test_a_run_says_that_others_are_at_work(others, words):
    run = a_run("running")
    for who in range(others):
        other = client.submit("train", dataclasses.asdict(TrainSpec()), f"{who:032x}")
        with opened_store() as db:
            db.execute("UPDATE runs SET state = 'running' WHERE id = ?", (other,))
    assert words in progress(visit(run))
    assert ("Running next to" in progress(visit(run))) == bool(others)


@pytest.mark.parametrize("name", ["pause", "stop"])
def test_a_press_becomes_a_command(name):
    run = a_run("running")
    fine(visit(run).button(key=f"train.{name}").click().run())
    assert commands(run) == [(name, {})]


def test_pause_offers_to_go_on_or_to_take_one_step():
    run = a_run("paused")
    fine(visit(run).button(key="train.step").click().run())
    fine(visit(run).button(key="train.resume").click().run())
    assert [name for name, _ in commands(run)] == ["step", "resume"]


def test_the_learning_rate_moved_is_sent_and_what_is_in_force_is_shown():
    run = a_run("running", {**LOSS, "step": 1, "loss": 2.3})
    at = visit(run)
    assert live(at, "lr").value == 0.002
    fine(live(at, "lr").set_value(0.01).run())
    assert commands(run) == [("set", {"lr": 0.01})]
    tell(run, {"type": "changed", "step": 4, "name": "lr", "value": 0.005})
    assert live(fine(at.run()), "lr").value == 0.01                        # the run has not answered yet
    tell(run, {"type": "changed", "step": 5, "name": "lr", "value": 0.01})
    assert live(fine(at.run()), "lr").value == 0.01
    tell(run, {"type": "changed", "step": 9, "name": "lr", "value": 0.05})
    assert live(fine(at.run()), "lr").value == 0.05                        # as another tab has set it meanwhile
    assert commands(run) == [("set", {"lr": 0.01})]                        # nobody here has touched it again


def test_a_refused_change_says_why_and_takes_the_widget_back():
    run = a_run("running", spec=TrainSpec(optimizer="sgd", lr=0.01))
    at = visit(run)
    fine(live(at, "momentum").set_value(0.5).run())
    tell(run, {"type": "refused", "code": "no_momentum", "optimizer": "adam", "command": "set"})
    assert "does not use momentum" in shown(fine(at.run()))
    assert live(at, "momentum").value == 0.9
    assert commands(run) == [("set", {"momentum": 0.5})]


def test_adam_has_no_momentum_to_change():
    assert live(visit(a_run("running")), "momentum") is None


def test_the_owner_who_comes_back_hears_of_the_end_once():
    run = a_run("done", EPOCH, {**EPOCH, "epoch": 2, "step": 82, "val_accuracy": 0.8}, TEST, ended=time.time())
    at = visit(run)
    news = f"Your run {run[:4]} finished while you were away: best accuracy 90.0%."
    assert news in shown(at)
    fine(at.button(key="train.dismiss").click().run())
    assert news not in shown(at)
    assert news not in shown(visit(run))                                   # a refresh is no return
    assert news not in shown(visit(run, SOMEBODY))


def test_an_end_that_was_watched_is_no_news():
    run = a_run("running", EPOCH)
    at = visit(run)
    with opened_store() as db:
        db.execute("UPDATE runs SET state = 'done', ended = ? WHERE id = ?", (time.time(), run))
    assert "while you were away" not in shown(fine(at.run()))


def test_a_refresh_of_an_active_run_reconnects():
    run = a_run("running")
    at = visit(run)
    assert [toast.value for toast in at.toast] == ["Reconnected to your run."]
    assert [toast.value for toast in fine(at.run()).toast] == []


def test_a_lost_run_says_when_and_where_and_can_go_on():
    cause = {"code": "service_restarted", "at": "10:42", "done": 123, "total": 410}
    run = a_run("lost", done=123, cause=json.dumps(cause))
    at = visit(run)
    assert "The server restarted at 10:42. Your run stopped at epoch 3 of 10; nothing before that is lost." in shown(at)
    fine(at.button(key="train.continue").click().run())
    assert client.status(run).active


def test_the_same_settings_pressed_again_are_a_new_run_also_below_the_same_one():
    at = opened("train")
    fine(at.button(key="predict.train.show").click().run())
    runs = []
    for _ in range(3):
        fine(at.button(key="train.start").click().run())
        runs.append(at.session_state["train.run"])
        with opened_store() as db:
            db.execute("UPDATE runs SET state = 'done', attempt = 1 WHERE id = ?", (runs[-1],))
        at.session_state["train.run"] = at.query_params["run"] = runs[0]   # a link brings the first one back
        fine(at.run())
    assert len(set(runs)) == 3


def test_whom_nobody_keeps_waiting_stands_in_no_queue():
    at = visit(a_run("queued", attempt=0, done=0, total=0))
    assert "**Starting**" in shown(at)
    assert buttons(at) == {"stop"}
    client.submit("train", dataclasses.asdict(TrainSpec()), SOMEBODY)
    second = client.submit("train", dataclasses.asdict(TrainSpec()), "c" * 32)
    at = visit(second, "c" * 32)
    assert "**Waiting**" in shown(at)
    assert buttons(at) == {"leave"}


def test_a_run_that_never_began_has_nothing_to_go_on_from_and_no_way_to_go():
    at = visit(a_run("stopped", attempt=0, done=0, total=0))
    assert "nothing had been computed" in shown(at)
    assert buttons(at) == {"discard"}
    chart = next(e for e in at.get("bidi_component") if "train.chart" in e.proto.id)
    assert "progress" not in json.loads(chart.proto.bytes)


def test_the_head_tells_the_learning_rate_that_it_began_with_and_the_one_in_force():
    change = {"type": "changed", "step": 30, "name": "lr", "value": 0.2}
    assert "lr 0.002 → 0.2, batch size" in shown(visit(a_run("done", change)))
    assert "lr 0.002, batch size" in shown(visit(a_run("done")))


@pytest.mark.parametrize(("before", "now", "learned", "said"), [
    (0.9, 0.1, 0.1, "**It has forgotten what it knew.** After an earlier epoch 90% of the answers were right; after this one 10%"),
    (0.9, 0.6, 0.9, "**Better than guessing, and yet a worse loss.** 60% of the answers are right"),
    (0.12, 0.1, 0.1, "**Not learning yet.**"),
    (None, 0.1, 0.1, "**Not learning yet.**"),
    (0.12, 0.1, 0.95, "**Learned by heart.** Of the pictures that it learns from it gets 95% right, of validation pictures only 10%"),
])
def test_a_loss_above_guessing_is_judged_by_the_answers(before, now, learned, said):
    bad = {**EPOCH, "epoch": 2, "step": 82, "learning": False, "judged_loss": 2.4, "val_accuracy": now, "train_accuracy": learned}
    told = [] if before is None else [{**EPOCH, "val_accuracy": before}]
    at = visit(a_run("done", *told, bad))
    assert said in shown(at)
    assert sum(each in shown(at) for each in ("Not learning yet", "It has forgotten", "Better than guessing", "Learned by heart")) == 1


def test_changes_in_quick_succession_share_a_mark_that_stays_where_it_was():
    def changed(step, at_s, name, value):
        return {"type": "changed", "step": step, "name": name, "value": value, "at_s": at_s}

    past = History("x")
    for record in (changed(0, 0.1, "lr", 0.1), changed(100, 5.0, "lr", 0.2), changed(110, 5.5, "lr", 0.5),
                   changed(110, 5.5, "momentum", 0.5), changed(150, 7.5, "lr", 1.0)):
        past.add(record)
    assert panel._marks(Text("en"), past) == [(0, "lr 0.1"), (100, "lr 0.5 · momentum 0.5"), (150, "lr 1")]


@pytest.mark.parametrize(("state", "silent_s", "said"), [
    ("running", 8, True), ("running", 1, False), ("starting", 60, False), ("done", 60, False),
])
def test_row_29_numbers_that_do_not_come_are_explained(state, silent_s, said):
    at = visit(a_run(state, heartbeat=time.time() - silent_s))
    assert ("Saving is delayed" in progress(at)) == said


def test_the_fields_can_be_set_as_a_linked_run_had_them():
    told = TrainSpec(lr=0.05, epochs=7, optimizer="sgd")
    at = visit(a_run("done", spec=told))
    at.session_state["train.epochs"] = 2
    fine(at.run())
    fine(at.button(key="train.same_settings").click().run())
    assert at.session_state["train.epochs"] == 7
    assert at.session_state["train.lr"] == 0.05
    assert at.session_state["train.optimizer"] == "sgd"
    assert "train.same_settings" not in {b.key for b in at.button}


def test_a_result_leads_to_the_runs_page():
    run = a_run("done", EPOCH, TEST)
    links = [link.proto for link in visit(run).get("page_link")]
    assert [link.page for link in links if f"run={run}" in link.query_string] == ["runs"]


def test_a_stopped_run_can_be_discarded():
    run = a_run("stopped")
    at = visit(run)
    fine(at.button(key="train.discard").click().run())
    assert client.status(run) is None
    assert "run" not in at.query_params
    assert "No run yet" in shown(at)


def test_a_run_that_the_server_no_longer_has_is_explained():
    assert "This run is not, or no longer, on the server" in shown(visit("0000abcd"))


def test_an_interruption_is_told_with_the_epoch_it_went_on_from():
    record = {"type": "resumed", "code": "worker_killed", "exitcode": -9, "at": "10:42", "attempt": 2, "done": 123, "total": 410}
    assert "stopped by the system (probably out of memory). Resumed from epoch 3." in shown(visit(a_run("running", record, attempt=2)))


def test_a_cause_of_an_older_version_is_no_crash():
    run = a_run("failed", cause=json.dumps({"code": "worker_silent"}))
    assert "worker_silent" in shown(visit(run))


@pytest.mark.parametrize(("record", "words"), [
    ({"what": "accuracy", "value": 0.953, "step": 82}, "the validation accuracy reached 95.3% after epoch 2"),
    ({"what": "seconds", "value": 20.1, "step": 100}, "21 s of work were over at epoch 2.4"),
])
def test_an_early_end_says_which_limit_was_met(record, words):
    assert words in shown(visit(a_run("done", EPOCH, {"type": "reached", **record}, TEST)))


def test_a_dead_channel_raises_an_alarm():
    at = visit(a_run("running", {**EPOCH, "dead": {"conv1": [], "conv2": [5]}}))
    assert "conv2: channel 5 is zero for every picture looked at, of the test and the training set" in shown(at)
    assert "it counts as dead" in shown(at)
    at = visit(a_run("running", {**EPOCH, "dead": {"conv1": [0, 3], "conv2": []}}, spec=TrainSpec(seed=2)))
    assert "conv1: channels 0, 3 are zero" in shown(at)


def test_while_a_run_is_at_work_the_next_ones_settings_fold_away():
    at = visit(a_run("running"))
    assert not [s for s in at.select_slider if s.key == "train.lr"]
    at.session_state["fold.train.next_run"] = True
    fine(at.run())
    fine(at.select_slider(key="train.lr").set_value(0.1).run())
    assert at.query_params["lr"] == "0.1"


@pytest.mark.parametrize("key", PRESETS)
def test_an_experiment_sets_the_page_and_is_recognised(key):
    at = opened("train", seed="7")
    fine(experiment(at).set_value(key).run())
    spec = TrainSpec(**{f.name: at.session_state[f"train.{f.name}"] for f in dataclasses.fields(TrainSpec)})
    assert spec == dataclasses.replace(PRESETS[key].spec, seed=7)
    assert experiment(at).value == presets.matching(spec) == key
    fine(at.button(key="frame.reset").click().run())
    assert experiment(at).value == "default"


def test_settings_of_ones_own_are_no_experiment():
    assert experiment(opened("train", lr="0.05")).value is None


def test_a_slow_browser_that_still_sends_the_last_experiment_resets_nothing():
    at = opened("train")
    before = experiment(at)
    fine(at.select_slider(key="train.lr").set_value(0.005).run())
    before.set_value("default")                                            # the box that stood there before the slider was moved
    fine(at.run())
    assert at.session_state["train.lr"] == 0.005


@pytest.mark.parametrize("key", PRESETS)
def test_each_experiment_was_tried_with_five_seeds_and_says_so_beside_the_result(key):
    preset = PRESETS[key]
    assert len(preset.tried) == len(preset.trained) == 5
    at = visit(a_run("done", EPOCH, TEST, spec=dataclasses.replace(preset.spec, seed=9)))
    words = shown(at)
    assert f"{preset.band[0]:.1%} to {preset.band[1]:.1%}" in words
    assert Text("en")(f"presets.{key}.why") in words
    assert ("On the pictures that it learned from: 100.0%." in words) == (key == "overfit")


def test_the_counterpart_of_an_experiment_is_one_press_away():
    at = visit(a_run("done", EPOCH, TEST, spec=PRESETS["few_updates_32"].spec))
    fine(at.button(key="train.experiment.next.few_updates_4").click().run())
    assert at.session_state["train.batch_size"] == 4
    assert all(other in PRESETS for others in presets.PAIRS.values() for other in others)


@pytest.mark.parametrize(("steps_per_epoch", "epochs", "reported", "n"), [
    (12_500, 2, 25, 2_000),                                                # the CIFAR-10 text's own run
    (11_250, 2, 23, 2_001),                                                # a whole number of reports
    (844, 1, 1, 50),
    (41, 10, 1, 41),                                                       # digits: one line an epoch
    (1, 5, 1, 1),
])
def test_a_line_of_the_report_is_the_texts_2000_or_as_few_as_fit(steps_per_epoch, epochs, reported, n):
    assert printout.every(steps_per_epoch, epochs, reported) == n


def test_a_line_of_the_report_is_the_exact_mean_of_its_steps():
    losses = torch.rand(25, generator=torch.Generator().manual_seed(0)).tolist()      # of every step: two epochs of 10, and half of one
    ends, counts = [3, 6, 9, 10, 13, 16, 19, 20, 23, 25], [3, 3, 3, 1, 3, 3, 3, 1, 3, 2]
    means = [sum(losses[end - count : end]) / count for end, count in zip(ends, counts, strict=True)]
    told = printout.lines(ends, means, counts, 10, 6)
    assert [row[:3] for row in told] == [(1, 6, 6), (1, 10, 4), (2, 6, 6), (2, 10, 4)]
    assert [row[3] for row in told] == pytest.approx([sum(losses[a:b]) / (b - a) for a, b in ((0, 6), (6, 10), (10, 16), (16, 20))])


def test_the_report_stands_below_the_chart_when_it_is_chosen():
    run = a_run("done", *({**LOSS, "step": step, "loss": 2.0} for step in range(1, 42)), EPOCH, TEST)
    at = visit(run)
    fine(at.button_group(key="train.below").set_value("report").run())
    assert "epoch  1  step     41  mean loss 2.0000" in [c.value for c in at.code]
    assert "Each line is the mean over 41 mini-batches" in shown(at)


@pytest.mark.parametrize(("seconds", "en", "zh"), [
    (3.2, "4 s", "4 秒"), (108, "1 min 50 s", "1 分 50 秒"), (4000, "1 h 6 min", "1 小时 6 分"),
])
def test_a_duration_is_said_as_people_say_it(seconds, en, zh):
    assert words.duration(Text("en"), seconds) == en
    assert words.duration(Text("zh"), seconds) == zh


def photographed(spec: TrainSpec, steps: int) -> str:
    """A real run of a few steps that ended with snapshots of each."""
    run = a_run("done", EPOCH, TEST, spec=spec)
    state, folder = start(spec), run_folder(run)
    folder.mkdir(parents=True, exist_ok=True)
    album = Album(1, [])
    tell(run, {"type": "snapshot", "step": 0, "file": album.add(state.model, folder, 0)})
    for step, _ in zip(range(1, steps + 1), train(state), strict=False):
        tell(run, {"type": "snapshot", "step": step, "file": album.add(state.model, folder, step)})
    return run


@pytest.mark.parametrize("network", ["lenet", "cifar_net", "lenet5", "lenet5_bn"])
def test_the_inside_opens_for_every_kind_of_network(network):
    at = visit(photographed(TrainSpec(network=network, train_images=100), 3))
    at.session_state["fold.train.inside"] = True
    fine(at.run())
    assert at.select_slider(key="train.inside.step").value == 3            # the newest
    for what in ("maps", "kernels", "grads"):
        for layer in ("conv1", "conv2"):
            fine(at.button_group(key="train.inside.what").set_value(what).run())
            fine(at.button_group(key="train.inside.layer").set_value(layer).run())
            assert Text("en")(f"train.inside.about.{what}", layer=layer) in shown(at)
    fine(at.select_slider(key="train.inside.step").set_value(0).run())
    assert "Before the first step there is no gradient yet" in shown(at)
    fine(at.button_group(key="train.inside.what").set_value("kernels").run())
    assert "One colour scale for all 4 snapshots" in shown(at)


def test_the_slider_follows_the_newest_snapshot_until_it_is_moved():
    run = photographed(TrainSpec(train_images=100), 3)
    at = visit(run)
    at.session_state["fold.train.inside"] = True
    fine(at.run())
    tell(run, {"type": "snapshot", "step": 4, "file": "snapshot-000003.safetensors"})
    assert fine(at.run()).select_slider(key="train.inside.step").value == 4
    fine(at.select_slider(key="train.inside.step").set_value(1).run())
    tell(run, {"type": "snapshot", "step": 5, "file": "snapshot-000003.safetensors"})
    assert fine(at.run()).select_slider(key="train.inside.step").value == 1
    fine(at.select_slider(key="train.inside.step").set_value(5).run())
    tell(run, {"type": "snapshot", "step": 6, "file": "snapshot-000003.safetensors"})
    assert fine(at.run()).select_slider(key="train.inside.step").value == 6
    at.select_slider(key="train.inside.step").set_value(5)                 # a slow browser still sends what it was shown before
    assert fine(at.run()).select_slider(key="train.inside.step").value == 6


def test_inside_shows_what_the_network_of_that_step_computes(tmp_path):
    spec = TrainSpec(train_images=100)
    state = start(spec)
    for _ in zip(range(3), train(state), strict=False):
        pass
    picture = one_picture(spec, 7)
    assert picture.labels.tolist() == [7]
    x = as_input(spec, picture)
    album = Album(1, [])
    seen = inside(fresh("lenet5", 5), read(tmp_path / album.add(state.model, tmp_path, 3)), x)
    with torch.no_grad():
        after_relu = torch.relu(state.model.eval().conv1[0](x))[0]
    torch.testing.assert_close(seen.maps["conv1"], after_relu)
    assert seen.maps["conv2"].shape == (16, 8, 8)
    assert torch.equal(seen.kernels["conv2"], state.model.conv2[0].weight)
    assert torch.equal(seen.grads["conv2"], state.model.conv2[0].weight.grad)


def test_before_training_there_is_no_gradient():
    model = fresh("lenet5", 0)
    spec = TrainSpec()
    assert inside(fresh("lenet5", 1), Snapshot(take(model).weights, take(model).grads), as_input(spec, one_picture(spec, 0))).grads == {}


def test_greyed_colours_wait_for_the_mean_that_the_run_has_measured(monkeypatch):
    from core import data

    spec, picture = TrainSpec(network="lenet5", dataset="digits"), one_picture(TrainSpec(), 0)
    monkeypatch.setitem(data.DATASETS, "digits", dataclasses.replace(data.DATASETS["digits"], channels=3))
    assert as_input(spec, picture) is None
    torch.testing.assert_close(as_input(spec, picture, ((0.5,), (0.5,))), picture.images / 255 * 2 - 1)


def test_a_dead_channel_of_a_map_is_black_in_every_pixel():
    """What the alarm says and what the picture shows are the same thing."""
    spec, model = TrainSpec(), fresh("lenet5", 0)
    with torch.no_grad():
        model.conv2[0].weight[5], model.conv2[0].bias[5] = 0.0, -1.0
    x = as_input(spec, one_picture(spec, 3))
    assert 5 in dead_channels(model, x)["conv2"]
    assert float(inside(model, take(model), x).maps["conv2"][5].abs().max()) == 0.0
