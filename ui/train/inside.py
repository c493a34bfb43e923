"""Inside the network while it learns: kernels, gradients and activation maps, step by step."""

import time

import numpy as np
import streamlit as st

from content.text import Text
from core.data import info, load
from core.inside import Inside, as_input, inside, one_picture
from core.models import fresh, named
from core.snapshot import read
from core.train import TrainSpec
from core.weights import header, normalisation_of
from figures import batch
from figures import inside as figure
from jobs import client
from jobs.artifacts import WEIGHTS
from ui import picture, say
from ui.data.batches import names
from ui.fold import fold
from ui.language import STALE_S
from ui.train import current, history

KEY = "train.inside"
WHAT = ("maps", "kernels", "grads")
POLL_S, CATCH_UP_S = 1.0, 0.3
AT_ONCE = 8                                          # snapshots computed in one rerun, a millisecond or two each
COLUMNS = 8                                          # maps side by side
OWN_SCALE = f"{KEY}.own_scale"
FOLLOWS = f"{KEY}.follows"                           # whether the slider goes with the newest snapshot
LED = f"{KEY}.led"                                   # (the newest but one, the newest, when the slider was led to it)


def draw(t: Text, found: client.Status, past: history.History) -> None:
    """Folded, and nothing is computed before it is opened. A run of an older version has no snapshots, and so no fold."""
    if past.snapshots:
        with fold(t("train.inside.title"), KEY, ":material/visibility:") as is_open:
            if is_open:
                behind = not found.active and _computed(found.id, _label()).keys() < set(_files(found.id, past).values())
                st.fragment(_look, run_every=POLL_S if found.active else CATCH_UP_S if behind else None)(t, found.id, behind)


def _look(t: Text, run: str, behind: bool) -> None:
    """behind: runs again and again until all snapshots are computed, and the colour scale is that of all."""
    found, past = client.status(run), history.of(run)
    files = _files(run, past)
    if found is None or not files:
        st.caption(t("train.inside.gone"))
        return
    spec = current.spec_of(found)
    what, layer = _choose(t, spec)
    step = _step(t, list(files))
    computed = _computed(run, _label())
    if not _compute(run, spec, files, step, computed):
        st.caption(t("train.inside.not_yet"))
        return
    if behind and len(computed) == len(files):
        st.rerun()
    dead = _dead(past, step).get(layer, [])
    if what != "maps":
        _figure(t, what, layer, computed, files[step], dead)
        return
    left, right = st.columns([1, 6], vertical_alignment="center")
    with left:
        picture.show(batch.one(one_picture(spec, _label()).images[0].numpy(), t("train.inside.picture_alt")), f"{KEY}.picture")
    with right:
        _figure(t, what, layer, computed, files[step], dead)


def _figure(t: Text, what: str, layer: str, computed: dict[str, Inside], file: str, dead: list[int]) -> None:
    """One colour scale for all snapshots computed so far, so that a colour means the same number at every step.

    Gradients shrink by factors of a hundred while a network learns: then the learner may ask for a scale of this step's own.
    """
    own = what == "grads" and st.toggle(t("train.inside.own"), key=OWN_SCALE, persist_state="session")
    every = [getattr(one, what)[layer] for one in computed.values() if layer in getattr(one, what)]
    shown = getattr(computed[file], what).get(layer)
    if shown is None:                                # before the first step there is no gradient; a torn file has nothing at all
        st.caption(t("train.inside.no_grads") if computed[file].kernels else t("train.inside.gone"))
        return
    top = max(float(one.abs().max()) for one in ([shown] if own else every)) or 1.0
    words = {"alt": t(f"train.inside.alt.{what}", layer=layer), "hover": t("train.inside.hover"), "dead": t("train.inside.dead")}
    picture.show(figure.tiles(_blocks(what, shown.numpy()), top, what != "maps", dead, words), f"{KEY}.figure")
    scale = t("train.inside.own_scale") if own else t("train.inside.scale", n=len(every), largest=f"{float(shown.abs().max()):.2g}")
    st.caption(say.together(t, t(f"train.inside.about.{what}", layer=layer), scale))
    if dead:
        st.caption(t("train.inside.dead_about"))


def _blocks(what: str, shown: np.ndarray) -> list[tuple[list[int], np.ndarray]]:
    """Maps (out, H, W) eight in a row; kernels (out, in, K, K) with a column for each channel and a row for each input channel."""
    channels = list(range(len(shown)))
    if what == "maps":
        return [(channels[i : i + COLUMNS], shown[None, i : i + COLUMNS]) for i in range(0, len(channels), COLUMNS)]
    return [(channels, shown.transpose(1, 0, 2, 3))]


