"""The walk that the notes promise and leave out: save, load, eval, test."""

from dataclasses import dataclass

import streamlit as st

from content.text import Text
from core import weights
from core.errors import SpecError
from core.models import MODELS, parameter_count
from core.train import TrainSpec
from jobs import client
from jobs.artifacts import WEIGHTS
from ui import frame, learner, say, watch
from ui.train import current

UPLOADED = "train.uploaded"                          # (file, network) -> the id under which it was kept


@dataclass(frozen=True)
class Chosen:
    """Weights to go on with: under which id they are kept, for which network, and what their file says of itself."""

    id: str
    network: str
    said: dict[str, str]


def draw(t: Text, found: client.Status | None, spec: TrainSpec) -> None:
    """found: an ended run, whose weights can be saved. Without one, a file from an earlier day can still be loaded."""
    path = client.artifact(found.id, WEIGHTS) if found else None
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
        return None
    st.caption(t("train.walk.loaded", parameters=f"{parameters:,}"))
    if not chosen.said.get("mean"):
        st.caption(t("train.walk.no_header"))
    return chosen


def _kept(uploaded: object, network: str, own: Chosen | None) -> tuple[Chosen, int]:
    """Check an uploaded file and keep it, once. A file that does not say how its pictures were normalised is taken for this run's."""
    slot = st.session_state.get(UPLOADED)
    about = (uploaded.file_id, network, own and own.id)
    if not slot or slot[0] != about:
        raw = uploaded.getvalue()
        said = weights.header(raw)
        network = said["network"] if said.get("network") in MODELS else network
        model = weights.from_bytes(raw, network)
        said = {**(own.said if own and own.network == network else {}), **said, "network": network}
        kept = client.put(learner.token(), WEIGHTS, weights.as_safetensors(model, said))
        slot = st.session_state[UPLOADED] = (about, Chosen(kept, network, said), parameter_count(model))
    return slot[1], slot[2]


def _test(t: Text, chosen: Chosen, dataset: str) -> None:
    st.markdown(t("train.walk.eval"))
    st.code("net.eval()\nwith torch.no_grad():\n    accuracy = (net(x).argmax(1) == y).float().mean()")
    slot = f"train.test.{chosen.id}.{dataset}"
    if st.button(t("train.walk.test"), key="train.walk.test", icon=":material/fact_check:"):
        watch.start(t, slot, "evaluate", {"network": chosen.network, "dataset": dataset, "weights": chosen.id})
    watch.panel(t, slot, lambda record: _tested(t, record), lambda found: t("train.walk.testing", done=found.done, total=found.total))
    frame.page_link("lenet", t("train.walk.lenet"), network=chosen.network, weights=chosen.id)


def _tested(t: Text, record: dict) -> None:
    st.success(t("train.walk.tested", accuracy=f"{record['accuracy']:.2%}", correct=f"{record['correct']:,}",
                 images=f"{record['images']:,}", loss=f"{record['loss']:.4f}"), icon=":material/fact_check:")
