"""One run before the whole test set: the prediction, the evaluation as a job, and what it found."""

import dataclasses
from collections import Counter
from collections.abc import Sequence
from zlib import crc32

import streamlit as st

from content.text import Text
from core import data
from core.errors import SpecError
from core.evaluate import wilson
from core.mistakes import Tensor, mixed_up
from jobs import client
from jobs.artifacts import PREDICTIONS
from ui import predict, press, say, watch
from ui.data.batches import names
from ui.runs import pictures
from ui.runs.choice import FOCUS, Run

PAIRS = {                                            # which classes a learner may expect to be mixed up
    "digits": ((4, 9), (3, 8), (1, 7), (5, 6)),
    "mnist": ((4, 9), (3, 8), (1, 7), (5, 6)),
    "fashion_mnist": ((0, 6), (2, 4), (7, 9), (3, 8)),
    "cifar10": ((3, 5), (1, 9), (0, 8), (4, 7)),
}
OTHERS = ((0, 1), (1, 2), (0, 2))                    # of a dataset that is not listed
OTHER = "other"


def focus(t: Text, drawn: Sequence[Run]) -> Run:
    """The one of the chosen runs that is looked at more closely."""
    runs = {run.found.id: run for run in drawn}
    named = Counter(run.name for run in drawn)       # two of the same name could not be told apart, nor chosen
    words = {run.found.id: run.name if named[run.name] == 1 else f"{run.name} ({run.found.id[:4]})" for run in drawn}
    box = f"{FOCUS}.{crc32(repr(words).encode())}"   # a run that was renamed needs a new box: the browser keeps the words it has shown
    st.session_state[box] = st.session_state[FOCUS]
    return runs[st.selectbox(t("runs.focus"), list(runs), format_func=lambda run: words.get(run, run), key=box, on_change=_focused,
                             args=(box,))]


def _focused(box: str) -> None:
    st.session_state[FOCUS] = st.session_state[box]


def draw(t: Text, run: Run) -> None:
    """The learner's guess, the job, its result."""
    if not run.ready:
        st.info(t("runs.no_weights"), icon=":material/hourglass_empty:")
        return
    try:
        test = data.load(run.spec.dataset, train=False)
    except SpecError as error:
        say.refused(t, error)
        return
    words = names(t, run.spec.dataset, test.classes)
    options = _options(t, run.spec.dataset, words)
    given = predict.ask(t, (run.found.id, run.found.done), t("runs.predict"), options, "runs")
    if given is None:
        return
    if run.evaluation and not run.evaluation.active:
        _result(t, run, run.evaluation.id, words, given, options)
        return
    slot = f"runs.evaluate.{run.found.id}.{run.found.done}"
    if run.evaluation:
        st.session_state[slot] = run.evaluation.id
    else:
        predict.remind(t, given, options, "runs")
        if st.button(t("runs.evaluate", n=f"{len(test):,}"), key="runs.evaluate", type="primary", icon=":material/fact_check:"):
            _begin(t, run, slot)
    watch.panel(t, slot, lambda record: _result(t, run, st.session_state[slot], words, given, options),
                lambda found: t("train.walk.testing", done=f"{found.done:,}", total=f"{found.total:,}"))


def _result(t: Text, run: Run, evaluation: str, words: list[str], given: str, options: dict[str, str]) -> None:
    """Numbers first, then the answer to the question and the matrix, then the pictures."""
    if client.artifact(evaluation, PREDICTIONS) is None:
        return
    judged, chance = pictures.judged(evaluation), 1 / len(words)
    words = [*words, *map(str, range(len(words), judged.record["classes"]))]                  # a network may know more classes
    _numbers(t, judged.record, chance)
    _compare(t, judged.matrix, words, given, options)
    pictures.draw(t, evaluation, run.spec.dataset, tuple(words))


def _numbers(t: Text, record: dict, chance: float) -> None:
    """Accuracy with its range, against the pictures that it learned from, against guessing."""
    low, high = wilson(record["correct"], record["images"])
    test = record["correct"] / record["images"]
    first, second, third, fourth = st.columns(4)
    first.metric(t("runs.number.test"), f"{test:.1%}", help=t("runs.number.test_help"))
    first.caption(t("runs.number.range", low=f"{low:.1%}", high=f"{high:.1%}"))
    if record["train_images"]:
        learned = record["train_correct"] / record["train_images"]
        second.metric(t("runs.number.train"), f"{learned:.1%}", help=t("runs.number.train_help", n=f"{record['train_images']:,}"))
        second.caption(t("runs.number.loss", train=f"{record['train_loss']:.4f}", test=f"{record['loss']:.4f}"))
        third.metric(t("runs.number.gap"), f"{100 * (learned - test):+.1f}", help=t("runs.number.gap_help"))
    fourth.metric(t("runs.number.chance"), f"{chance:.0%}", help=t("runs.number.chance_help"))
    st.markdown(t("runs.counted", correct=f"{record['correct']:,}", images=f"{record['images']:,}", low=f"{low:.1%}", high=f"{high:.1%}",
                  gap=_gap(t, record, chance)))


def _gap(t: Text, record: dict, chance: float) -> str:
    """What the two accuracies together say: learned by heart, nothing learned, or generalisation."""
    low, high = wilson(record["correct"], record["images"])
    if record["train_images"] and wilson(record["train_correct"], record["train_images"])[0] > max(high, chance):
        return t("runs.gap.apart")
    if low <= chance:
        return t("runs.gap.none", chance=f"{chance:.0%}")
    return t("runs.gap.close") if record["train_images"] else ""


def _compare(t: Text, matrix: Tensor, words: list[str], given: str, options: dict[str, str]) -> None:
    """What was expected, and which two classes are really mixed up most."""
    pairs = mixed_up(matrix)
    if not pairs:
        st.success(t("runs.no_mistake"), icon=":material/check_circle:")
        return
    codes = [_code(pair) for pair in pairs]
    listed = [code if code in options else OTHER for code in codes]
    truth = given if given in listed else listed[0]
    times = int(matrix[pairs[0]] + matrix[pairs[0][::-1]])
    shown = {code: _pair(t, pair, words) for code, pair in zip(codes, pairs, strict=True)}
    facts = {"pair": t("runs.comma").join(shown.values()), "times": times, "wrong": f"{int(matrix.sum() - matrix.trace()):,}"}
    why = t("runs.mixed", **facts) if len(pairs) == 1 else t("runs.mixed_equal", **facts)
    predict.compare(t, given, truth, options, why, "runs")


def _begin(t: Text, run: Run, slot: str) -> None:
    """Submit the evaluation."""
    spec = {"network": run.spec.network, "dataset": run.spec.dataset, "weights": run.found.id, "step": run.found.done,
            "trained": dataclasses.asdict(run.spec)}
    try:
        press.submit("evaluate", spec, slot)
    except SpecError as error:
        say.refused(t, error)


def _options(t: Text, dataset: str, words: list[str]) -> dict[str, str]:
    """A few likely pairs, the same before and after, and the way out."""
    pairs = [pair for pair in PAIRS.get(dataset, OTHERS) if max(pair) < len(words)]
    return {_code(pair): _pair(t, pair, words) for pair in pairs} | {OTHER: t("runs.other_pair")}


def _code(pair: tuple[int, int]) -> str:
    return f"{pair[0]}_{pair[1]}"


def _pair(t: Text, pair: tuple[int, int], words: list[str]) -> str:
    return t("runs.pair", a=say.plain(words[pair[0]]), b=say.plain(words[pair[1]]))
