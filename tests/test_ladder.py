"""The ladder: thirteen programs that learn, seven that are equal, one class that dies, and the page that shows it."""

import dataclasses
import json
import math
import os
from collections import Counter
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from content.text import sentences
from core.data import vision
from core.errors import SpecError
from core.ladder import RUNGS, Split, Told, data, dead, guesses, made, program, proof, quiz, run, source
from core.ladder.recorded import RECORDED
from core.ladder.spec import EPOCHS, LadderSpec, batches, last_batch
from figures import diff as diff_figure
from figures import ladder as figure
from figures.pixel import number
from jobs import client
from jobs.kinds import ladder as kinds
from jobs.store import opened as opened_store
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two are fixtures)
from ui.ladder import dead as dead_fold
from ui.ladder import gpu

SAME_SEED = {"r2": "r1", "r3": "r2", "r5": "r4", "r6": "r5", "r7": "r6",           # rungs that draw the same first weights
             "r9": "r8", "r11": "r10", "r12": "r11", "r13": "r12"}
needs_mnist = pytest.mark.skipif(not (os.environ.get("FIRSTLIGHT_DATA") and vision.has_mnist()), reason="needs MNIST in FIRSTLIGHT_DATA")


@pytest.fixture(scope="module")
def digits():
    return data("digits")


@pytest.fixture(scope="module")
def mnist():
    return data("mnist")


@pytest.fixture(scope="module")
def ended(digits):
    """What every rung told on the digits, in few epochs."""
    return {key: list(run(key, digits, 0, 2 if key in ("r10", "r11", "r12", "r13") else 5)) for key in RUNGS}


# data

def test_the_digits_are_rows_of_784_as_the_text_has_its_pictures(digits):
    assert [tuple(part.shape) for part in digits] == [(1437, 784), (1437,), (360, 784), (360,)]
    assert (digits.x_train.dtype, digits.y_train.dtype) == (torch.float32, torch.int64)
    assert digits.x_train.min() == 0
    assert digits.x_train.max() == 255 / 256


@needs_mnist
def test_mnist_is_divided_as_in_the_text(mnist):
    assert (len(mnist.x_train), len(mnist.x_valid)) == (50_000, 10_000)
    pictures = vision.load_mnist(train=True)
    torch.testing.assert_close(mnist.x_valid[0], pictures.images[50_000].flatten() / 256)
    assert mnist.y_train[:5].tolist() == [5, 0, 4, 1, 9]


def test_a_dataset_that_is_not_here_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("FIRSTLIGHT_DATA", str(tmp_path))
    with pytest.raises(SpecError, match="dataset_missing value=mnist"):
        data("mnist")


def test_the_last_batch_of_the_text_holds_sixteen_pictures(digits):
    assert last_batch(50_000) == 50_000 - 781 * 64 == 16
    assert last_batch(len(digits.x_train)) == len(program("r6").TensorDataset(digits.x_train)[22 * 64:][0]) == 29
    assert (last_batch(128), last_batch(129), batches(digits)) == (64, 1, 23)


# the programs

@pytest.mark.parametrize("key", RUNGS)
def test_a_rung_learns(key, ended, digits):
    told = ended[key]
    whole = told[-1]
    assert whole.what == "whole"
    counts = Counter(one.what for one in told)
    if key in list(RUNGS)[:7]:
        assert (counts["before"], counts["after"], counts["epoch"]) == (1, 1, 0)
        assert whole.accuracy > 0.9                                        # seeds 0, 1, 2, 42, 1729: 92.8 to 93.6 %
        assert told[-2].loss < told[0].loss
    else:
        assert [one.epoch for one in told if one.what == "epoch"] == list(range(1, counts["epoch"] + 1))
        assert counts["before"] == counts["after"] == 0
        losses = [one.loss for one in told if one.what == "epoch"]
        assert losses[-1] < losses[0]
        assert whole.accuracy > 0.9 or key not in ("r8", "r9")               # the convolutional ones have not begun after two epochs
    assert all(math.isfinite(one.loss) for one in told)


def test_before_it_learns_a_rung_guesses(ended):
    """ln 10 = 2.303, and one in ten right."""
    for key in list(RUNGS)[:7]:
        before = ended[key][0]
        assert before.loss == pytest.approx(math.log(10), abs=0.35)
        assert before.accuracy < 0.25


def test_a_convolutional_network_learns_when_it_has_the_epochs(digits):
    told = list(run("r12", digits, 0, 10))
    assert told[-1].accuracy > 0.3                                         # seeds 0, 1, 2, 42, 1729: 41 to 72 %
    assert told[-1].loss < 2.0


