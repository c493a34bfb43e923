"""What must happen when something goes wrong, and what the learner reads then: the rows of the table of faults, one test for each.

The runs are real ones, made, interrupted and ended by the code that does so in earnest; where nothing depends on processes, in this one.
"""

import dataclasses
import json
import re
import socket
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from core import weights
from core.models import fresh
from core.presets import works
from core.train import TrainSpec
from jobs import client, queue, starter
from jobs import home as place_of_runs
from jobs.artifacts import CHECKPOINT, WEIGHTS
from jobs.home import run_folder
from jobs.journal import Journal
from jobs.kinds import JOBS
from jobs.limits import LIMITS
from jobs.store import opened
from jobs.worker import carry_out
from tests.conftest import ROOT
from tests.jobs_place import a_service, kill, lives, place, service, until, until_state, worker_pid  # noqa: F401
from tests.test_pages import fine, server_had_a_visitor, shown  # noqa: F401
from tests.test_train_browser import LONG, start, train_losses, wait_for_points
from ui.frame import PAGES

ANN, BOB = "a" * 32, "b" * 32
SHORT = TrainSpec(epochs=2, train_images=60, batch_size=8)                 # 54 pictures to learn from: 7 steps, twice
LASTING = TrainSpec(epochs=50, batch_size=8)                               # about ten seconds, longer than any test looks at it


@pytest.fixture(autouse=True)
def a_worker_of_one_run(monkeypatch):
    """A worker sets its process up for one run; this process goes on."""
    monkeypatch.setattr("jobs.kinds.train.for_one_run", lambda spec: None)


def visit(lang: str = "en", learner: str = ANN, page: str = "train", **query: str) -> AppTest:
    """The learner comes with a new browser session, as after a reload."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.session_state["learner"] = learner
    for name, value in {"lang": lang, **query}.items():
        at.query_params[name] = value
    if page != "home":
        at.switch_page(f"pages/{page}.py")
    return fine(at.run())


def words(at: AppTest) -> str:
    """Everything that can be read, the buttons, the notes and what the chart's element says included."""
    told = [shown(at), *(toast.value for toast in at.toast), *(str(button.label) for button in at.button)]
    told += [json.loads(e.proto.bytes)["progress"][1] for e in at.get("bidi_component") if b'"progress"' in e.proto.bytes]
    return "\n".join(told).replace("\\", "")


def begun(spec: TrainSpec = SHORT, learner: str = ANN) -> str:
    return client.submit("train", dataclasses.asdict(spec), learner)


