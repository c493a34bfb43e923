"""A pair on the page: where its numbers part, and both curves. What grows is drawn again every half second; all else when it changes."""

import math

import streamlit as st

from content.text import Text
from core.evaluate import chance_loss
from figures import twins
from jobs import client
from jobs.store import AT_WORK
from ui import learner, picture, say, watch
from ui.live_chart import live_chart
from ui.train import words as phrases
from ui.twins import current, history, settings

POLL_S = 0.5
SLOW_POLL_S = 1.5                                    # while waiting for a place
CLASSES = 10                                         # of every dataset here
HEIGHT = 500


def draw(t: Text, found: client.Status, past: history.History) -> None:
    """Both curves. Asks again while the pair is active; drawn once when it has ended."""
    every = None if not found.active else POLL_S if found.state in AT_WORK else SLOW_POLL_S
    st.fragment(_grows, run_every=every)(t, found.id, _standing(found, past))


def _grows(t: Text, run: str, shown: tuple) -> None:
    """A tick: two elements. The page around it is drawn again when something there has changed."""
    found = client.status(run, learner.token())
    past = history.of(run) if found else None
    if found is None or _standing(found, past) != shown:
        st.rerun()
    if found.active:
        st.progress(min(found.done / found.total, 1.0) if found.total else 0.0, _progress(t, found))
    _chart(t, found, past)


def _standing(found: client.Status, past: history.History) -> tuple:
    """Everything that the page around a tick shows."""
    return phrases.state(found), past.first, past.equal > 0, tuple(past.broken)


def head(t: Text, found: client.Status) -> None:
    """The state in words, what was asked for, and Stop for its owner."""
    text, button = st.columns([5, 1], vertical_alignment="center")
    asked = current.asked_of(found)
    named = settings.names(t, asked)
    with text:
        st.markdown(t("twins.head", state=t(f"train.state.{phrases.state(found)}"), a=named["a"], b=named["b"], run=found.id))
        settings.note(t, asked)
    with button:
        if not found.active:
            return
        if client.owns(found.id, learner.token()):
            if st.button(t("frame.stop"), key="twins.stop", icon=":material/stop:", width="stretch"):
                watch.stop(t, found.id)
        else:
            st.caption(t("train.read_only"))


def walk(t: Text, found: client.Status | None, past: history.History | None) -> None:
    """The parts of a run up to the first number that differs; before anything was compared, the path itself."""
    first, begun = past and past.first, bool(past and (past.first or past.equal))
    words = {name: t(f"twins.{name}") for name in ("equal", "differs", "later", "start", "a", "b")}
    words |= {part: t(f"twins.part.{part}") for part in twins.PARTS}
    if first:
        words |= {"now": t("twins.step", step=f"{max(first.step, 1):,}"), "alt": t("twins.walk_alt", part=words[first.part])}
    elif begun:
        words |= {"now": t("twins.steps", step=f"{found.done:,}"), "alt": t("twins.walk_equal")}
    else:
        words |= {"now": t("twins.each"), "alt": t("twins.walk_open")}
    picture.show(twins.walk(first, words, begun), "twins.walk")


def _progress(t: Text, found: client.Status) -> str:
    """How far and how long; in the queue, how long until its turn."""
    if phrases.state(found) == "starting" and not found.done:
        return t("train.next")
    if found.state in ("queued", "preempted") and found.place:
        wait = t("train.wait", time=phrases.duration(t, found.wait_s)) if found.wait_s is not None else ""
        return t(f"train.place.{found.state}", place=found.place) + wait
    left = t("frame.left", seconds=math.ceil(found.remaining_s)) if found.remaining_s is not None else ""
    left += phrases.delayed(t, found)
    return t("twins.progress", done=f"{found.done:,}", total=f"{found.total:,}", elapsed=f"{found.elapsed_s:.1f}") + left


def _chart(t: Text, found: client.Status, past: history.History) -> None:
    chance = past.started.get("chance_loss", chance_loss(CLASSES))
    words = {name: t(f"twins.chart.{name}") for name in ("step", "loss", "distance", "zero")} | settings.names(t, current.asked_of(found))
    words["chance"] = t("train.chart.chance", loss=f"{chance:.3f}")
    equal = past.distance[1][-1:] == [0]
    live_chart(twins.chart(chance, words, equal), [past.a, past.b, past.distance], key="twins.chart", run=past.run, height=HEIGHT,
               alt=t("twins.chart.alt"), failed=t("train.chart.failed"), numbers=_numbers(t, past))


def _numbers(t: Text, past: history.History) -> dict[str, str]:
    """The latest figures."""
    losses = {who: _number(points[1][-1]) if points[1] else "–" for who, points in (("a", past.a), ("b", past.b))}
    right = {who: "–" if past.val_accuracy(who) is None else f"{past.val_accuracy(who):.1%}" for who in "ab"}
    shown = {t(f"twins.number.loss_{who}"): losses[who] for who in "ab"} | {t(f"twins.number.val_{who}"): right[who] for who in "ab"}
    return shown | {t("twins.number.distance"): f"{past.distance[1][-1]:.3g}" if past.distance[1] else "–"}


def _number(loss: float) -> str:
    return f"{loss:.4f}" if loss < 1e4 else f"{loss:.2e}"


def cause(t: Text, found: client.Status) -> None:
    """Why a pair ended that did not simply finish."""
    if found.active or found.state == "done":
        return
    if found.cause:
        st.error(say.sentence(t, found.cause["code"], found.cause), icon=":material/report:")
    elif found.attempt == 0:
        st.info(t("train.left_queue"), icon=":material/stop_circle:")
    else:
        st.info(t("twins.stopped", done=f"{found.done:,}", total=f"{found.total:,}"), icon=":material/stop_circle:")
