"""Why normalise? The same short training three times, its curves as they grow, and where the ends lie among those of five seeds."""

import dataclasses
import math
from collections.abc import Sequence

import streamlit as st

from content.text import Text
from core.data import info
from core.evaluate import chance_loss
from core.normalising import SAME, WAYS, Judged, NumbersSpec, Short, border, judge, short
from core.train import TrainSpec
from figures import normalising as figure
from jobs import client
from ui import controls, learner, picture, predict, say, watch
from ui.data import current
from ui.live_chart import live_chart

PAGE = "data.numbers"
POLL_S = 0.5
HEIGHT = 400
LAST = 20                                            # points that a strong line is the mean of


def draw(t: Text, spec: NumbersSpec) -> None:
    st.markdown(f"##### {t('data.numbers.why.title')}")
    offered = short(current.dataset())
    told = dataclasses.replace(offered.spec, seed=spec.seed)
    st.markdown(t("data.numbers.why.about", **_settings(t, told)))
    slot = f"{PAGE}.run.{told.dataset}.{told.seed}"
    watch.again(slot, "normalisation", dataclasses.asdict(told))
    found = watch.found(slot)
    options = {way: _name(t, way) for way in WAYS} | {SAME: t("data.numbers.why.same")}
    said = predict.ask(t, told.dataset, t("data.numbers.why.predict"), options, PAGE)
    if said is not None and not (found and found.active):
        label = t("data.numbers.why.again") if found else t("data.numbers.why.go")
        if st.button(label, key=f"{PAGE}.go", type="secondary" if found else "primary", icon=":material/play_arrow:"):
            watch.start(t, slot, "normalisation", dataclasses.asdict(told))
            st.rerun()
    if found:
        _shown(t, found, offered, said, options)


def _settings(t: Text, told: TrainSpec) -> dict[str, str]:
    """What is the same for all three, in words. images: what is left to learn from when the validation pictures are set aside."""
    used = min(told.train_images, info(told.dataset).train_images)
    shown = {name: controls.value(t, name, getattr(told, name)) for name in ("network", "optimizer", "lr", "batch_size", "epochs", "seed")}
    return shown | {"images": f"{used - int(used * told.val_fraction):,}"}


def _shown(t: Text, found: client.Status, offered: Short, said: str | None, options: dict[str, str]) -> None:
    if found.cause and not found.active:
        st.warning(say.sentence(t, found.cause["code"], found.cause), icon=":material/report:")
    mine = found.active and client.owns(found.id, learner.token())
    if mine and st.button(t("frame.stop"), key=f"{PAGE}.stop", icon=":material/stop:"):
        watch.stop(t, found.id)
    st.fragment(_grows, run_every=POLL_S if found.active else None)(t, found.id, found.active)
    tested = next((event.record for event in _events(found.id) if event.record["type"] == "test"), None)
    if tested and not found.active:
        _ended(t, tested, offered, said, options)


def _grows(t: Text, run: str, active: bool) -> None:
    """A tick: how far, and three curves. The page around it is drawn again when the run has ended."""
    found = client.status(run, learner.token())
    if found is None or found.active != active:
        st.rerun()
    events = [event.record for event in _events(run)]
    start = next((record for record in events if record["type"] == "start"), {})
    losses = [record for record in events if record["type"] == "loss"]
    steps = [record["step"] for record in losses]
    points = [(steps, [record["loss"][way] for record in losses]) for way in WAYS] + [([], [])] * len(WAYS)
    chance = start.get("chance_loss", chance_loss(10))
    words = {way: _name(t, way) for way in WAYS} | {name: t(f"data.numbers.why.{name}") for name in ("step", "loss")}
    words["chance"] = t("train.chart.chance", loss=f"{chance:.3f}")
    drawn = figure.chart(chance, start.get("total_steps", 0), LAST, words)
    live_chart(drawn, points, key=f"{PAGE}.chart", run=run, height=HEIGHT, alt=t("data.numbers.why.chart_alt"),
               failed=t("train.chart.failed"), progress=_progress(t, found) if found.active else None)


def _events(run: str) -> list[client.Event]:
    """All that the run has told, kept in the browser session so that each look reads only what is new."""
    kept = st.session_state.setdefault(f"{PAGE}.events", {}).setdefault(run, [])
    kept.extend(client.events(run, kept[-1].seq if kept else 0))
    return kept


def _progress(t: Text, found: client.Status) -> tuple[float, str]:
    if not found.total:
        return 0.0, t("frame.waiting")
    left = "" if found.remaining_s is None else t("frame.left", seconds=math.ceil(found.remaining_s))
    return min(found.done / found.total, 1.0), t("data.numbers.why.progress", done=f"{found.done:,}", total=f"{found.total:,}") + left


def _ended(t: Text, tested: dict, offered: Short, said: str | None, options: dict[str, str]) -> None:
    """Who did best here, how far that can be trusted, and why it comes out so. tested: the job's record, with its pictures counted."""
    accuracies = tested["accuracy"]
    found = judge(offered, accuracies, tested["images"])
    ends = t("data.numbers.why.ends", **{way: f"{accuracies[way]:.1%}" for way in WAYS})
    if said in found.open:                           # neither right nor wrong: nothing is compared
        cannot = t("data.numbers.why.open", said=options[said])
        why = t("data.numbers.why.overlaps", best=_listed(t, found.best)) if offered.tried else _chance(t, found, tested)
        predict.compare(t, "", "", options, say.together(t, f"**{cannot}**", ends, why), PAGE)
    else:
        why = t("data.numbers.why.five") if offered.tried else _chance(t, found, tested)
        predict.compare(t, said, said if said in found.right else _listed(t, found.best), options, say.together(t, ends, why), PAGE)
    words = {way: _name(t, way) for way in WAYS} | {name: t(f"data.numbers.why.{name}") for name in ("seeds", "here")}
    picture.show(figure.strips(accuracies, offered.tried, words | {"alt": t("data.numbers.why.strips_alt")}), f"{PAGE}.strips")
    st.markdown(_band(t, offered))
    st.markdown(t("data.numbers.why.reason"))


def _chance(t: Text, found: Judged, tested: dict) -> str:
    """Which ways one run cannot tell apart, and why; nothing where it tells the best."""
    if not found.open:
        return ""
    ways = _listed(t, [way for way in found.open if way != SAME])
    points = f"{100 * border(tested['accuracy'], tested['images']):.0f}"
    return t("data.numbers.why.close", ways=ways, n=f"{tested['images']:,}", points=points)


def _listed(t: Text, answers: Sequence[str]) -> str:
    return t("data.numbers.why.or").join(t("data.numbers.why.same") if answer == SAME else _name(t, answer) for answer in answers)


def _band(t: Text, offered: Short) -> str:
    """What five seeds gave, and whether that is more than chance."""
    if not offered.tried:
        return t("data.numbers.why.untried")
    band = {way: t("presets.from_to", low=f"{min(found):.0%}", high=f"{max(found):.0%}") for way, found in offered.tried.items()}
    half = t("data.numbers.why.half") if offered.verdict != "nothing" and offered.overlap("half", "measured") else ""
    return say.together(t, t("data.numbers.why.band", **band), t(f"data.numbers.why.verdict.{offered.verdict}"), half)


def _name(t: Text, way: str) -> str:
    return t(f"data.numbers.way.{way}")