@pytest.mark.parametrize(("key", "below"), SAME_SEED.items())
def test_what_the_page_calls_the_same_is_the_same_from_an_equal_seed(key, below, ended):
    assert ended[key][-1].loss == pytest.approx(ended[below][-1].loss, abs=1e-4 if key in ("r2", "r3") else 1e-6)
    assert ended[key][-1].accuracy == ended[below][-1].accuracy


def test_what_the_page_calls_another_loss_is_another(ended, digits):
    assert ended["r10"][-1].loss != pytest.approx(ended["r9"][-1].loss, abs=0.1)
    weights = [start.detach() for start in made("r1")]
    r7 = list(proof.trained_from("r7", weights, digits, 2))[-1]
    r8 = list(proof.trained_from("r8", weights, digits, 2))[-1]
    assert r8.loss != pytest.approx(r7.loss, abs=1e-3)


def test_from_an_equal_seed_alone_linear_ends_elsewhere(ended):
    assert ended["r4"][-1].loss != pytest.approx(ended["r3"][-1].loss, abs=1e-3)


def test_the_same_seed_tells_the_same_and_another_seed_another(digits):
    first, again, other = (list(run("r8", digits, seed, 1)) for seed in (3, 3, 4))
    assert first == again
    assert first[-1] != other[-1]


def test_a_rung_runs_as_if_the_seed_stood_before_its_program(digits):
    module = program("r8")
    with torch.random.fork_rng():
        torch.manual_seed(5)
        plain = [(what, *map(float, numbers)) for what, *numbers in module.train(*digits, *module.get_model(), epochs=1) if what != "batch"]
    ours = [(one.what, one.loss, *((one.accuracy,) if one.accuracy else ())) for one in run("r8", digits, 5, 1) if one.what != "batch"]
    assert plain == ours


@pytest.mark.parametrize("key", ["r1", "r4", "r7", "r9", "r12"])
def test_a_rung_leaves_the_global_generator_untouched(key, digits):
    before = torch.get_rng_state()
    for _ in run(key, digits, 0, 1):
        assert torch.get_rng_state().equal(before)
    assert torch.get_rng_state().equal(before)


@pytest.mark.parametrize(("key", "count"), [("r1", 7_850), ("r4", 7_850), ("r9", 7_850), ("r10", 3_930), ("r11", 3_930), ("r12", 3_930)])
def test_the_models_have_the_parameters_of_the_text(key, count):
    assert sum(parameter.numel() for parameter in proof.learnt(made(key))) == count


def test_the_hand_written_loss_is_pytorchs_and_overflows_where_that_does_not():
    r1 = program("r1")
    logits, yb = torch.randn(6, 10, generator=torch.Generator().manual_seed(0)), torch.arange(6)
    torch.testing.assert_close(r1.loss_func(r1.log_softmax(logits), yb), F.cross_entropy(logits, yb))
    large = torch.full((1, 10), 89.0)
    assert r1.log_softmax(large).isinf().all()
    assert F.log_softmax(large, 1)[0, 0].item() == pytest.approx(-math.log(10), abs=1e-5)
    assert r1.accuracy(torch.eye(4), torch.tensor([0, 1, 2, 0])) == 0.75


def test_get_data_shuffles_what_is_learnt_and_not_what_judges(digits):
    module = program("r9")
    train_ds = module.TensorDataset(digits.x_train, digits.y_train)
    valid_ds = module.TensorDataset(digits.x_valid, digits.y_valid)
    with torch.random.fork_rng():
        train_dl, valid_dl = module.get_data(train_ds, valid_ds, 64)
        learnt, judged = [yb for _, yb in train_dl], [yb for _, yb in valid_dl]
    assert [len(yb) for yb in learnt] == [64] * 22 + [29]
    assert [len(yb) for yb in judged] == [128, 128, 104]
    assert torch.cat(judged).equal(digits.y_valid)
    assert not torch.cat(learnt).equal(digits.y_train)
    assert torch.cat(learnt).bincount().equal(digits.y_train.bincount())
    assert "def get_data(train_ds, valid_ds, bs):" in source.function("r9", "get_data")


def test_r9_counts_every_picture_equally_and_r8_every_batch(ended):
    """The whole loss is the mean over pictures, which R9's last epoch is and R8's is not."""
    last = {key: [one.loss for one in ended[key] if one.what == "epoch"][-1] for key in ("r8", "r9")}
    assert last["r9"] == pytest.approx(ended["r9"][-1].loss, abs=1e-6)
    assert last["r8"] != pytest.approx(ended["r8"][-1].loss, abs=1e-4)


def test_the_small_example_of_two_averages_is_right():
    losses, sizes = torch.tensor([0.2, 0.9]), torch.tensor([128.0, 16.0])
    assert losses.mean().item() == pytest.approx(0.55)
    assert (losses @ sizes / sizes.sum()).item() == pytest.approx(0.278, abs=5e-4)
    assert [len(part) for part in torch.arange(10_000).split(128)] == [128] * 78 + [16]
    assert math.pow(0.918, 16) == pytest.approx(0.25, abs=0.005)


