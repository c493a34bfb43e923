"""The walk that the notes promise and leave out: save, load, eval, test."""

from dataclasses import dataclass
from unicodedata import east_asian_width

import streamlit as st

from content.text import Text
from core import fields, weights
from core.errors import SpecError
from core.evaluate import wilson
from core.look import LookSpec
from core.models import known, parameter_count
from core.train import TrainSpec
from jobs import client
from jobs.artifacts import WEIGHTS
from ui import frame, learner, say, watch
from ui.controls import option
from ui.train import current

UPLOADED = "train.uploaded"                          # (file, network) -> the id under which it was kept
AS = "train.upload.as"                               # (file, network) that the learner chose after a misfit
MISFITS = ("weights_missing", "weights_extra", "weights_shape")
LOOKED_AT = fields.rules(LookSpec)["network"][0]       # the networks that the LeNet page shows
ROWS, LETTERS = 40, 40                               # of a table of layers, since a file may name thousands


@dataclass(frozen=True)
class Chosen:
    """Weights to go on with: under which id they are kept, for which network, and what their file says of itself."""

    id: str
    network: str
    said: dict[str, str]


def draw(t: Text, found: client.Status | None, spec: TrainSpec, title: bool = True) -> None:
    """found: an ended run, whose weights can be saved. Without one, a file from an earlier day can still be loaded."""
    path = client.artifact(found.id, WEIGHTS) if found else None
    if title:
        st.subheader(t("train.walk.title"), anchor=False)
    own, dataset = None, spec.dataset
    if path:
        raw, told = path.read_bytes(), current.spec_of(found)
        own, dataset = Chosen(found.id, told.network, weights.header(raw)), told.dataset
        _save(t, raw, told.network)
    chosen = _load(t, spec.network, own)
    if chosen:
        _test(t, chosen, dataset)


def _save(t: Text, raw: bytes, network: str) -> None:
    st.markdown(t("train.walk.save"))
    st.code(f'torch.save(net.state_dict(), "{network}.pt")')
    first, second = st.columns(2)
    with first:
        st.download_button(t("train.walk.safetensors"), raw, f"{network}.safetensors", key="train.save.safetensors",
                           on_click="ignore", icon=":material/download:")
    with second:
        st.download_button(t("train.walk.pt"), lambda: weights.as_pt(weights.from_bytes(raw, network)), f"{network}.pt",
                           key="train.save.pt", on_click="ignore", icon=":material/download:")


def _load(t: Text, network: str, own: Chosen | None) -> Chosen | None:
    """An uploaded file when it fits the network that it names, else the chosen one; without a file the run's own weights."""
    st.markdown(t("train.walk.load"))
    st.code(f'net.load_state_dict(torch.load("{network}.pt", weights_only=True))')
    uploaded = st.file_uploader(t("train.walk.upload"), key="train.upload")
    if not uploaded:
        return own
    try:
        chosen, parameters = _kept(uploaded, network, own)
    except SpecError as error:
        say.refused(t, error)
        if error.code in MISFITS:
            _layers(t, uploaded.getvalue(), error.facts["network"], uploaded.file_id)
        return None
    st.caption(t("train.walk.loaded", parameters=f"{parameters:,}"))
    if not chosen.said.get("mean"):
        st.caption(t("train.walk.no_header"))
    return chosen


def _kept(uploaded: object, network: str, own: Chosen | None) -> tuple[Chosen, int]:
    """Check an uploaded file and keep it, once. A file that does not say how its pictures were normalised is taken for this run's."""
    slot, (file, wanted) = st.session_state.get(UPLOADED), st.session_state.get(AS, ("", ""))
    wanted = wanted if file == uploaded.file_id else ""
    about = (uploaded.file_id, wanted or network, own and own.id)
    if not slot or slot[0] != about:
        raw = uploaded.getvalue()
        said = weights.header(raw)
        network = wanted or (said["network"] if known(said.get("network")) else network)
        model = weights.from_bytes(raw, network)
        said = {**(own.said if own and own.network == network else {}), **said, "network": network}
        kept = client.put(learner.token(), WEIGHTS, weights.as_safetensors(model, said))
        slot = st.session_state[UPLOADED] = (about, Chosen(kept, network, said), parameter_count(model))
    return slot[1], slot[2]


def _layers(t: Text, raw: bytes, network: str, file: str) -> None:
    """The file beside the network, layer by layer, as text: the names come from the file. The network that it fits is offered."""
    rows = weights.compare(raw, network)
    head = tuple(t(f"runs.layers.{name}") for name in ("layer", "file", "network"))
    lines = [(_short(row.layer), _shape(row.file), _shape(row.network), t(f"runs.layers.{row.verdict}")) for row in rows[:ROWS]]
    wide = [max(map(_columns, column)) for column in zip(head, *(line[:3] for line in lines), strict=True)]
    text = ["  ".join([*(cell + " " * (w - _columns(cell)) for cell, w in zip(line, wide, strict=False)), *line[3:]]).rstrip()
            for line in (head, *lines)]
    if len(rows) > ROWS:
        text.append(t("runs.layers.more", n=f"{len(rows) - ROWS:,}"))
    st.code("\n".join(text), language=None)
    for key in weights.fitting(raw):
        name = option(t, "network", key)
        st.caption(t("runs.layers.fits", network=name))
        if st.button(t("runs.layers.load_as", network=name), key=f"train.upload.as.{key}", icon=":material/upload:"):
            st.session_state[AS] = (file, key)
            st.rerun()


def _short(name: str) -> str:
    """A layer's name from a file: one line, not too long."""
    plain = "".join(c if c.isprintable() else "?" for c in name)
    return plain if len(plain) <= LETTERS else plain[:LETTERS] + "…"


def _shape(size: tuple[int, ...] | None) -> str:
    return "–" if size is None else "×".join(map(str, size)) or "()"


def _columns(text: str) -> int:
    """How wide a text is in letters of one width: Chinese ones take two."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _test(t: Text, chosen: Chosen, dataset: str) -> None:
    st.markdown(t("train.walk.eval"))
    st.code("net.eval()\nwith torch.no_grad():\n    accuracy = (net(x).argmax(1) == y).float().mean()")
    slot = f"train.test.{chosen.id}.{dataset}"
    if st.button(t("train.walk.test"), key="train.walk.test", icon=":material/fact_check:"):
        watch.start(t, slot, "evaluate", {"network": chosen.network, "dataset": dataset, "weights": chosen.id})
    watch.panel(t, slot, lambda record: _tested(t, record), lambda found: t("train.walk.testing", done=found.done, total=found.total))
    if LOOKED_AT.allows(chosen.network):
        frame.page_link("lenet", t("train.walk.lenet"), network=chosen.network, weights=chosen.id)


def _tested(t: Text, record: dict) -> None:
    low, high = wilson(record["correct"], record["images"])
    words = t("train.walk.tested", accuracy=f"{record['accuracy']:.2%}", correct=f"{record['correct']:,}", images=f"{record['images']:,}",
              loss=f"{record['loss']:.4f}")
    spread = t("runs.number.range", low=f"{low:.1%}", high=f"{high:.1%}")
    st.success(say.together(t, words, spread), icon=":material/fact_check:")