def work(run: str, steps: int = 10**6) -> client.Status:
    """Its worker's next turn, up to the end, or until others wait after so many steps."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jobs.worker.LOOK_S", 0.0)
        patch.setattr(Journal, "commands", lambda self: [("yield", {})] if self.progress[0] >= steps else [])
        with opened() as db:
            row = queue.take_next(db, "gpu" if client.status(run).spec["device"] == "cuda" else "cpu")
            assert row["id"] == run
            run_folder(run).mkdir(parents=True, exist_ok=True)
            journal = Journal(db, run, row["attempt"])
            journal.enter("starting")
            journal.end(*carry_out(journal, JOBS["train"], run_folder(run)))
    return client.status(run)


def at_work(run: str, steps: int) -> client.Status:
    """A run in the middle of its turn: so much is told and saved, and its worker is there."""
    work(run, steps)
    with opened() as db:
        db.execute("UPDATE runs SET state = 'running', heartbeat = ? WHERE id = ?", (time.time(), run))
    return client.status(run)


def told(run: str) -> list[dict]:
    """Its records, but for how fast the machine was and what the service said."""
    return [{name: value for name, value in event.record.items() if name not in ("images_per_s", "at_s")}
            for event in client.events(run) if event.record["type"] != "resumed"]


def whole(run: str) -> bool:
    return [event.seq for event in client.events(run)] == list(range(1, len(client.events(run)) + 1))


def by_lang(en: str, zh: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("lang", "sentence"), [("en", en), ("zh", zh)])


# 1: the tab is closed

@by_lang(r"Your run {run} finished while you were away: best accuracy (\d+\.\d%)\.",
         r"你不在的时候，训练 {run} 已经完成：最高准确率 (\d+\.\d%)。")
def test_row_01_a_run_ends_without_its_tab_and_its_learner_hears_of_it_once(lang, sentence, place):  # noqa: F811
    run = begun()
    fine(visit(lang, run=run))                       # seen while it waits; then the tab is closed
    assert work(run).state == "done"
    news = re.search(sentence.format(run=run[:4]), words(visit(lang)))     # no link: the browser's own run is found
    best = max(record["val_accuracy"] for record in told(run) if record["type"] == "epoch")
    assert news[1] == f"{best:.1%}"
    assert not re.search(sentence.format(run=run[:4]), words(visit(lang)))
    assert not re.search(sentence.format(run=run[:4]), words(visit(lang, BOB, run=run)))


@by_lang("Nobody looked at this run for more than 10 minutes, so it stopped at the end of its epoch",
         "超过 10 分钟没有人看这次训练，为了把位置让给别人，它在一个轮次结束时停下了")
def test_row_01_where_places_are_few_a_run_that_nobody_looks_at_stops_after_an_epoch(lang, sentence, place, monkeypatch):  # noqa: F811
    monkeypatch.setitem(LIMITS, "laptop", replace(LIMITS["laptop"], away_s=600.0))
    run = begun()
    with opened() as db:
        db.execute("UPDATE runs SET seen = ? WHERE id = ?", (time.time() - 601, run))
    found = work(run)
    assert (found.state, found.done, found.total) == ("stopped", 7, 14)
    assert {CHECKPOINT, WEIGHTS} <= {path.name for path in run_folder(run).iterdir()}
    at = visit(lang)
    assert sentence in words(at)
    fine(at.button(key="train.continue").click().run())
    assert work(run).state == "done"                 # he has just looked
    alone = begun()
    work(alone)
    assert told(run) == told(alone)


# 2: the page is reloaded; 3: the line is cut for a while

class Line:
    """A way to the server that can be cut. Every byte goes through it."""

    def __init__(self, port: int) -> None:
        self.port, self.is_cut, self._open, self._lock = port, False, [], threading.Lock()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}/"
        threading.Thread(target=self._let_in, daemon=True).start()

    def cut(self) -> None:
        self.is_cut = True
        with self._lock:
            for each in self._open:
                _hang_up(each)
            self._open.clear()

    def mend(self) -> None:
        self.is_cut = False

    def close(self) -> None:
        _hang_up(self._door)
        self.cut()

    def _let_in(self) -> None:
        while True:
            try:
                near, _ = self._door.accept()
            except OSError:
                return
            if self.is_cut:
                _hang_up(near)
                continue
            far = socket.create_connection(("127.0.0.1", self.port))
            with self._lock:
                self._open += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=_carry, args=(one, other), daemon=True).start()


def _carry(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    _hang_up(one)
    _hang_up(other)


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()


def test_row_02_after_a_reload_the_chart_is_whole_and_the_run_is_found_again(chromium_page, app):
    page = chromium_page
    run = start(page, app, LONG)
    wait_for_points(page, 40)
    before = train_losses(page)
    page.reload()
    expect(page.get_by_text("Reconnected to your run.")).to_be_visible()
    assert f"run={run}" in page.url
    wait_for_points(page, len(before))               # what is sent at once has as many digits as its largest number needs
    assert train_losses(page)[: len(before)] == pytest.approx(before, abs=1e-3)
    page.goto(app + "train?lang=zh")                 # without the run's id: the browser's own is found
    expect(page.get_by_text("已重新连接到你的训练。")).to_be_visible()
    wait_for_points(page, len(before))
    assert train_losses(page)[: len(before)] == pytest.approx(before, abs=1e-3)
    page.get_by_role("button", name="停止").click()
    expect(page.get_by_text("已停止", exact=True)).to_be_visible()


def test_row_03_a_line_cut_for_seconds_costs_nothing_and_is_the_same_visit(chromium_page, app):
    line = Line(int(app.rstrip("/").rpartition(":")[2]))
    page = chromium_page
    start(page, line.url, LONG)
    wait_for_points(page, 20)
    page.get_by_text("Go deeper").click()            # of this visit, in no link
    expect(page.get_by_text("One step of training has five parts.")).to_be_visible()
    line.cut()
    before = train_losses(page)
    time.sleep(3.0)
    assert len(train_losses(page)) <= len(before) + 50                     # nothing comes in, and nothing is lost from the screen
    line.mend()
    wait_for_points(page, len(before) + 50)
    assert train_losses(page)[: len(before)] == before
    expect(page.get_by_text("Reconnected to your run.")).to_have_count(0)  # it never was away
    expect(page.get_by_text("One step of training has five parts.")).to_be_visible()
    page.get_by_test_id("stMainBlockContainer").get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped", exact=True)).to_be_visible()
    line.close()


# 4: the server restarts

@by_lang(r"The server restarted at \d\d:\d\d\. Your run stopped at epoch 1\.2 of 2; nothing before that is lost\.",
         r"服务器在 \d\d:\d\d 重启了。你的训练停在轮次 1\.2（共 2 个）；之前的内容都还在。")
def test_row_04_after_a_restart_the_learner_is_asked_and_nothing_is_lost(lang, sentence, place):  # noqa: F811
    run = begun()
    found = at_work(run, steps=9)
    assert (found.state, found.done) == ("running", 9)
    before = told(run)
    with a_service() as later:
        later.repair()
    at = visit(lang)
    assert re.search(sentence, words(at))
    assert told(run) == before
    fine(at.button(key="train.continue").click().run())
    assert client.status(run).state == "preempted"
    assert work(run).state == "done"
    assert told(run)[: len(before)] == before
    assert whole(run)
    alone = begun()
    work(alone)
    assert told(run) == told(alone)                  # bit for bit
    went_on = "Your run went on from epoch 1.2" if lang == "en" else "你的训练已从轮次 1.2 接着进行"
    assert went_on in words(visit(lang, run=run))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_row_04_after_a_restart_a_run_may_be_discarded(lang, place):  # noqa: F811
    run = begun()
    at_work(run, steps=9)
    with a_service() as later:
        later.repair()
    at = visit(lang)
    assert {"en": "Discard", "zh": "丢弃"}[lang] in words(at)
    fine(at.button(key="train.discard").click().run())
    assert client.status(run) is None
    assert not run_folder(run).exists()
    assert {"en": "No run yet", "zh": "还没有训练过"}[lang] in words(at)


@by_lang(r"The server restarted at \d\d:\d\d\. Your run went on from epoch 1\.2; nothing before that is lost\.",
         r"服务器在 \d\d:\d\d 重启了。你的训练已从轮次 1\.2 接着进行，之前的内容都还在。")
def test_row_04_on_a_class_server_runs_go_on_by_themselves_in_their_order(lang, sentence, place, monkeypatch):  # noqa: F811
    monkeypatch.setenv("FIRSTLIGHT_LIMITS", "class")
    run = begun()
    at_work(run, steps=9)
    later = begun(learner=BOB)
    with a_service() as next_one:
        next_one.repair()
    assert [client.status(each).place for each in (run, later)] == [1, 2]  # who was at work is next
    assert {"en": "You are number 1", "zh": "排在第 1 位"}[lang] in words(visit(lang))
    assert work(run).state == "done"
    assert re.search(sentence, words(visit(lang)))


# 5: the container was recycled

@by_lang(r"no longer, on the server \(free hosting keeps no files\)\. Load your downloaded weights to go on",
         "服务器上没有这次训练.*（免费托管不保留文件）。想接着用，请加载你下载过的权重")
@pytest.mark.parametrize("run", ["4f2c0000", "x" * 500, "../../etc", "<b>"])
def test_row_05_a_link_to_a_run_that_went_with_the_container_says_so_and_takes_the_weights(run, lang, sentence, place):  # noqa: F811
    at = visit(lang, run=run)
    assert re.search(sentence, words(at))
    raw = weights.as_safetensors(fresh("lenet5", 3), {"network": "lenet5"})
    at.file_uploader(key="train.upload").set_value(("mine.safetensors", raw, "application/octet-stream"))
    assert "44,426" in words(fine(at.run()))


# 8: nothing can be saved

@pytest.fixture
def read_only(monkeypatch, tmp_path) -> Path:
    """A server that may not write where it was told to: runs live in memory."""
    memory = tmp_path / "memory"
    monkeypatch.setenv("FIRSTLIGHT_HOME", "/proc/firstlight")
    monkeypatch.setattr(place_of_runs, "_tried", {})
    monkeypatch.setattr(place_of_runs, "_in_memory", lambda: [memory])
    monkeypatch.setattr(starter, "ensure_service", lambda: None)
    return memory


BANNER = {"en": "This server cannot save files: download your weights before closing.",
          "zh": "这台服务器不能保存文件：关闭之前请先下载你的权重。"}


@pytest.mark.skipif(not Path("/proc").exists(), reason="needs a place that nobody can write")
@pytest.mark.parametrize("lang", BANNER)
def test_row_08_where_nothing_is_kept_every_page_says_so_and_weights_can_be_taken_away(lang, read_only):
    for page in PAGES:
        assert words(visit(lang, page=page)).count(BANNER[lang]) == 1, page
    run = begun()
    assert work(run).state == "done"
    at = visit(lang)
    assert BANNER[lang] in words(at)
    at.session_state["fold.train.walk"] = True
    at = fine(at.run())
    assert client.artifact(run, WEIGHTS).is_relative_to(read_only)
    assert len(at.get("download_button")) == 2


@by_lang("The server can write neither into /proc/firstlight nor into memory", "服务器既不能写入 /proc/firstlight，也不能写入内存盘")
@pytest.mark.skipif(not Path("/proc").exists(), reason="needs a place that nobody can write")
def test_row_08_where_not_even_memory_takes_files_every_page_says_what_to_do(lang, sentence, read_only, monkeypatch):
    monkeypatch.setattr(place_of_runs, "_in_memory", lambda: [Path("/proc/memory")])
    for page in PAGES:
        assert sentence in words(visit(lang, page=page)), page


def test_row_08_where_files_are_kept_no_page_says_anything(place):  # noqa: F811
    for page in PAGES:
        assert BANNER["en"] not in words(visit(page=page)), page


# 9: the GPU is full

@by_lang("The GPU has no room for batch size 512 with LeNet-5. Try 64.",
         "GPU 的显存不够：LeNet-5 放不下 512 的批大小。请改成 64 试试。")
def test_row_09_a_gpu_without_room_fails_that_run_says_what_would_fit_and_the_next_one_starts(lang, sentence, place, monkeypatch):  # noqa: F811
    def full(spec: TrainSpec) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")

    run = begun(replace(SHORT, batch_size=512, device="cuda"))
    with monkeypatch.context() as gpu:
        gpu.setattr("jobs.kinds.train.start", full)
        found = work(run)
    assert (found.state, found.cause["code"], found.resumable) == ("failed", "no_room", False)
    assert sentence in words(visit(lang))
    assert work(begun()).state == "done"


# 10: the GPU is out of order; 11: a worker is killed

@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("code", "went_on"), [
    ("gpu_restarted", {"en": "The GPU worker had to restart; your run resumed from epoch 1.2.",
                       "zh": "GPU 进程不得不重启，你的训练已从轮次 1.2 接着进行。"}),
    ("worker_killed", {"en": "The training process was stopped by the system (probably out of memory). Resumed from epoch 1.2.",
                       "zh": "训练进程被系统终止（多半是内存不足）。已从轮次 1.2 接着训练。"}),
])
def test_row_10_and_11_a_run_that_waits_to_go_on_is_not_said_to_have_ended(code, went_on, lang, place):  # noqa: F811
    run = begun()
    found = at_work(run, steps=9)
    with opened() as db:
        assert queue.go_on_later(db, run, found.attempt, {"code": code, "exitcode": -9, "at": "10:42"}, most=1)
    waits = words(visit(lang))
    assert {"en": "goes on by itself at its next turn", "zh": "轮到它时会自动接着进行"}[lang] in waits
    assert "second time" not in waits
    assert "第二次" not in waits
    work(run)
    assert went_on[lang] in words(visit(lang))



def test_row_11_a_killed_run_goes_on_once_by_itself_and_then_asks(service, monkeypatch):  # noqa: F811
    monkeypatch.setenv("TEST_PRELOAD", "jobs.preload jobs.kinds.train")
    run = begun(LASTING)
    until(lambda: client.status(run).done > 170, "the second epoch")
    seen = client.events(run)
    kill(worker_pid(run))
    began = time.monotonic()
    until(lambda: client.status(run).attempt == 2 and client.status(run).state == "running", "another worker")
    assert time.monotonic() - began < 5.0
    for lang, sentence in (("en", r"was stopped by the system \(probably out of memory\)\. Resumed from epoch ([\d.]+)\."),
                           ("zh", r"训练进程被系统终止（多半是内存不足）。已从轮次 ([\d.]+) 接着训练。")):
        assert float(re.search(sentence, words(visit(lang)))[1]) >= 1.0
    until(lambda: len(client.events(run)) > len(seen) + 20)
    assert client.events(run)[: len(seen)] == seen
    kill(worker_pid(run))
    until_state(run, "failed")
    assert "stopped by the system a second time (exit code -9" in words(visit("en"))
    assert "第二次被系统终止（退出码 -9" in words(visit("zh"))
    fine(visit().button(key="train.continue").click().run())
    until(lambda: client.status(run).attempt == 3 and client.status(run).state == "running", "a third worker")
    client.stop(run, ANN)
    until_state(run, "stopped")
    assert whole(run)
    steps = [record["step"] for record in told(run) if record["type"] == "loss"]
    assert steps == sorted(set(steps))


# 12: a worker hangs

def test_row_12_a_worker_that_hangs_is_ended_and_the_next_run_starts(service):  # noqa: F811
    run = client.submit("count", {"trouble": "hang_hard", "at": 2, "device": "cpu"}, ANN)
    hung = until(lambda: worker_pid(run))
    assert until_state(run, "lost").cause == {"code": "worker_silent", "seconds": 2}
    until(lambda: not lives(hung))                   # although it does not hear the polite signal
    until_state(client.submit("count", {"to": 1}, BOB), "done")
    with opened() as db:                             # the page shows training runs only
        db.execute("UPDATE runs SET kind = 'train', spec = ? WHERE id = ?", (json.dumps(dataclasses.asdict(SHORT)), run))
    assert "No progress for 2 s, so it was stopped." in words(visit("en"))
    assert "2 秒没有任何进展，已经停止。" in words(visit("zh"))
    assert fine(visit()).button(key="train.continue")


# 13: the loss is no number

@by_lang(r"The loss became (nan|inf) at step (\d+); the learning rate was 10\.0\.",
         r"在第 (\d+) 步，损失变成了 (nan|inf)；当时的学习率是 10\.0。")
def test_row_13_a_loss_that_is_no_number_says_where_and_what_works_and_keeps_weights_that_compute(lang, sentence, place):  # noqa: F811
    spec = TrainSpec(optimizer="sgd", lr=10.0, epochs=1)
    run = begun(spec)
    found = work(run)
    assert (found.state, found.resumable) == ("diverged", False)
    said = re.search(sentence, words(visit(lang)))
    assert str(found.cause["step"]) in said.groups()
    assert works(spec)
    assert works(spec) in words(visit(lang))
    kept = weights.from_bytes(client.artifact(run, WEIGHTS).read_bytes(), spec.network)
    assert all(tensor.isfinite().all() for tensor in kept.state_dict().values())


# 14: two at once

@by_lang("Running next to 1 other run.", "另有 1 个训练同时在进行。")
def test_row_14_a_run_beside_another_says_so(lang, sentence, place, monkeypatch):  # noqa: F811
    """That it learns the same as alone: test_jobs_turns."""
    monkeypatch.setenv("FIRSTLIGHT_LIMITS", "class")
    run, other = begun(), begun(learner=BOB)
    with opened() as db:
        for each in (run, other):
            Journal(db, each, queue.take_next(db)["attempt"]).enter("running")
    assert sentence in words(visit(lang))
    assert sentence in words(visit(lang, BOB))
    with opened() as db:
        Journal(db, other, 1).end("done", None)
    assert sentence not in words(visit(lang))


# 15: the whole class presses Train

@by_lang("You are number 7 in the queue; about 1 min 50 s.", "正在排队：你排在第 7 位，大约还要 1 分 50 秒。")
def test_row_15_forty_who_press_train_all_get_a_place_and_read_how_long_it_takes(lang, sentence, place):  # noqa: F811
    earlier = begun()
    work(earlier)
    with opened() as db:
        db.execute("UPDATE runs SET elapsed_s = 18.3 WHERE id = ?", (earlier,))                        # six such runs: 1 min 50 s
    together([lambda n=n: begun(learner=f"{n:032x}") for n in range(40)])
    with opened() as db:
        line = [(row["id"], row["learner"]) for row in db.execute("SELECT id, learner FROM runs WHERE state = 'queued' ORDER BY number")]
    assert [client.status(run).place for run, _ in line] == list(range(1, 41))
    at = visit(lang, line[6][1])
    assert sentence in words(at)
    assert {"en": "Leave the queue", "zh": "退出排队"}[lang] in words(at)
    fine(at.button(key="train.leave").click().run())
    assert {"en": "Stopped while it was waiting", "zh": "在排队时停止"}[lang] in words(fine(at.run()))
    assert client.status(line[7][0]).place == 7


@by_lang("All 80 places are taken; try again in about 27 min.", "80 个位置都满了，请大约 27 分钟后再试。")
def test_row_15_who_finds_all_places_taken_reads_how_many_and_for_how_long(lang, sentence, place):  # noqa: F811
    for n in range(81):                              # the first one is at work
        run = begun(LASTING, f"{n:032x}")
        with opened() as db:
            if n == 0:
                Journal(db, run, queue.take_next(db)["attempt"]).enter("running")
    with opened() as db:                             # each needs 40 s more, two turns: the first of them ends after 81 turns and one
        db.execute("UPDATE runs SET done = 10, total = 30, elapsed_s = 20, before_s = 20")
    at = visit(lang)
    fine(at.button(key="predict.train.show").click().run())
    fine(at.button(key="train.start").click().run())
    assert sentence in words(at)
    assert client.list_runs(ANN) == []


def together(acts: list) -> None:
    threads = [threading.Thread(target=each) for each in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# 16: two clicks

def test_row_16_two_quick_clicks_make_one_run(chromium_page, app, app_home, monkeypatch):
    monkeypatch.setenv("FIRSTLIGHT_HOME", str(app_home))

    def runs() -> int:
        with opened() as db:
            return db.execute("SELECT count(*) FROM runs").fetchone()[0]

    page, before = chromium_page, runs()
    page.goto(f"{app}train?lang=en&seed=16")
    page.get_by_role("button", name="Just show me").click()
    button = page.get_by_role("button", name="Start training")
    expect(button).to_be_enabled()
    button.dblclick(delay=30)
    page.wait_for_url(re.compile("run=[0-9a-f]{8}"))
    expect(page.get_by_text("Done", exact=True)).to_be_visible()
    assert runs() == before + 1


def test_row_16_a_storm_of_reruns_makes_one_run(place):  # noqa: F811
    """The same press is heard again and again, while the browser still sends the query from before it."""
    at = visit()
    fine(at.button(key="predict.train.show").click().run())
    before = dict(at.query_params)
    for _ in range(4):
        if [button for button in at.button if button.key == "train.start"]:
            at.button(key="train.start").click()
        at.query_params.clear()
        at.query_params.update(before)
        fine(at.run())
    assert len(client.list_runs(ANN)) == 1


def test_row_16_after_a_discarded_run_the_same_settings_start_a_new_one(place):  # noqa: F811
    """One press is one run; a second press is another one, also when it says the same as an earlier one."""
    first = press_start(visit())
    assert work(first).state == "done"
    at = visit(epochs="3")
    second = press_start(at)
    client.stop(second, ANN)
    fine(at.run())
    fine(at.button(key="train.discard").click().run())
    fine(at.slider(key="train.epochs").set_value(TrainSpec.epochs).run())
    third = press_start(at)
    assert client.status(third).state == "queued"
    assert third not in (first, second)


def press_start(at: AppTest) -> str:
    if [button for button in at.button if button.key == "predict.train.show"]:
        fine(at.button(key="predict.train.show").click().run())
    fine(at.button(key="train.start").click().run())
    return at.session_state["train.run"]


# 17: Stop

def test_row_17_stop_works_within_a_second_keeps_the_weights_and_can_be_taken_back(service, monkeypatch):  # noqa: F811
    monkeypatch.setenv("TEST_PRELOAD", "jobs.preload jobs.kinds.train")
    run = begun(LASTING)
    until(lambda: client.status(run).done > 30)
    at = visit()
    at.button(key="train.stop").click()
    asked = time.monotonic()
    fine(at.run())
    found = until_state(run, "stopped")
    assert time.monotonic() - asked < 1.5            # with the page's own time
    epochs = found.done / found.total * 50
    for lang, sentence in (("en", r"Stopped at epoch ([\d.]+); weights kept\."), ("zh", r"在轮次 ([\d.]+) 停止，权重已保留。")):
        assert float(re.search(sentence, words(visit(lang)))[1]) == pytest.approx(epochs, abs=0.1)
    weights.from_bytes(client.artifact(run, WEIGHTS).read_bytes(), LASTING.network)
    assert {"en": "Continue", "zh": "接着训练"}["zh"] in words(visit("zh"))
    fine(visit().button(key="train.continue").click().run())
    until(lambda: client.status(run).done > found.done + 5)
    time.sleep(1.0)                                  # a stop that was obeyed has no more to say
    assert client.status(run).state == "running"
    client.stop(run, ANN)
    assert until_state(run, "stopped").cause is None
    assert whole(run)


def test_row_17_a_worker_that_does_not_stop_is_ended(service):  # noqa: F811
    run = client.submit("count", {"trouble": "hang_hard", "at": 3, "every_s": 0.2, "to": 9}, ANN)
    until(lambda: len(client.events(run)) == 2)
    time.sleep(0.4)                                  # now it hangs
    client.stop(run, ANN)
    assert until_state(run, "stopped").cause == {"code": "stop_forced"}
    until(lambda: not lives(worker_pid(run)))
    with opened() as db:
        db.execute("UPDATE runs SET kind = 'train', spec = ? WHERE id = ?", (json.dumps(dataclasses.asdict(SHORT)), run))
    assert "It did not react to Stop and was ended by force." in words(visit("en"))
    assert "按了停止却没有反应，已被强行终止。" in words(visit("zh"))