def test_the_three_ways_to_write_the_network_are_one_function(digits):
    with torch.random.fork_rng():
        ten, eleven, twelve = (made(key)[0] for key in ("r10", "r11", "r12"))
    for model in (eleven, twelve):
        for parameter, value in zip(model.parameters(), ten.parameters(), strict=True):
            parameter.data = value.data
    x = digits.x_valid[:50]
    with torch.no_grad():
        torch.testing.assert_close(eleven(x), ten(x))
        torch.testing.assert_close(twelve(x.view(-1, 1, 28, 28)), ten(x))


def test_r12_takes_pictures_of_another_size_and_r11_does_not():
    x = torch.rand(2, 1, 36, 36)
    with torch.random.fork_rng():
        eleven, twelve = made("r11")[0], made("r12")[0]
    assert twelve(x).shape == (2, 10)
    with pytest.raises(RuntimeError, match="shape"):
        eleven(x)


@pytest.mark.parametrize("key", RUNGS)
def test_what_is_shown_as_a_guess_is_what_the_accuracy_counts(key, digits):
    kept = []
    whole = list(run(key, digits, 0, 1, kept))[-1]
    found = torch.tensor(guesses(key, kept, digits.x_valid))
    assert (found == digits.y_valid).float().mean().item() == whole.accuracy


# the questions

@pytest.mark.parametrize("dataset", ["digits", "mnist"])
@pytest.mark.parametrize("key", RUNGS)
def test_a_question_has_one_right_answer_in_words_or_figures(key, dataset):
    asked = quiz.question(key, dataset)
    assert asked.answers.count(asked.truth) == 1
    assert len(set(asked.answers)) == len(asked.answers)
    for name in asked.answers:
        assert f"ladder.answer.{name}" in sentences() or not name.isalpha()


def test_right_answers_are_those_a_person_can_check():
    truths = {key: quiz.question(key, "digits").truth for key in RUNGS}
    assert truths == {"r1": "six", "r2": "same", "r3": "7,850", "r4": "(10, 784)", "r5": "gone", "r6": "1,437", "r7": "29", "r8": "train",
                      "r9": "learn", "r10": "fewer", "r11": "same", "r12": "any", "r13": "both"}
    assert [quiz.question(key, "mnist").truth for key in ("r6", "r7")] == ["50,000", "16"]


def test_only_learn_changes_weights(digits):
    module = program("r9")
    with torch.random.fork_rng():
        model, opt = module.get_model()
    before = [parameter.clone() for parameter in model.parameters()]
    batches = [(digits.x_train[:64], digits.y_train[:64])]
    module.judge(model, module.loss_func, batches)
    assert all(a.equal(b) for a, b in zip(before, model.parameters(), strict=True))
    list(module.learn(model, module.loss_func, opt, batches))
    assert not any(a.equal(b) for a, b in zip(before, model.parameters(), strict=True))


def test_the_convolutional_layers_have_the_parameters_that_the_text_names():
    with torch.random.fork_rng():
        model = made("r10")[0]
    counts = [sum(parameter.numel() for parameter in layer.parameters()) for layer in model.children()]
    assert counts == [160, 2_320, 1_450]
    assert all(f"{count:,}" in sentences()["ladder.why.r10"]["en"] for count in (*counts, sum(counts)) if count > 999)


def takes(model, side: int) -> bool:
    try:
        return model(torch.zeros(1, 1, side, side)).shape == (1, 10)
    except RuntimeError:
        return False


def test_r12_takes_all_the_sizes_that_its_text_names_and_r11_but_one():
    with torch.random.fork_rng():
        twelve, eleven = made("r12")[0], made("r11")[0]
    assert [side for side in (1, 7, 28, 30, 64) if takes(twelve, side)] == [1, 7, 28, 30, 64]
    assert [side for side in (1, 7, 28, 30, 64) if takes(eleven, side)] == [28]


def test_zero_grad_leaves_none_and_zeros_only_when_asked():
    with torch.random.fork_rng():
        model, opt = made("r5")
    for given, left in (((), None), ((False,), 0.0)):                     # set_to_none
        model(torch.ones(1, 784)).logsumexp(1).sum().backward()
        assert all(parameter.grad.any() for parameter in model.parameters())
        opt.zero_grad(*given)
        assert all((parameter.grad if left is None else parameter.grad.abs().max().item()) == left for parameter in model.parameters())


def test_a_question_makes_no_optimizer(monkeypatch):
    """Its first one takes PyTorch seconds."""
    monkeypatch.setattr(torch.optim.SGD, "__init__", lambda *_, **__: pytest.fail("made"))
    for key in RUNGS:
        quiz.question.__wrapped__(key, "digits")


