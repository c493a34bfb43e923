"""The walk that the notes promise and leave out: save, load, eval, test."""

import streamlit as st

from content.text import Text
from core import weights
from core.errors import SpecError
from core.models import parameter_count
from core.train import TrainSpec
from jobs import client
from jobs.artifacts import WEIGHTS
from ui import frame, learner, say, watch

SLOT = "train.test"


def draw(t: Text, found: client.Status) -> None:
    """found: a run that has left weights."""
    spec = TrainSpec(**found.spec)
    path = client.artifact(found.id, WEIGHTS)
    if path is None:
        return
    raw = path.read_bytes()
    st.subheader(t("train.walk.title"), anchor=False)
    _save(t, raw, spec)
    chosen = _load(t, found.id, raw, spec)
    if chosen:
        _test(t, chosen, spec)


def _save(t: Text, raw: bytes, spec: TrainSpec) -> None:
    st.markdown(t("train.walk.save"))
    st.code(f'torch.save(net.state_dict(), "{spec.network}.pt")')
    first, second = st.columns(2)
    with first:
        st.download_button(t("train.walk.safetensors"), raw, f"{spec.network}.safetensors", key="train.save.safetensors",
                           on_click="ignore", icon=":material/download:")
    with second:
        st.download_button(t("train.walk.pt"), lambda: weights.as_pt(weights.from_bytes(raw, spec.network)), f"{spec.network}.pt",
                           key="train.save.pt", on_click="ignore", icon=":material/download:")


def _load(t: Text, run: str, raw: bytes, spec: TrainSpec) -> str | None:
    """The id of the weights to go on with: the run's own, or an uploaded file's when it fits."""
    st.markdown(t("train.walk.load"))
    st.code(f'net.load_state_dict(torch.load("{spec.network}.pt", weights_only=True))')
    uploaded = st.file_uploader(t("train.walk.upload"), type=["safetensors", "pt", "pth"], key="train.upload")
    if uploaded:
        raw, run = uploaded.getvalue(), None
    try:
        model = weights.from_bytes(raw, spec.network)
    except SpecError as error:
        say.refused(t, error)
        return None
    st.caption(t("train.walk.loaded", parameters=f"{parameter_count(model):,}", layers=len(model.state_dict())))
    kept = {**weights.header(raw), "network": spec.network}
    return run or client.put(learner.token(), WEIGHTS, weights.as_safetensors(model, **kept))


def _test(t: Text, chosen: str, spec: TrainSpec) -> None:
    st.markdown(t("train.walk.eval"))
    st.code("net.eval()\nwith torch.no_grad():\n    accuracy = (net(x).argmax(1) == y).float().mean()")
    slot = f"{SLOT}.{chosen}"
    if st.button(t("train.walk.test"), key="train.walk.test", icon=":material/fact_check:"):
        wanted = {"network": spec.network, "dataset": spec.dataset, "normalisation": spec.normalisation, "weights": chosen}
        watch.start(t, slot, "test", wanted)
    watch.panel(t, slot, lambda record: _tested(t, record), lambda found: t("train.walk.testing", done=found.done, total=found.total))
    frame.page_link("lenet", t("train.walk.lenet"), network=spec.network, weights=chosen)


def _tested(t: Text, record: dict) -> None:
    st.success(t("train.walk.tested", accuracy=f"{record['accuracy']:.2%}", correct=f"{record['correct']:,}",
                 images=f"{record['images']:,}", loss=f"{record['loss']:.4f}"), icon=":material/fact_check:")
