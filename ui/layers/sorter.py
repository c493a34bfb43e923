"""A tiny Transformer, trained while one watches, and then asked about six digits: what it says, and where each place looked."""

import math
from contextlib import suppress
from pathlib import Path

import streamlit as st

from content.text import Text
from core.errors import SpecError
from core.fields import clamped
from core.layers import sorter
from core.layers.sorter import SorterSpec
from core.layers.transformer import TransformerSpec
from figures import attention as figure
from figures.pixel import number
from jobs import client
from jobs.artifacts import SORTER
from ui import controls, picture, say, watch
from ui.link import key_of
from ui.live_chart import live_chart

PAGE = "layers.transformer"
SLOT = "layers.sorter"                               # the latest training, whatever its task and seed
HEIGHT = 360


def draw(t: Text, spec: TransformerSpec) -> None:
    st.markdown(t("sorter.about"))
    controls.control(PAGE, TransformerSpec, "task", t)
    known = sorter.TASKS[spec.task]
    low, high = min(known.tried), max(known.tried)
    band = f"{low:.0%}" if low == high else t("presets.from_to", low=f"{low:.1%}", high=f"{high:.1%}")
    st.markdown(t("sorter.band", band=band, steps=known.steps, sequences=f"{known.steps * sorter.BATCH:,}"))
    asked = {"task": spec.task, "seed": spec.seed}
    watch.again(SLOT, "sorter", asked)
    found = watch.found(SLOT)
    path = client.artifact(found.id, SORTER) if found and not found.active else None
    if found and (not sorter.readable(path) if path else found.state == "done"):     # as if it had never been
        found = None
    label = t("sorter.again", seed=spec.seed) if found else t("sorter.go", seed=spec.seed)
    watch.offer(t, SLOT, found, "sorter", asked, label, f"{PAGE}.go")
    if found:
        _shown(t, found, path, spec.sequence)


def _shown(t: Text, found: client.Status, path: Path | None, sequence: str) -> None:
    trained, _ = clamped(SorterSpec, found.spec)
    st.markdown(t("sorter.trained", task=controls.option(t, "task", trained.task), seed=trained.seed))
    watch.live(t, found, PAGE, lambda now: _grows(t, now))
    if path:
        _answered(t, path, trained.task, sequence, None if found.state == "done" else found.done)


def _grows(t: Text, found: client.Status) -> None:
    """A tick: how far, and two curves."""
    records = [event.record for event in client.events(found.id)]
    steps = next((record["total_steps"] for record in records if record["type"] == "start"), 0)
    reports = [record for record in records if record["type"] == "report"]
    points = [([record["step"] for record in reports], [record[name] for record in reports]) for name in ("digits", "sequences")]
    words = {name: t(f"sorter.{name}") for name in ("step", "share", "digits", "sequences")}
    numbers = {t("sorter.loss"): "–", t("sorter.sequences"): "–"}
    if reports:
        last = reports[-1]
        numbers = {t("sorter.loss"): number(last["loss"]), t("sorter.sequences"): f"{last['sequences']:.1%}"}
    live_chart(figure.learning(steps, words), points, key=f"{PAGE}.chart", run=found.id, height=HEIGHT, alt=t("sorter.chart_alt"),
               failed=t("train.chart.failed"), numbers=numbers, progress=_progress(t, found) if found.active else None)


def _progress(t: Text, found: client.Status) -> tuple[float, str]:
    if not found.total:
        return 0.0, t("frame.waiting")
    left = "" if found.remaining_s is None else t("frame.left", seconds=math.ceil(found.remaining_s))
    return min(found.done / found.total, 1.0), t("sorter.progress", done=found.done, total=found.total) + left


def _answered(t: Text, path: Path, task: str, sequence: str, stopped: int | None) -> None:
    """Six digits of the learner's, or some that were never trained on; what the network makes of them, and where it looked.

    stopped: after so many steps, None for a training that ended well.
    """
    own, drawn = st.columns(2, vertical_alignment="bottom")
    with own:
        controls.control(PAGE, TransformerSpec, "sequence", t)
    drawn.button(t("sorter.draw"), key=f"{PAGE}.draw", icon=":material/casino:", on_click=_draw, args=(path,))
    try:
        found = sorter.answer(path, task, sequence)
    except SpecError as refused:
        say.refused(t, refused)
        return
    facts = {"given": _digits(found.given), "said": _digits(found.said), "truth": _digits(found.truth)}
    st.markdown(t("sorter.right", **facts) if found.said == found.truth else t("sorter.wrong", **facts))
    st.caption(t("sorter.seen") if found.seen else t("sorter.unseen"))
    words = {name: t(f"sorter.{name}") for name in ("rows", "columns", "alt")}
    rows = [f"{place}: {digit}" for place, digit in enumerate(found.said)]
    picture.show(figure.maps([figure.Map(t("sorter.map"), found.weights)], rows, [str(digit) for digit in found.given], words, top=1,
                             largest=80), f"{PAGE}.looks")
    if stopped is None:
        st.markdown(t(f"sorter.look.{task}"))
    else:
        st.markdown(t("sorter.stopped", steps=stopped, total=sorter.TASKS[task].steps))


def _draw(path: Path) -> None:
    """The next of the unseen sequences. None from a file that has gone meanwhile: the page then offers the training again."""
    nth = st.session_state[f"{PAGE}.nth"] = st.session_state.get(f"{PAGE}.nth", -1) + 1
    with suppress(SpecError):
        st.session_state[key_of(PAGE, "sequence")] = sorter.unseen(path, nth)


def _digits(digits: list[int]) -> str:
    return " ".join(map(str, digits))