@pytest.mark.parametrize("key", list(RUNGS))
def test_no_sentence_above_a_question_says_its_answer(key):
    asked, said = quiz.question(key, "digits"), sentences()[f"ladder.adds.{key}"]["en"] + sentences()[f"ladder.ask.{key}"]["en"]
    assert asked.truth not in said or asked.truth.isalpha()


def test_an_unknown_rung_is_refused_with_the_known_ones(digits):
    with pytest.raises(SpecError, match="rung.*r99.*r13"):
        list(run("r99", digits))


# their texts

def test_lines_are_counted_without_blanks_comments_and_docstrings():
    few = '"""Doc\n\nstring."""\n\nimport math  # one\n\n\ndef f():\n    """Two."""\n    # three\n    return (1,\n            2)\n'
    assert source._code(few) == {5, 8, 11, 12}
    counted = [source.code_lines(key) for key in RUNGS]
    assert counted == [37, 35, 36, 34, 35, 37, 36, 37, 47, 53, 57, 61, 62]
    assert [source.train_lines(key) for key in RUNGS] == [23, 23, 21, 21, 19, 20, 19, 20, 8, 8, 8, 10, 10]
    assert "from 20 lines to 8" in sentences()["ladder.adds.r9"]["en"]
    assert "from 23 lines in R1 to 8 in R9" in sentences()["ladder.lines.read"]["en"]


@pytest.mark.parametrize("key", list(RUNGS)[1:])
def test_a_difference_turns_the_rung_below_into_this_one(key):
    lines = source.diff(key)
    assert {"+", "-"} <= {line.sign for line in lines}
    for name, signs in ((source.before(key), " -"), (key, " +")):
        kept = [line.text for line in lines if line.sign in signs]
        assert kept == source.text(name).splitlines()[2:]                  # without the file's name and the blank line below it
    assert all(source.text(key).splitlines()[line.number - 1] == line.text for line in lines if line.sign != "-")


@pytest.mark.parametrize("key", RUNGS)
def test_a_program_imports_nothing_of_ours(key):
    imports = [line for line in source.text(key).splitlines() if line.startswith(("import", "from"))]
    assert {line.split()[1].partition(".")[0] for line in imports} <= {"math", "torch", "numpy"}
    assert max(map(len, source.text(key).splitlines())) <= 95


@needs_mnist
@pytest.mark.parametrize("key", ["r1", "r4", "r9"])
def test_the_program_to_take_home_prints_what_the_page_shows(key, monkeypatch, capsys):
    """On 640 pictures, to be quick."""
    from torchvision import datasets

    real = vision.load_mnist(train=True)
    x, y = real.images[:1000].flatten(1) / 256, real.labels[:1000]

    class Few:
        def __init__(self, *_, **__):
            self.data, self.targets = real.images[:1000, 0], y

    monkeypatch.setattr(datasets, "MNIST", Few)
    code = source.to_take_home(key, 7).replace("50_000", "640")
    with torch.random.fork_rng():
        exec(compile(code, f"{key}.py", "exec"), {"__name__": "__main__"})
    printed = [line.split() for line in capsys.readouterr().out.splitlines()]
    told = [one for one in run(key, Split(x[:640], y[:640], x[640:], y[640:]), 7) if one.what != "batch"]
    assert [line[0] for line in printed] == [one.what for one in told]
    assert [float(line[1]) for line in printed] == pytest.approx([one.loss for one in told], abs=1e-4)


# the proof

def test_seven_rungs_end_on_one_loss(digits):
    losses = {dtype: [] for dtype in proof.DTYPES}
    for one in filter(None, proof.endings(digits, 2, 10)):
        losses[one.dtype].append(one.loss)
    assert {dtype: len(found) for dtype, found in losses.items()} == {"float32": 7, "float64": 7}
    assert proof.spread(losses["float32"]) <= 1e-6                         # measured: 1.2e-7
    assert proof.spread(losses["float64"]) <= 1e-12                        # measured: 1.4e-15
    assert losses["float32"][0] == pytest.approx(losses["float64"][0], abs=1e-4)


def test_where_rounding_grows_twice_the_digits_still_agree(digits):
    """Seed 42 after 2 epochs: 3e-3 apart in float32."""
    found = [one for one in proof.endings(digits, 42, 2) if one]
    assert proof.spread([one.loss for one in found if one.dtype == "float64"]) <= 1e-9


@needs_mnist
def test_seven_rungs_end_on_one_loss_on_mnist(mnist):
    few = mnist._replace(x_train=mnist.x_train[:3000], y_train=mnist.y_train[:3000])
    losses = [one.loss for one in proof.endings(few, 0, 1) if one and one.dtype == "float32"]
    assert proof.spread(losses) <= 1e-6


# the class that dies

