"""A run on the page: how far, how well, and its chart. What grows is drawn again every half second; all else when it changes."""

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
from ui.train import alarms, current, ending, history, printout, steering, words

POLL_S = 0.5
SLOW_POLL_S = 1.5                                    # while waiting for a place
BELOW = "train.below"
AT_ONCE_S = 2.0                                      # of work: changes by hand within it share a mark
LATEST = 8                                           # lines of the report while it grows
HEIGHT, ALONE = 530, 360                             # pixels of the chart; without a second part
REPORT = 275                                         # of the lines, so that the page does not jump while they come
CLASSES = 10                                         # until a run has told how many its dataset has


def draw(t: Text, found: client.Status) -> None:
    """Ask again while the run is active; drawn once when it has ended."""
    past = history.of(found.id)
    with st.container():                             # so that the chart keeps its place, and the learner's zoom
        _head(t, found, past)
        if found.active:
            steering.draw(t, found, past)
        else:
            ending.draw(t, found, past)
        alarms.draw(t, found, past)
    every = None if not found.active else POLL_S if found.state in AT_WORK else SLOW_POLL_S
    st.fragment(_grows, run_every=every)(t, found.id, _below(), _standing(found, past))
    if _below() == "report" and past.counts:
        st.caption(t("train.report.about", n=f"{printout.steps_per_line(past, words.epochs(found)):,}"))
    _choose(t)


def empty(t: Text, classes: int) -> None:
    """The chart before the first run: the line that is to be beaten."""
    _chart(t, history.History("", started={"classes": classes}), _below())
    _choose(t)


def _grows(t: Text, run: str, below: str, shown: tuple) -> None:
    """A tick: one element, and few bytes. The page around it is drawn again when something there has changed."""
    found = client.status(run, learner.token())
    past = history.of(run) if found else None
    if found is None or _standing(found, past) != shown:
        st.rerun()
    begun = found.active or found.total              # else there is no way to go
    _chart(t, past, below, (min(found.done / found.total, 1.0) if found.total else 0.0, _progress(t, found)) if begun else None)
    if below == "report":
        _report(t, found, past)


def _standing(found: client.Status, past: history.History) -> tuple:
    """Everything that the page around a tick shows."""
    return (words.state(found), past.in_force, len(past.refused), len(past.changes), past.resumed, past.alarm, alarms.not_learning(past),
            bool(past.snapshots), bool(past.counts))


def _head(t: Text, found: client.Status, past: history.History) -> None:
    """The state in words, what was asked for, and the learning rate in force."""
    spec = current.spec_of(found)
    lr = " → ".join(f"{value:g}" for value in dict.fromkeys((spec.lr, past.in_force.get("lr", spec.lr))))
    st.markdown(t("train.head", network=option(t, "network", spec.network), dataset=say.plain(option(t, "dataset", spec.dataset)),
                  optimizer=option(t, "optimizer", spec.optimizer), lr=lr, batch_size=spec.batch_size,
                  epochs=spec.epochs, seed=spec.seed, state=t(f"train.state.{words.state(found)}"), run=found.id))


def _progress(t: Text, found: client.Status) -> str:
    """How far and how long; in the queue, how long until its turn."""
    if words.state(found) == "starting" and not found.done:
        return t("train.next")
    if found.state in ("queued", "preempted") and found.place:
        wait = t("train.wait", time=words.duration(t, found.wait_s)) if found.wait_s else ""
        return t(f"train.place.{found.state}", place=found.place) + wait
    left = t("frame.left", seconds=math.ceil(found.remaining_s)) if found.remaining_s is not None and found.state == "running" else ""
    many = ("one" if found.others == 1 else "many") if found.state == "running" and found.others else ""
    others = t(f"train.next_to.{many}", n=found.others) if many else ""
    return t("train.progress", done=f"{found.done:,}", total=f"{found.total:,}", epoch=words.epoch(found),
             epochs=words.epochs(found), elapsed=f"{found.elapsed_s:.1f}") + left + others + words.delayed(t, found)


def _below() -> str:
    """What stands under the loss."""
    return st.session_state.setdefault(BELOW, loss.BELOW[0])


def _choose(t: Text) -> None:
    named = {key: t(f"train.below.{key}") for key in loss.BELOW}
    st.segmented_control(t("train.below.label"), list(named), format_func=lambda key: named.get(key, key), key=BELOW, required=True,
                         persist_state="session", label_visibility="collapsed")


def _chart(t: Text, past: history.History, below: str, progress: tuple[float, str] | None = None) -> None:
    classes = past.started.get("classes", CLASSES)
    chance = past.started.get("chance_loss", chance_loss(classes))
    named = {name: t(f"train.chart.{name}") for name in ("validation", "step", "loss", "train_accuracy", "val_accuracy", "accuracy", "lr",
                                                         "images_per_s")}
    per_point = max(past.counts[:2], default=1)
    named |= {"points": t("train.chart.points", n=per_point) if per_point > 1 else t("train.chart.point"),
              "mean": t("train.chart.mean", n=loss.LAST), "chance": t("train.chart.chance", loss=f"{chance:.3f}"),
              "chance_accuracy": t("train.chart.chance_accuracy", share=f"{1 / classes:.0%}")}
    under = {"accuracy": [past.train_accuracy, past.val_accuracy], "lr": [past.lr], "images_per_s": [past.images_per_s], "report": []}
    computed = ([], [])                              # the running mean comes from the browser
    live_chart(loss.chart(named, chance=chance, classes=classes, below=below, marks=_marks(t, past)),
               [past.losses, computed, past.validation, *under[below]], key="train.chart", run=past.run,
               height=ALONE if below == "report" else HEIGHT, alt=t("train.chart.alt"), failed=t("train.chart.failed"),
               numbers=_numbers(t, past), progress=progress)


def _marks(t: Text, past: history.History) -> list[tuple[int, str]]:
    """What was changed by hand, and when. Changes in quick succession, as of a slider that passes other values, are one mark."""
    moves: list[tuple[dict, dict[str, float]]] = []  # the first change of each, and what it came to
    for change in past.changes:
        if not moves or change.get("at_s", 0.0) - moves[-1][0].get("at_s", 0.0) > AT_ONCE_S:
            moves.append((change, {}))
        moves[-1][1][change["name"]] = change["value"]
    return [(first["step"], " · ".join(f"{t('train.chart.changed_' + name)} {value:g}" for name, value in values.items()))
            for first, values in moves]


def _numbers(t: Text, past: history.History) -> dict[str, str]:
    """The latest figures."""
    latest = {"loss": past.losses, "val_loss": past.validation, "val_accuracy": past.val_accuracy}
    return {t(f"train.number.{name}"): _figure(name, values[-1]) if values else "–" for name, (_, values) in latest.items()}


def _figure(name: str, value: float) -> str:
    if name == "val_accuracy":
        return f"{value:.1%}"
    return f"{value:.4f}" if value >= 0.001 else f"{value:.2g}"            # small, but not nothing


def _report(t: Text, found: client.Status, past: history.History) -> None:
    rows = printout.text(t, past, words.epochs(found))
    if found.active and len(rows) > LATEST:          # a tick stays small
        rows = ["…", *rows[-LATEST:]]
    if rows:
        st.code("\n".join(rows), language=None, height=REPORT if found.active else "content")
