"""Every printed number of the five texts: the comparison, its table in a terminal, its job and its page."""

import csv
import dataclasses
import io
import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from content.text import LANGUAGES, sentences
from core import data
from core.lessons.numbers import TEXTS, chains, code, introyt1, rows, sources
from core.lessons.numbers.__main__ import main
from core.lessons.numbers.bands import BANDS
from core.lessons.numbers.check import check, counts, expected, weights
from core.lessons.numbers.printed import Band, Dropped, Exact, LogProbs, Never, Perhaps, Printed, Residue, Verdict, tidy, verdict
from core.lessons.numbers.reasons import REASONS
from core.lessons.numbers.report import as_csv, head, line, short, sums
from core.lessons.numbers.sources import SOURCES
from core.lessons.numbers.spec import TEXT_KEYS, VERDICTS
from jobs import client
from jobs.kinds.numbers import NumbersJob
from jobs.store import opened as opened_store
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two are fixtures)
from ui.numbers import board

ROOT = Path(__file__).parents[1]
FREE = [row for row in rows() if not row.chain and not row.needs]          # nothing but PyTorch
LOGISTIC = ("r1", "r4")                              # rungs of a second or two


def row_of(text: str, place: str) -> Printed:
    return next(row for row in TEXTS[text] if row.place == place)


def changed(row: Printed, **what: object) -> str:
    return verdict(dataclasses.replace(row, **what)).verdict


@pytest.fixture(scope="module")
def told():
    """What came of everything that needs neither data nor training."""
    return [found for found in check(FREE) if found]


@pytest.fixture
def nothing_here(monkeypatch):
    for need in SOURCES:
        monkeypatch.setitem(SOURCES, need, lambda: False)


# the comparison

def test_every_value_of_pytorch_alone_comes_out_and_they_are_more_than_120(told):
    found = counts(told)
    assert found["failed"] == found["needs"] == found["later"] == 0
    assert found["exact"] + found["band"] >= 120
    assert len(told) == len(FREE) == found["exact"] + found["band"] + found["never"]


@pytest.mark.parametrize(("text", "place", "said"), [
    ("s0", "print(r1)", "tensor([[0.3126, 0.3791], [0.3087, 0.0736]])"),
    ("s2", "torch.det(r)", "tensor(-0.5703)"),
    ("s4", "torch.std_mean(r)", "(tensor(0.7217), tensor(0.1247))"),
    ("s2", "imshow: range", "[-0.49473685..1.5632443]"),
    ("s2", "conv2(x)", "[n,16,4,4]"),
    ("s3", "print(y)", "tensor([[ 0.8814, -0.1492]], grad_fn=<AddmmBackward0>)"),
    ("s3", "x.view", "16 * 6 * 6 = 576"),
    ("s3", "normed_tensor.mean()", "tensor(3.3528e-08, grad_fn=<MeanBackward0>)"),
    ("s1", "last map: 4x4", "4x4"),
    ("s0", "last report: 12000", "12000"),
    ("s2", "r: range", "-1~1"),
    ("s4", "chance: 10%", "10%"),
    ("s4", "Net: 3 colours", "3"),
    ("s3", "LSTMTagger: arguments", "4"),
    ("s3", "my_tensor.mean(): 15", "15"),
])
def test_well_known_values_are_printed_so_and_come_out(text, place, said):
    assert row_of(text, place).printed == said
    assert verdict(row_of(text, place)).verdict == "exact"


def test_the_untrained_networks_answer_is_pytorchs_own_printout_of_ten_numbers():
    found = verdict(row_of("s4", "print(output)"))
    assert (found.verdict, found.why) == ("exact", ("same",))
    assert found.now == str(introyt1.raw_output())
    assert "0.0898,  0.0318,  0.1485,  0.0301, -0.0085, -0.1135, -0.0296,  0.0164" in found.now


def test_all_draws_follow_from_the_seed_in_the_texts_order():
    torch.manual_seed(1729)
    again = torch.rand(2, 2)
    torch.rand(2, 3), torch.rand(3, 2)               # of the sum that fails
    assert introyt1.again().equal(again)
    assert introyt1.r().equal((torch.rand(2, 2) - 0.5) * 2)