@pytest.fixture(scope="module")
def verdicts(digits):
    return {way: [one for one in dead.train(way, digits, 7) if one] for way in dead.WAYS}


def test_behind_a_relu_on_the_logits_a_class_dies(verdicts):
    last = verdicts["relu"][-1]
    assert last.dead == (4,)
    assert (last.largest[4], last.by_class[4], last.gradient[4]) == (0, 0, 0)
    assert max(last.gradient) > 0.01


def test_without_that_relu_no_class_dies(verdicts):
    last = verdicts["open"][-1]
    assert last.dead == ()
    assert all(gradient > 0 for gradient in last.gradient)


def test_both_start_from_the_stored_weights_and_see_the_same_order(digits):
    relu, free = dead.first("relu"), dead.first("open")
    assert all(a.equal(b) for a, b in zip(relu.parameters(), free.parameters(), strict=True))
    assert sum(p.numel() for p in relu.parameters()) == 3_930
    x = digits.x_valid[:20]
    with torch.no_grad():
        before = relu.conv3(F.relu(relu.conv2(F.relu(relu.conv1(x.view(-1, 1, 28, 28))))))
        torch.testing.assert_close(relu(x), F.relu(before).mean((2, 3)))
        torch.testing.assert_close(free(x), before.mean((2, 3)))
    one, other = (torch.cat([yb for _, yb in dead.loaders(digits)[0]]) for _ in range(2))
    assert one.equal(other)
    assert dead.START.stat().st_size < 20_000


def test_the_dying_class_leaves_the_global_generator_untouched(digits):
    before = torch.get_rng_state()
    list(dead.train("relu", digits, 1))
    assert torch.get_rng_state().equal(before)


# figures

def test_the_picture_of_a_difference_escapes_and_marks():
    lines = [source.Line(" ", n, f"x = {n}") for n in range(1, 12)]
    lines += [source.Line("-", 12, "y = nn.A(<b>)"), source.Line("+", 12, "y = nn.A(<i>)")]
    html = diff_figure.diff(lines, "{n} lines", "alt \"words\"")
    assert "⋯ 8 lines" in html
    assert "&lt;" in html
    assert "<i>" not in html
    assert html.count("<b style") == 2
    assert "alt &quot;words&quot;" in html


def test_lines_that_do_not_resemble_each_other_are_not_compared():
    assert diff_figure._differing("loss.backward()", "model.eval()") is None
    assert diff_figure._differing("from torch import nn", "from torch import nn, optim") == ((20, 20), (20, 27))


def test_the_pictures_show_their_numbers():
    words = {"train": "in train", "rest": "around", "alt": "<alt>"}
    drawn = figure.lines([38, 71], [24, 10], 1, words)
    assert all(f">{number}<" in drawn for number in (38, 24, 71, 10))
    assert "<alt>" not in drawn
    said = {"axis": "a", "alt": "b", "float32": "f", "float64": "g"}
    drawn = figure.equal({"float32": [0.5, 0.5 + 3e-7], "float64": [0.5]}, said)
    assert "<title>R2: +3</title>" in drawn
    assert ">+5<" in drawn
    drawn = figure.classes({"relu": [0.0, 0.5], "open": [1.0, 0.25]}, (0,), {"relu": "r", "open": "o", "dead": "†", "alt": ""})
    assert drawn.count("†") == 1
    assert "<title>0: 0.0%</title>" in drawn


# jobs

def test_a_rung_as_a_job_tells_plain_json_and_how_far_it_is(monkeypatch):
    monkeypatch.setitem(EPOCHS, "digits", 2)
    job = kinds.LadderJob({"rung": "r8", "dataset": "digits", "seed": 1, "device": "cpu"})
    assert job.progress() == (0, 0)
    records = list(job.records())
    told = [record for record in records if record]
    assert json.loads(json.dumps(told)) == told
    assert told[0] == {"type": "start", "learn": 1437, "judge": 360, "epochs": 2}
    assert [record["what"] for record in told if record["type"] == "told"] == ["epoch", "epoch", "whole"]
    assert [record["batch"] for record in told if record["type"] == "loss"] == [1, 11, 21, 31, 41]     # of 46
    assert [record["type"] for record in told[-3:]] == ["seen", "below", "ended"]
    assert told[-3]["labels"] == data("digits").y_valid[:6].tolist()
    assert told[-2]["loss"] == list(run("r7", data("digits"), 1, 2))[-1].loss
    assert job.progress() == (92, 92)
    assert records.count(None) == 7                                        # R7's 5 and its two measurements


def test_the_first_rung_has_none_below(monkeypatch):
    monkeypatch.setitem(EPOCHS, "digits", 1)
    job = kinds.LadderJob({"rung": "r1", "dataset": "digits", "seed": 1})
    assert not [record for record in job.records() if record and record["type"] == "below"]
    assert job.progress() == (23, 23)


