"""A run on the page: how far, how well, its chart, and the button that stops it."""

import math

import streamlit as st

from content.text import Text
from core.evaluate import chance_loss
from figures import loss
from jobs import client
from jobs.store import AT_WORK
from ui import learner, say
from ui.controls import option
from ui.live_chart import live_chart
from ui.train import current, history

POLL_S = 0.5
SLOW_POLL_S = 1.5                                    # while waiting for a place
CLASSES = 10                                         # of every dataset here


def draw(t: Text, found: client.Status) -> None:
    """Ask again while the run is active; drawn once when it has ended."""
    every = None if not found.active else SLOW_POLL_S if found.state == "queued" else POLL_S
    st.fragment(_panel, run_every=every)(t, found.id, found.state)


def _panel(t: Text, run: str, state: str) -> None:
    found = client.status(run)
    if found is None or _phase(found.state) != _phase(state):
        st.rerun()                                   # the page around the panel changes with the state
    past = history.of(run)
    _head(t, found)
    chance = past.started.get("chance_loss", chance_loss(CLASSES))
    _chart(t, run, chance, [past.losses, past.validation])
    _numbers(t, past)
    if past.epochs and not past.epochs[-1]["learning"]:
        loss_now = f"{past.epochs[-1]['judged_loss']:.3f}"
        st.warning(t("train.not_learning", loss=loss_now, chance=f"{chance:.3f}"), icon=":material/trending_flat:")


def _phase(state: str) -> str:
    """States between which only the panel changes: waiting, at work, or ended for good."""
    return {"queued": "waiting", "preempted": "waiting"}.get(state, "at work" if state in AT_WORK else state)


def empty(t: Text) -> None:
    """The chart before the first run: the line that is to be beaten."""
    _chart(t, "", chance_loss(CLASSES), [([], []), ([], [])])


def _chart(t: Text, run: str, chance: float, points: list) -> None:
    words = {name: t(f"train.chart.{name}") for name in ("train", "validation", "step", "loss")}
    words["chance"] = t("train.chart.chance", loss=f"{chance:.3f}")
    live_chart(loss.chart(chance, words), points, key="train.chart", run=run, height=400, alt=t("train.chart.alt"),
               failed=t("train.chart.failed"))


def _head(t: Text, found: client.Status) -> None:
    """The state in words, the progress, and Stop for its owner."""
    words, button = st.columns([5, 1], vertical_alignment="center")
    with words:
        spec = current.spec_of(found)
        st.markdown(t("train.head", network=option(t, "network", spec.network), dataset=option(t, "dataset", spec.dataset),
                      optimizer=option(t, "optimizer", spec.optimizer), lr=f"{spec.lr:g}", batch_size=spec.batch_size,
                      epochs=spec.epochs, seed=spec.seed, state=t(f"train.state.{found.state}"), run=found.id))
        left = t("frame.left", seconds=math.ceil(found.remaining_s)) if found.remaining_s is not None and found.active else ""
        text = t("train.progress", done=f"{found.done:,}", total=f"{found.total:,}", elapsed=f"{found.elapsed_s:.1f}") + left
        if found.state == "queued":
            text = t("train.next") if found.place == 1 else t("train.place", place=found.place)
        st.progress(min(found.done / found.total, 1.0) if found.total else 0.0, text)
    with button:
        if not found.active:
            return
        if client.owns(found.id, learner.token()):
            if st.button(t("frame.stop"), key="train.stop", icon=":material/stop:", width="stretch"):
                client.stop(found.id, learner.token())
        else:
            st.caption(t("train.read_only"))


def _numbers(t: Text, past: history.History) -> None:
    """The latest figures, the validation accuracy with its course."""
    last = past.epochs[-1] if past.epochs else {}
    shown = {
        "loss": f"{past.losses[1][-1]:.4f}" if past.losses[1] else "–",
        "val_loss": f"{last['val_loss']:.4f}" if last.get("val_loss") is not None else "–",
        "val_accuracy": f"{last['val_accuracy']:.1%}" if last.get("val_accuracy") is not None else "–",
    }
    course = [epoch["val_accuracy"] for epoch in past.epochs if epoch["val_accuracy"] is not None]
    for column, (name, value) in zip(st.columns(3), shown.items(), strict=True):
        with column:
            st.metric(t(f"train.number.{name}"), value, chart_data=course if name == "val_accuracy" and len(course) > 1 else None)


def cause(t: Text, found: client.Status) -> None:
    """Why a run ended that did not simply finish."""
    if found.cause:
        st.error(say.sentence(t, found.cause["code"], found.cause), icon=":material/report:")
    elif found.state == "stopped" and found.attempt == 0:
        st.info(t("train.left_queue"), icon=":material/stop_circle:")
    elif found.state == "stopped":
        st.info(t("train.stopped", done=f"{found.done:,}", total=f"{found.total:,}"), icon=":material/stop_circle:")
