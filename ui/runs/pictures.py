"""The pictures behind an evaluation: the confusion matrix that opens, each class, the worst mistakes."""

from dataclasses import dataclass
from functools import lru_cache, partial

import streamlit as st

from content.text import Text
from core import data
from core.evaluate import wilson
from core.mistakes import Answers, Tensor, behind, confusion, from_bytes, worst
from figures import confusion as figure
from figures import mistakes
from figures.ready import Ready
from jobs import client
from jobs.artifacts import PREDICTIONS
from ui import chart, picture, say

IN_CELL, WORST = 9, 12                               # pictures that are shown
MATRIX_PX, CELL_PX = 580, 420
LIKELIEST = 3                                        # classes below each picture
LISTED = 6                                           # mistakes that can be opened by a button, for whom a matrix is hard to hit


@dataclass(frozen=True)
class Judged:
    """What an evaluation left: its record, every answer, and the confusion matrix of these."""

    record: dict
    answers: Answers
    matrix: Tensor


@lru_cache(maxsize=16)                               # ten thousand answers are 500 kB
def judged(evaluation: str) -> Judged:
    """A complete evaluation does not change."""
    record = next(event.record for event in client.events(evaluation) if event.record["type"] == "test")
    found = from_bytes(client.artifact(evaluation, PREDICTIONS).read_bytes())
    return Judged(record, found, confusion(found.labels, found.predicted, record["classes"]))


def draw(t: Text, evaluation: str, dataset: str, words: tuple[str, ...]) -> None:
    """words: the names of the classes."""
    slot = f"runs.cell.{evaluation}"                 # another evaluation starts with nothing opened
    with st.container(horizontal=True, gap="medium"):                      # on a narrow page one below the other
        with st.container(width=MATRIX_PX):
            _matrix(t, slot, evaluation, words)
        with st.container(width=CELL_PX):
            _cell(t, slot, evaluation, dataset, words)
    st.markdown(t("runs.by_class"))
    chart.show(_by_class(t, evaluation, words), "runs.by_class", t("runs.by_class_alt"))
    found = judged(evaluation)
    if int(found.matrix.trace()) < len(found.answers.labels):
        st.markdown(t("runs.worst"))
        picture.show(_worst(t, evaluation, dataset, words), "runs.worst")


def _matrix(t: Text, slot: str, evaluation: str, words: tuple[str, ...]) -> None:
    st.markdown(t("runs.matrix.about"))
    key = f"{slot}.chart"
    drawn = _matrix_figure(t, evaluation, words, st.context.theme.type == "dark")
    st.plotly_chart(Ready(drawn), key=key, config={"displayModeBar": False}, alt=t("runs.matrix.alt"), selection_mode="points",
                    on_select=partial(_clicked, key, slot))


def _clicked(key: str, slot: str) -> None:
    """A click on a square: its row is the truth, its column what was said."""
    points = st.session_state[key].selection.points
    if points:
        row, column, *_ = points[0]["customdata"]
        st.session_state[slot] = (int(row), int(column))


def _cell(t: Text, slot: str, evaluation: str, dataset: str, words: tuple[str, ...]) -> None:
    """The pictures of the square that was clicked; at first those of the most frequent mistake."""
    often = _often(t, evaluation, words)
    if often:
        st.pills(t("runs.often"), list(often), wrap=True, key=f"{slot}.often", on_change=_pressed, args=(f"{slot}.often", slot),
                 format_func=lambda code: often.get(code, code))
    truth, said = st.session_state.get(slot) or (_cell_of(next(iter(often))) if often else (0, 0))
    count = int(judged(evaluation).matrix[truth, said])
    key = "right" if truth == said else "taken"
    st.markdown(t(f"runs.cell.{key}", truth=say.plain(words[truth]), said=say.plain(words[said]), n=f"{count:,}"))
    if not count:
        st.caption(t("runs.cell.none"))
        return
    if count > IN_CELL:
        st.caption(t(f"runs.cell.first_{key}", n=IN_CELL))
    picture.show(_behind(t, evaluation, dataset, words, truth, said), "runs.cell")


def _pressed(key: str, slot: str) -> None:
    if code := st.session_state[key]:
        st.session_state[slot] = _cell_of(code)


def _cell_of(code: str) -> tuple[int, int]:
    truth, _, said = code.partition("_")
    return int(truth), int(said)


# What follows depends on its arguments alone and is kept: drawing it costs more than the rest of the page.

@lru_cache(maxsize=32)
def _matrix_figure(t: Text, evaluation: str, words: tuple[str, ...], dark: bool) -> dict:
    labels = {name: t(f"runs.matrix.{name}") for name in ("truth", "said", "hover")}
    return figure.matrix(judged(evaluation).matrix.numpy(), list(words), labels, dark)


@lru_cache(maxsize=32)
def _often(t: Text, evaluation: str, words: tuple[str, ...]) -> dict[str, str]:
    """The most frequent mistakes, as "truth_said", with their words."""
    wrong = judged(evaluation).matrix.clone().fill_diagonal_(0)
    cells = [divmod(int(i), len(words)) for i in wrong.flatten().argsort(descending=True, stable=True)[:LISTED]]
    named = [say.plain(word) for word in words]
    return {f"{i}_{j}": t("runs.taken_n", truth=named[i], said=named[j], n=int(wrong[i, j])) for i, j in cells if wrong[i, j]}


@lru_cache(maxsize=32)
def _by_class(t: Text, evaluation: str, words: tuple[str, ...]) -> dict:
    matrix = judged(evaluation).matrix
    counts = list(zip(matrix.diagonal().tolist(), matrix.sum(1).tolist(), strict=True))
    shares, ranges = [right / max(every, 1) for right, every in counts], [wilson(right, every) for right, every in counts]
    return figure.by_class(list(words), shares, ranges, 1 / len(words), {"hover": t("runs.class_hover"), "chance": t("runs.chance")})


@lru_cache(maxsize=32)
def _worst(t: Text, evaluation: str, dataset: str, words: tuple[str, ...]) -> str:
    found = judged(evaluation).answers
    rows = worst(found, WORST)
    names = [t("runs.taken", truth=words[found.labels[i]], said=words[found.predicted[i]]) for i in rows]
    return _tiles(t, found, dataset, rows, names, words, 150)


@lru_cache(maxsize=64)
def _behind(t: Text, evaluation: str, dataset: str, words: tuple[str, ...], truth: int, said: int) -> str:
    found = judged(evaluation).answers
    rows = behind(found, truth, said)[:IN_CELL]
    return _tiles(t, found, dataset, rows, [t("runs.index", index=int(i)) for i in rows], words, 112)


def _tiles(t: Text, found: Answers, dataset: str, rows: Tensor, names: list[str], words: tuple[str, ...], px: int) -> str:
    """Pictures as they are stored, each with its name and its likeliest classes."""
    images, top = data.load(dataset, train=False).images, found.probs[rows].topk(min(LIKELIEST, len(words)), dim=1)
    bars = [[(words[c], p, c == int(found.labels[i])) for c, p in zip(classes, probs, strict=True)]
            for i, classes, probs in zip(rows.tolist(), top.indices.tolist(), top.values.tolist(), strict=True)]
    return mistakes.tiles([images[i].numpy() for i in rows], names, bars, t("runs.picture"), px)