def test_a_spec_of_the_job_is_clamped():
    assert kinds.LadderJob({"rung": "r77", "dataset": "cats", "seed": -3}).spec == LadderSpec("r1", "digits", 0)


def test_the_proof_as_a_job_tells_fourteen_ends(monkeypatch):
    monkeypatch.setitem(EPOCHS, "digits", 1)
    job = kinds.EqualJob({"dataset": "digits", "seed": 0})
    told = [record for record in job.records() if record]
    assert json.loads(json.dumps(told)) == told
    assert [(record["rung"], record["dtype"]) for record in told[1:]] == [(f"r{i}", dtype) for dtype in proof.DTYPES for i in range(1, 8)]
    assert job.progress() == (14, 14)


def test_the_dying_class_as_a_job_tells_every_epoch_of_both(monkeypatch):
    monkeypatch.setattr(dead, "EPOCHS", 1)
    monkeypatch.setattr(dead.train, "__defaults__", (1,))
    job = kinds.DeadJob({})
    told = [record for record in job.records() if record]
    assert json.loads(json.dumps(told)) == [{name: list(value) if isinstance(value, tuple) else value for name, value in one.items()}
                                            for one in told]
    assert [(record["way"], record["epoch"]) for record in told] == [("relu", 0), ("relu", 1), ("open", 0), ("open", 1)]
    assert job.progress() == (2, 2)


# the page

def done(kind: str, spec: dict, records: list[dict], learner: str) -> str:
    """A job of this learner that has ended well."""
    found = client.submit(kind, spec, learner)
    with opened_store() as db:
        db.execute("UPDATE runs SET state = 'done', attempt = 1, ended = created WHERE id = ?", (found,))
        db.executemany("INSERT INTO events (run, seq, attempt, json) VALUES (?, ?, 1, ?)",
                       [(found, seq, json.dumps(record | {"at_s": 0.1})) for seq, record in enumerate(records, 1)])
    return found


def records_of(told: list[Told], *below: Told) -> list[dict]:
    return [{"type": "start", "learn": 1437, "judge": 360, "epochs": 5},
            *({"type": "told", **dataclasses.asdict(one)} for one in told if one.what != "batch"),
            {"type": "seen", "labels": [4, 1, 7], "guesses": [4, 1, 1]}, *({"type": "below", **dataclasses.asdict(one)} for one in below),
            {"type": "ended", "seconds": 0.4}]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("key", ["r1", "r3", "r8", "r13"])
def test_the_page_shows_both_measures_and_the_texts_numbers(key, lang, ended):
    at = opened("ladder", rung=key, lang=lang)
    assert sentences()[f"ladder.adds.{key}"][lang] in shown(at)
    spec = {"rung": key, "dataset": "digits", "seed": 0}
    done("ladder", spec, records_of(ended[key]), at.session_state["learner"])
    at.session_state[f"ladder.{key}.digits.0"] = client.list_runs(at.session_state["learner"], "ladder")[0].id
    at = fine(at.button(key="predict.ladder.show").click().run())
    whole = ended[key][-1]
    assert at.metric[1].value == f"{whole.accuracy:.1%}"
    assert f"{whole.loss:.4f}" in shown(at)
    for losses in RUNGS[key].printed.values():
        assert f"{losses[0]:.4f}" in shown(at)
    assert sentences()[f"ladder.why.{key}"][lang] in "".join(info.value for info in at.info)
    assert (sentences()["ladder.maybe_dead"][lang] in shown(at)) == (key == "r13")     # after two epochs it has hardly learnt
    if key == "r1":
        assert at.metric[0].value == f"{ended[key][-2].accuracy:.1%}"
        assert "29 " in shown(at)


@pytest.mark.parametrize("key", RUNGS)
def test_every_rung_asks_and_submits_one_job(key):
    at = opened("ladder", rung=key, seed="3")
    assert not [button for button in at.button if button.key == "ladder.go"]
    fine(at.button(key="predict.ladder.show").click().run())
    at = fine(at.button(key="ladder.go").click().run())
    (found,) = client.list_runs(at.session_state["learner"], "ladder")
    assert {"rung": key, "dataset": "digits", "seed": 3}.items() <= found.spec.items()