def test_one_wrong_digit_in_any_text_is_noticed():
    """The last digit of every value that comes out exactly is changed."""
    for row in FREE:
        if row.compute is not None and isinstance(row.judge, Exact):
            at = max(found.start() for found in re.finditer(r"\d", row.printed.partition(", grad_fn")[0]))
            wrong = row.printed[:at] + str((int(row.printed[at]) + 1) % 10) + row.printed[at + 1:]
            assert changed(row, printed=wrong) == "failed", row.place


def test_an_error_is_a_verdict_and_the_others_go_on():
    def broken():
        raise ValueError("no such thing")

    first = dataclasses.replace(row_of("s0", "print(r)"), compute=broken)
    found = [found for found in check([first, row_of("s0", "print(ones)")]) if found]
    assert [(each.verdict, each.why) for each in found] == [("failed", ("raised",)), ("exact", ("same",))]
    assert found[0].now == "ValueError: no such thing"


def test_a_training_that_breaks_is_started_once_and_all_its_values_say_why(monkeypatch):
    starts = []

    def broken(seed: int):
        starts.append(seed)
        yield None
        raise ValueError("no such thing")

    monkeypatch.setitem(SOURCES, "mnist", lambda: True)
    monkeypatch.setitem(chains.CHAINS, "r1", dataclasses.replace(chains.CHAINS["r1"], values=broken))
    for kept in ("_kept", "_broken"):
        monkeypatch.setattr(chains, kept, {})
    found = [found for found in check([row for row in TEXTS["s1"] if row.chain == "r1"]) if found]
    assert len(found) == 4
    assert len(starts) == 1
    assert {(each.verdict, each.now) for each in found} == {("failed", "ValueError: no such thing")}


# the judges

def test_spaces_between_numbers_make_no_difference_and_digits_do():
    assert tidy("tensor([[ 0.9956, -0.2232],\n        [ 0.3858, -0.6593]])") == "tensor([[0.9956,-0.2232],[0.3858,-0.6593]])"
    assert Exact()("(50000,784)", (50000, 784)) == ("exact", ("same",))
    assert Exact()("1 2", "12") == ("failed", ("differs",))


def test_a_grad_fn_with_another_name_is_mentioned_and_the_number_is_judged():
    x = torch.tensor(2.0, requires_grad=True)
    assert Exact()("tensor(-2., grad_fn=<NegBackward>)", -x) == ("exact", ("same", "renamed"))
    assert Exact()("tensor(-3., grad_fn=<NegBackward>)", -x)[0] == "failed"
    assert Exact()("tensor(-2., grad_fn=<NegBackward>)", -x.detach())[0] == "failed"           # no longer part of a graph


def test_what_rounding_leaves_of_zero_may_have_other_digits_and_not_another_size():
    assert Residue(1e-6)("tensor(3.3528e-08)", torch.tensor(3.3528e-08)) == ("exact", ("same",))
    assert Residue(1e-6)("tensor(3.3528e-08)", torch.tensor(-1.4901e-08)) == ("band", ("residue",))
    assert Residue(1e-6)("tensor(3.3528e-08)", torch.tensor(1e-5))[0] == "failed"
    assert Residue(1e-6)("tensor(3.3528e-08)", torch.tensor(float("nan")))[0] == "failed"


def test_a_processor_with_other_instructions_makes_no_value_fail(tmp_path):
    """Oldest code paths of PyTorch: sums are added in another order."""
    env = os.environ | {"ATEN_CPU_CAPABILITY": "default", "FIRSTLIGHT_DATA": str(tmp_path), "FIRSTLIGHT_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-m", "core.lessons.numbers", "--text", "s3"], cwd=ROOT, capture_output=True, text=True, env=env)
    assert done.stdout.splitlines()[-1].endswith("failed 0"), done.stdout + done.stderr


def test_a_band_judges_todays_value_and_says_where_the_texts_lies():
    judge = Band(0.080, 0.084)
    assert judge("tensor(0.0822, grad_fn=<NllLossBackward>)", 0.081) == ("band", ("seeds",))
    assert judge("tensor(0.0902)", 0.081) == ("band", ("outside",))
    assert judge("tensor(0.0822)", 0.0870) == ("failed", ("left_band",))
    assert judge("tensor(0.0822)", 0.0855) == ("band", ("seeds",))         # half the width is for other computers
    assert judge("0.0822", float("nan"))[0] == "failed"
    assert judge("[0.081, 0.082]", torch.tensor([0.081, 0.090]))[0] == "failed"