def _choose(t: Text, spec: TrainSpec) -> tuple[str, str]:
    """What to look at, in which layer, and for maps of which test picture."""
    layers = list(_layers(spec.network))
    if st.session_state.get(f"{KEY}.layer") not in layers:
        st.session_state[f"{KEY}.layer"] = layers[0]
    st.session_state.setdefault(f"{KEY}.what", WHAT[0])
    st.session_state.setdefault(f"{KEY}.label", 0)
    words = {key: t(f"train.inside.what.{key}") for key in WHAT}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        what = st.segmented_control(t("train.inside.what.label"), WHAT, format_func=lambda key: words.get(key, key), key=f"{KEY}.what",
                                    required=True, persist_state="session")
        layer = st.segmented_control(t("train.inside.layer"), layers, key=f"{KEY}.layer", required=True, persist_state="session")
        if what == "maps":
            classes = names(t, spec.dataset, load(spec.dataset, train=False).classes)
            st.selectbox(t("train.inside.picture"), range(len(classes)), key=f"{KEY}.label", persist_state="session", width=220,
                         format_func=lambda i: classes[i] if isinstance(i, int) else i)
    return what, layer


def _step(t: Text, steps: list[int]) -> int:
    """The snapshot to look at: the newest, until the learner goes back."""
    key = f"{KEY}.step"
    if st.session_state.get(FOLLOWS, True) or key not in st.session_state:
        _, newest, _ = st.session_state.get(LED, (None, None, 0.0))
        if newest != steps[-1]:
            st.session_state[LED] = (newest, steps[-1], time.monotonic())
        st.session_state[key] = steps[-1]
    st.session_state[key] = min(steps, key=lambda step: abs(step - st.session_state[key]))     # a snapshot may have made room for others
    if len(steps) > 1:
        st.select_slider(t("train.inside.step"), steps, format_func=lambda step: f"{step:,}" if isinstance(step, int) else step, key=key,
                         on_change=_moved, args=(steps[-1],))
    return st.session_state[key]


def _moved(newest: int) -> None:
    """A browser that has not heard of the newest step yet still sends the one before: that is no hand on the slider."""
    before, _, when = st.session_state.get(LED, (None, None, 0.0))
    step = st.session_state[f"{KEY}.step"]
    if step != before or time.monotonic() - when > STALE_S:
        st.session_state[FOLLOWS] = step == newest


def _compute(run: str, spec: TrainSpec, files: dict[int, str], step: int, computed: dict[str, Inside]) -> bool:
    """A few more snapshots, the one to be shown first. False when the pictures cannot be prepared yet."""
    wanted = [file for file in (files[step], *reversed(files.values())) if file not in computed]
    if not wanted:
        return True
    path = client.artifact(run, WEIGHTS)
    said = header(path.read_bytes()) if path else {}
    numbers = normalisation_of(said, named(spec.network).channels) if said.get("mean") else None
    x = as_input(spec, one_picture(spec, _label()), numbers)
    if x is None:
        return False
    model = fresh(spec.network, 0, info(spec.dataset).classes)
    for file in list(dict.fromkeys(wanted))[:AT_ONCE]:
        path = client.artifact(run, file)
        if path:
            computed[file] = inside(model, read(path), x)
    return files[step] in computed


def _files(run: str, past: history.History) -> dict[int, str]:
    """Step -> file of the snapshots that are there, in order."""
    return {record["step"]: record["file"] for record in sorted(past.snapshots, key=lambda record: record["step"])
            if client.artifact(run, record["file"])}


def _dead(past: history.History, step: int) -> dict[str, list[int]]:
    """The dead channels that the last epoch before a step has found."""
    before = [epoch for epoch in past.epochs if epoch["step"] <= step]
    return (before[-1].get("dead") or {}) if before else {}


def _label() -> int:
    return st.session_state.get(f"{KEY}.label", 0)


@st.cache_resource(max_entries=16, show_spinner=False)
def _computed(run: str, label: int) -> dict[str, Inside]:
    """By file: what was computed for one picture, for all who look at this run.

    At most 24 snapshots of 40 kB each; for the largest edited networks 250 kB.
    """
    return {}


@st.cache_resource(max_entries=64, show_spinner=False)
def _layers(network: str) -> tuple[str, ...]:
    """The names of a network's convolutions."""
    return tuple(name.partition(".")[0] for name, p in fresh(network, seed=0).named_parameters() if p.ndim == 4)