def test_a_prediction_is_kept_in_mind_and_compared(ended):
    at = opened("ladder", rung="r2")
    done("ladder", {"rung": "r2", "dataset": "digits", "seed": 0}, records_of(ended["r2"]), at.session_state["learner"])
    pills = next(group for group in at.button_group if str(group.key).startswith("predict.ladder"))
    at = fine(pills.set_value("same").run())
    assert "the same, but for rounding" in at.success[0].value


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_after_a_reload_the_page_says_what_runs_and_what_has_a_result(lang, ended):
    at = opened("ladder", rung="r4", lang=lang)
    assert "R9" not in "".join(caption.value for caption in at.caption)
    done("ladder", {"rung": "r9", "dataset": "digits", "seed": 0}, records_of(ended["r9"]), at.session_state["learner"])
    done("ladder", {"rung": "r2", "dataset": "digits", "seed": 5}, records_of(ended["r2"]), at.session_state["learner"])      # another seed
    done("ladder", {"rung": "r1", "dataset": "digits", "seed": 0}, [{"type": "start"}], at.session_state["learner"])          # unreadable
    client.submit("ladder", {"rung": "r12", "dataset": "digits", "seed": 0}, at.session_state["learner"])
    client.submit("ladder_equal", {"dataset": "digits", "seed": 0}, at.session_state["learner"])
    said, title = [caption.value for caption in fine(at.run()).caption], sentences()["ladder.equal.title"][lang]
    assert {"en": f"Running: R12, “{title}” · With a result: R9", "zh": f"正在运行：R12、“{title}” · 已有结果：R9"}[lang] in said


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_rungs_button_has_a_name_and_stays_a_button(lang):
    at = opened("ladder", rung="r4", lang=lang)
    group = next(group for group in at.button_group if group.key == "ladder.rung")
    assert group.options[3] == "R4 Linear"
    assert len(group.options) == 13


def test_the_rung_below_stands_in_the_table_with_the_difference(ended):
    at = opened("ladder", rung="r10")
    done("ladder", {"rung": "r10", "dataset": "digits", "seed": 0}, records_of(ended["r10"], ended["r9"][-1]), at.session_state["learner"])
    said = shown(fine(at.button(key="predict.ladder.show").click().run()))
    below, whole = ended["r9"][-1], ended["r10"][-1]
    points = f"{100 * (whole.accuracy - below.accuracy):+.1f}".replace("-", "−")
    assert f"R9 from the same seed, all 360 validation pictures | {below.loss:.4f} | {below.accuracy:.1%}" in said
    assert f"**{number(whole.loss - below.loss)}** | **{points} points**" in said
    assert "Right: 2." in said


def test_rungs_that_ran_from_one_seed_stand_side_by_side(ended):
    at = opened("ladder", rung="r3")
    for key in ("r2", "r3"):
        run_id = done("ladder", {"rung": key, "dataset": "digits", "seed": 0}, records_of(ended[key]), at.session_state["learner"])
        at.session_state[f"ladder.{key}.digits.0"] = run_id
    said = shown(fine(at.button(key="predict.ladder.show").click().run()))
    assert f"R2 {ended['r2'][-1].loss:.4f} · R3 {ended['r3'][-1].loss:.4f}" in said