def test_logarithms_of_probabilities_must_add_up_to_one():
    judge, half = LogProbs(Band(-3.0, -0.1)), torch.tensor([0.5, 0.5]).log()
    assert judge("tensor([-0.6931, -0.6931])", half) == ("band", ("seeds",))
    assert judge("tensor([-0.6931, -0.6931])", torch.tensor([-0.6931, -0.5]))[0] == "failed"
    assert judge("tensor([-0.6931, -0.5000])", half)[0] == "failed"
    row = row_of("s1", "print(preds[0])")
    assert row.judge(row.printed, torch.full((10,), -1.0))[0] == "failed"
    assert row.judge(row.printed, torch.full((10,), math.log(0.1))) == ("band", ("seeds",))


def test_dropout_must_leave_x_over_one_minus_p_and_may_drop_any():
    x = torch.tensor([0.3, 0.6])
    judge = Dropped(lambda: x, 0.4)
    assert judge("tensor([0.5000, 0.0000])", torch.tensor([0.0, 1.0])) == ("band", ("mask",))
    assert judge("tensor([0.5000, 0.6000])", torch.tensor([0.0, 1.0]))[0] == "failed"          # not scaled
    assert judge("tensor([0.5000, 0.0000])", torch.tensor([0.3, 1.0]))[0] == "failed"
    assert judge("tensor([0.5000])", torch.tensor([0.0, 1.0]))[0] == "failed"                  # another size
    assert judge("tensor([0.5000, 0.0000])", torch.tensor([0.0, 0.0]))[0] == "failed"          # nothing is left
    assert judge("tensor([0.5000, 0.0000])", torch.tensor([0.5, 1.0]))[0] == "failed"          # nothing is dropped


def test_a_misprint_is_tried_and_pytorch_says_what_is_wrong():
    found = verdict(row_of("s1", "torch.randn(780, 10)"))
    assert (found.verdict, found.why) == ("never", ("misprint",))
    assert "64x784 and 780x10" in found.now


def test_computing_the_values_leaves_the_global_generator_alone():
    before = torch.get_rng_state()
    list(check([row for row in FREE if row.text in ("s1", "s2", "s3")]))
    assert torch.get_rng_state().equal(before)


def test_what_nothing_can_bring_back_is_never_passed():
    assert Never("price")("0.5", 0.5) == ("never", ("price",))
    assert Perhaps("order")("cat", "cat") == ("exact", ("same",))
    assert Perhaps("order")("cat", "dog") == ("never", ("order",))


# the table

def test_every_value_has_one_place_in_its_text_and_a_reason_that_has_words():
    assert tuple(TEXTS) == TEXT_KEYS
    assert len({(row.text, row.place) for row in rows()}) == len(rows())
    assert {row.text for row in rows()} == set(TEXTS)
    assert all(row.printed.strip() and len(board.name_of(row)) <= 60 for row in rows())
    words = sentences()
    assert {f"numbers.reason.{code}" for code in REASONS} == {key for key in words if key.startswith("numbers.reason.")}
    assert {f"numbers.section.{row.section}" for row in rows()} == {key for key in words if key.startswith("numbers.section.")}
    assert all(f"numbers.kind.{kind}" in words and f"options.verdict.{kind}" in words for kind in VERDICTS)
    assert {"same", "renamed", "seeds", "outside", "mask", "residue", "differs", "left_band"} <= set(REASONS)
    assert {row.judge.why for row in rows() if isinstance(row.judge, Never | Perhaps)} <= set(REASONS)
    assert {f"no_{need}" for need in SOURCES} <= set(REASONS)


def test_only_what_cannot_be_computed_has_no_code():
    assert all(isinstance(row.judge, Never) for row in rows() if row.compute is None)
    for row in rows():
        pieces = code.behind(row)
        assert bool(pieces) == (row.compute is not None)
        assert all((ROOT / file).is_file() and source in (ROOT / file).read_text("utf-8") for file, source in pieces)
    assert "torch.rand(2, 3)" in "".join(source for _, source in code.behind(row_of("s0", "print(r)")))      # the draws that r follows
    assert code.call(row_of("s3", "conv1(x): 6x28x28")) == "size('conv1')"


def test_the_values_of_every_training_have_a_band_and_nothing_else_has():
    used = {(row.chain, row.compute.args[1]) for row in rows() if row.chain}
    assert all(low <= high for values in BANDS.values() for low, high in values.values())
    assert used <= {(chain, name) for chain, values in BANDS.items() for name in values}
    assert set(chains.CHAINS) == set(BANDS) == {chain for chain, _ in used}


def test_terminal_lines_are_short_and_the_last_one_is_the_sum(told):
    assert all("\n" not in line(found) for found in told)
    assert line(told[0]).startswith("s0   print(z)")
    assert len(head()) < 140
    assert short("tensor([[1., 2.],\n        [3., 4.]])", 40) == "tensor([[1., 2.], [3., 4.]])"
    assert len(short("x" * 100, 34)) <= 34
    found = counts(told)
    assert sums(told)[-1] == f"exact {found['exact']}, in band {found['band']}, not reproducible {found['never']}, failed 0"


def test_the_command_prints_the_sum_last_also_where_only_torch_is_installed(tmp_path):
    without = "import sys, runpy; sys.modules |= dict.fromkeys(('streamlit', 'plotly', 'pandas', 'torchvision'))\n"
    script = without + "sys.argv = ['numbers', '--text', 's4']; runpy.run_module('core.lessons.numbers', run_name='__main__')"
    free = len([row for row in FREE if row.text == "s4"])
    env = os.environ | {"FIRSTLIGHT_DATA": str(tmp_path), "FIRSTLIGHT_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, env=env)
    *_, waiting, last = done.stdout.splitlines()
    assert (last, done.returncode) == (f"exact {free}, in band 0, not reproducible 0, failed 0", 0)
    assert waiting == f"not judged: {len(TEXTS['s4']) - free} need data that is not here, 0 need a long training that was not asked for"


def test_the_command_ends_with_1_when_a_printed_value_is_wrong(nothing_here, monkeypatch, capsys):
    wrong = tuple(dataclasses.replace(row, printed=row.printed.replace("0.9956", "0.9957")) for row in TEXTS["s4"])
    monkeypatch.setitem(TEXTS, "s4", wrong)
    assert main(["--text", "s4"]) == 1
    told = capsys.readouterr().out
    assert told.splitlines()[-1].endswith("failed 3")                      # r, its absolute value, its largest
    assert told.count("FAILED") == 3


def test_texts_values_outside_the_band_are_counted(told):
    by = {"outside": ("outside",), "seeds": ("seeds", "about")}
    found = [dataclasses.replace(told[0], verdict="band", why=by[why]) for why in ("outside", "seeds", "outside")]
    assert sums(found)[0] == "of those in band, 2 where today's value lies in it and the text's own does not"


def test_without_data_what_needs_it_says_so_and_is_not_passed(nothing_here):
    waiting = [row for row in rows() if row.chain or row.needs]
    found = [found for found in check(waiting) if found]
    assert len(found) == len(waiting) > 80
    assert {(each.verdict, each.now) for each in found} == {("needs", "")}
    assert {code for each in found for code in each.why} == {f"no_{need}" for need in SOURCES}
    assert weights(rows()) == [1] * len(rows())


def test_the_long_one_runs_only_when_it_is_asked_for(monkeypatch):
    monkeypatch.setitem(SOURCES, "pictures", lambda: True)
    rows_of_it = [row for row in rows() if row.chain == "cifar"]
    assert {(found.verdict, found.why) for found in check(rows_of_it) if found} == {("later", ("long",))}
    monkeypatch.setitem(chains.CHAINS, "cifar", dataclasses.replace(chains.CHAINS["cifar"], values=middle))
    monkeypatch.setattr(chains, "_kept", {})
    found = list(check(rows_of_it, long=True))
    assert found[0] is None                          # a sign of life
    assert {each.verdict for each in found if each} == {"band"}
    assert {"outside", "seeds", "about"} >= {why for each in found if each for why in each.why}


def middle(seed: int):
    """A training that ends in the middle of every band."""
    yield None
    yield from ((name, (low + high) / 2) for name, (low, high) in BANDS["cifar"].items())


def test_the_archive_is_weighed_where_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv("FIRSTLIGHT_DATA", str(tmp_path))
    weighed = [row_of("s0", "download: bytes"), row_of("s2", "download: bytes")]
    assert {found.why for found in check(weighed)} == {("no_archive",)}
    sources.archive().parent.mkdir()
    with sources.archive().open("wb") as file:
        file.truncate(170_498_071)                   # of zeros, which take no room
    assert [(found.now, found.verdict) for found in check(weighed)] == [("170498071", "exact"), ("170M", "exact")]
    sources.archive().write_bytes(b"half a download")
    assert {found.verdict for found in check(weighed)} == {"failed"}


def test_the_file_has_every_line_and_the_values_whole(told):
    lines = list(csv.DictReader(io.StringIO(as_csv(told))))
    assert len(lines) == len(told)
    assert next(found["now"] for found in lines if found["place"] == "print(r1)") == str(introyt1.first())


@pytest.mark.skipif(not data.info("mnist").present(), reason="MNIST is not here: python -m core.data fetch mnist")
def test_the_torch_nn_texts_data_and_two_of_its_trainings_come_out():
    mine = [row for row in TEXTS["s1"] if not row.chain or row.chain in LOGISTIC]
    found = [found for found in check(mine) if found]
    assert counts(found)["failed"] == counts(found)["needs"] == 0
    by = {each.place: each for each in found}
    assert (by["print(x_train.shape)"].now, by["0-9"].now) == ("(50000, 784)", "0-9")
    trained = ("loss_func(preds, yb)", "loss, trained", "accuracy, trained", "Linear: loss, trained")
    assert {by[place].verdict for place in trained} == {"band"}
    assert by["accuracy, trained"].now == "1.0000"   # on 16 pictures
    assert "renamed" in by["loss, trained"].why


# the job

def records(job: NumbersJob) -> list[dict]:
    found = []
    for record in job.records():
        done, total = job.progress()
        assert 0 <= done <= total
        found += [record] if record else []
    assert json.loads(json.dumps(found)) == found
    return found


def test_the_job_tells_every_value_once_the_quick_ones_first_as_plain_json(nothing_here):
    job = NumbersJob({})
    found = records(job)
    assert found[0] == {"type": "start", "rows": len(rows())}
    told = [row for record in found if record["type"] == "verdicts" for row in record["rows"]]
    quick_first = [row for row in rows() if not row.chain] + [row for row in rows() if row.chain]
    assert [(row["text"], row["place"]) for row in told] == [(row.text, row.place) for row in quick_first]
    assert job.progress() == (len(rows()), len(rows()))


def test_the_job_runs_every_training_anew(nothing_here, monkeypatch):
    monkeypatch.setattr(chains, "_kept", {"r1": {"before": 2.3}})
    records(NumbersJob({}))
    assert chains._kept == {}


def test_a_training_counts_as_long_as_it_takes(monkeypatch):
    monkeypatch.setitem(SOURCES, "pictures", lambda: True)
    monkeypatch.setitem(SOURCES, "mnist", lambda: False)
    job = NumbersJob({"long": True})
    assert sum(job.weights) == len(rows()) - 1 + 100 * chains.CHAINS["cifar"].seconds
    job.row = job.weights.index(100 * chains.CHAINS["cifar"].seconds)
    job.alive = expected(job.rows)[job.row] // 2
    assert job.progress()[0] == pytest.approx(job.row + 50 * chains.CHAINS["cifar"].seconds, abs=1)


# the page

def judged(told_rows: Iterable[Verdict], state: str = "done", cause: dict | None = None) -> AppTest:
    """A job of this learner's that has ended, or that is in another state."""
    at = opened("numbers")
    run = client.submit("numbers", {"long": False}, at.session_state["learner"])
    with opened_store() as db:
        db.execute("UPDATE runs SET state = ?, cause = ? WHERE id = ?", (state, json.dumps(cause) if cause else None, run))
        record = {"type": "verdicts", "rows": [dataclasses.asdict(found) for found in told_rows]}
        db.execute("INSERT INTO events (run, seq, attempt, json) VALUES (?, 1, 1, ?)", (run, json.dumps(record)))
    at.session_state["numbers.job"] = run
    return at


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_asks_first_and_says_what_to_do(lang):
    at = opened("numbers", lang=lang)
    assert str(len(rows())) in shown(at)
    assert at.button(key="numbers.go")
    assert ("Nothing was run yet" in shown(at)) == (lang == "en")


def test_the_prediction_is_compared_with_what_came(told, nothing_here):
    at = judged(found for found in check(rows()) if found)
    words = shown(fine(at.run()))
    assert "are the same to the last digit" not in words
    question = next(group for group in at.button_group if str(group.key).startswith("predict.numbers."))
    found = counts(told)
    assert "The results are there: they show once you have predicted" in words
    words = shown(fine(question.set_value("few").run()))
    assert f"Of {len(told)} values that could be judged, {found['exact']} are the same to the last digit" in words
    assert f"{len(rows()) - len(told)} more wait for data" in words
    assert "You said “less than half”; PyTorch says" in words


def predicted(at: AppTest, answer: str) -> AppTest:
    return fine(next(group for group in at.button_group if str(group.key).startswith("predict.numbers.")).set_value(answer).run())


def test_while_it_runs_nothing_is_seen_before_the_prediction_and_the_filter_holds(told):
    at = judged(told, "running")
    assert "Your prediction first" in shown(fine(at.run()))
    assert board_of(at)["legend"] == [["open", len(rows())]]
    at = predicted(at, "few")
    assert ["exact", counts(told)["exact"]] in board_of(at)["legend"]
    fine(at.button_group(key="numbers.source_text").set_value("s3").run())
    assert [len(one["kinds"]) for one in board_of(at)["texts"]] == [len(TEXTS["s3"])]


def board_of(at: AppTest) -> dict:
    """What the browser is told about the first board."""
    found = next(one for one in at.get("bidi_component") if "legend" in str(one.proto))
    return json.loads(found.proto.bytes)


def test_a_run_that_ended_early_says_why_and_is_not_compared_with_the_prediction(told):
    at = judged(told[:20], "stopped", {"code": "stopped_by_owner"})
    words = shown(predicted(fine(at.run()), "few"))
    assert f"Only 20 of {len(rows())} values were compared" in words
    assert "PyTorch says" not in words


def test_records_of_another_version_are_passed_over(told):
    known = dataclasses.asdict(told[0])
    at = judged([])
    changes = ({"why": ["no_such_reason"]}, {"place": "gone"}, {"printed": "other"}, {"verdict": "perfect"}, {"later": 1})
    for change in changes:
        record = json.dumps({"type": "verdicts", "rows": [known | change]})
        with opened_store() as db:
            run = at.session_state["numbers.job"] = client.submit("numbers", {"long": False}, at.session_state["learner"])
            db.execute("UPDATE runs SET state = 'done' WHERE id = ?", (run,))
            db.execute("INSERT INTO events (run, seq, attempt, json) VALUES (?, 1, 1, ?)", (run, record))
        assert "Nothing was run yet" in shown(fine(at.run()))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_link_to_a_value_shows_both_printouts_and_the_code_that_ran(lang):
    at = opened("numbers", lang=lang, printed_value="s0 torch.asin(r)")
    codes = [block.value for block in at.code]
    assert "tensor([[ 1.4775, -0.2251], [ 0.3961, -0.7199]])" in codes
    assert any("return torch.asin(r())" in block for block in codes)
    at = opened("numbers", lang=lang, printed_value="s1 cnn: epoch 0")
    assert any("nn.Conv2d" in block.value for block in at.code)            # the rung that ran
    assert "core/ladder/r10_cnn.py" in shown(at)


def test_a_value_that_does_not_exist_is_passed_over():
    assert not opened("numbers", printed_value="s9 <b>nothing</b>").code


def test_filters_that_leave_nothing_say_so(told):
    at = judged(told)
    assert board_of(fine(at.run()))["legend"] == [["open", len(rows())]]
    at = predicted(at, "few")
    at = fine(at.button_group(key="numbers.verdict").set_value("failed").run())
    assert "choose another text or verdict" in shown(at)


def test_before_there_is_any_verdict_the_filter_asks_for_none():
    assert board_of(opened("numbers", source_text="s3", verdict="failed"))["legend"] == [["open", len(TEXTS["s3"])]]


def test_a_click_on_run_starts_one_job_with_the_long_ones_when_asked():
    at = opened("numbers", long_ones="1")
    fine(at.button(key="numbers.go").click().run())
    runs = client.list_runs(at.session_state["learner"], "numbers")
    assert [run.spec for run in runs] == [{"long": True}]