def test_without_mnist_the_page_says_where_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("FIRSTLIGHT_DATA", str(tmp_path))
    at = opened("ladder", dataset="mnist")
    at = fine(at.button(key="predict.ladder.show").click().run())
    assert "are not on this server yet" in shown(at)
    assert not [button for button in at.button if button.key == "ladder.go"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_r13_without_a_gpu_shows_what_was_recorded_elsewhere_and_says_so(lang, monkeypatch):
    monkeypatch.setattr(gpu, "here", lambda: None)
    at = opened("ladder", rung="r13", lang=lang)
    said = shown(fine(at.button(key="predict.ladder.show").click().run()))
    assert "0.2119, 0.1802" in said
    assert sentences()["ladder.gpu.recorded"][lang] in said
    assert all(one.date in said for one in RECORDED)


@pytest.mark.parametrize("device", [None, "cuda"])
def test_r13s_printed_losses_are_said_to_be_of_later_epochs_also_where_there_is_a_gpu(device, monkeypatch, ended):
    from core.device import Device

    monkeypatch.setattr(gpu, "here", lambda: device and Device("cuda:0", "A GPU"))
    at = opened("ladder", rung="r13")
    spec = {"rung": "r13", "dataset": "digits", "seed": 0} | ({"device": device} if device else {})
    done("ladder", spec, records_of(ended["r13"]), at.session_state["learner"])
    at = fine(at.button(key="predict.ladder.show").click().run())
    assert "are the losses of a third and a fourth epoch" in shown(at)


def test_r13_with_a_gpu_goes_to_it(monkeypatch):
    from core.device import Device

    monkeypatch.setattr(gpu, "here", lambda: Device("cuda:0", "A GPU"))
    at = opened("ladder", rung="r13")
    at = fine(at.button(key="predict.ladder.show").click().run())
    assert "A GPU" in shown(at)
    at = fine(at.button(key="ladder.go").click().run())
    assert client.list_runs(at.session_state["learner"], "ladder")[0].spec["device"] == "cuda"


def test_the_proof_and_the_dead_class_are_shown_when_they_are_done(digits, verdicts):
    at = opened("ladder")
    losses = [{"type": "ended", "rung": f"r{i}", "dtype": dtype, "loss": 0.125 + i * away, "accuracy": 0.95}
              for dtype, away in (("float32", 3e-6), ("float64", 1e-16)) for i in range(1, 8)]
    done("ladder_equal", {"dataset": "digits", "seed": 0}, losses, at.session_state["learner"])
    told = [{"type": "verdict", **dataclasses.asdict(one)} for way in verdicts.values() for one in way]
    done("ladder_dead", {}, told, at.session_state["learner"])
    for name in ("equal", "dead"):
        at.session_state[f"fold.ladder.{name}"] = True
    at = fine(at.run())
    assert "why it stays dead" not in shown(at).lower()                    # before it is predicted and run, nothing is told
    said = shown(fine(at.button(key="predict.ladder.dead.show").click().run()))
    assert "**Why it stays dead:**" in said
    assert "1.8e−05 in float32" in said
    assert "enlarge rounding errors" in said
    assert "the logit of class **4** is exactly 0 for every picture from epoch 4 on" in said
    assert "The gradient of that channel's weights is 0." in said
    assert "Silent for a while" in said


def test_a_prediction_of_the_dead_class_is_compared(verdicts):
    at = opened("ladder")
    told = [{"type": "verdict", **dataclasses.asdict(one)} for way in verdicts.values() for one in way]
    done("ladder_dead", {}, told, at.session_state["learner"])
    at.session_state["fold.ladder.dead"] = True
    at = fine(at.run())
    pills = next(group for group in at.button_group if str(group.key).startswith("predict.ladder.dead"))
    at = fine(pills.set_value("slower").run())
    assert sentences()["ladder.fate.some"]["en"] in at.warning[0].value


def test_what_becomes_of_the_classes_is_read_from_the_run(verdicts):
    one = verdicts["relu"][-1]
    assert dead_fold.fate((one,)) == "some"
    assert dead_fold.fate((dataclasses.replace(one, largest=(1.0,) * 10),)) == "slower"
    assert dead_fold.fate((dataclasses.replace(one, largest=(0.0,) * 10),)) == "nothing"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_title_of_a_fold_says_what_comes_out(lang):
    titles = [sentences()[f"ladder.{name}.title"][lang] for name in ("equal", "dead")]
    assert not any(word in title for title in titles for word in ("same loss", "kill", "Proof", "相同", "死", "证明"))


@pytest.mark.parametrize("loss", [0.125002, 0.1251, math.nan])
def test_a_proof_that_fails_is_not_called_one(loss):
    """Closer than a millionth in float64 is the condition; nan, which no comparison holds for, fails it too."""
    at = opened("ladder")
    losses = [{"type": "ended", "rung": f"r{i}", "dtype": dtype, "loss": loss if (i, dtype) == (7, "float64") else 0.125, "accuracy": 0.95}
              for dtype in proof.DTYPES for i in range(1, 8)]
    done("ladder_equal", {"dataset": "digits", "seed": 0}, losses, at.session_state["learner"])
    at.session_state["fold.ladder.equal"] = True
    at = fine(at.run())
    assert not at.success
    assert "do not end on one loss" in at.error[0].value


def test_texts_about_first_weights_hold():
    """Linear's first weights lie between -1/28 and 1/28."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        weight, bias = proof.learnt(made("r4"))
    assert weight.shape == (10, 784)
    assert 0.99 / 28 < weight.abs().max() <= 1 / 28
    assert bias.abs().max() <= 1 / 28


def test_the_files_of_the_ladder_are_thirteen():
    assert sorted(path.stem for path in Path(source.__file__).parent.glob("r[0-9]*.py")) == sorted(one.file for one in RUNGS.values())


@pytest.mark.parametrize("records", [[], [{"type": "start"}], [{"type": "told", "what": "whole"}], [{"type": "ended", "rung": "r1"}]])
def test_a_job_of_another_version_is_as_if_it_had_never_been(records):
    at = opened("ladder")
    for kind, spec in (("ladder", {"rung": "r1", "dataset": "digits", "seed": 0}), ("ladder_equal", {"dataset": "digits", "seed": 0}),
                       ("ladder_dead", {})):
        done(kind, spec, records, at.session_state["learner"])
    for name in ("equal", "dead"):
        at.session_state[f"fold.ladder.{name}"] = True
    fine(at.button(key="predict.ladder.show").click().run())
    at = fine(at.button(key="predict.ladder.dead.show").click().run())
    labels = {button.key: button.label for button in at.button}
    assert labels["ladder.go"].startswith("Run R1:")
    assert labels["ladder.equal.go"].startswith("Run all seven")
    assert labels["ladder.dead.go"].startswith("Train with")
