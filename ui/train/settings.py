"""What decides a run: five controls and the box of experiments in sight, the rest folded."""

from dataclasses import replace

import streamlit as st

from content.text import Text
from core.data import info
from core.images import steps_to_fit
from core.models import MODELS, named
from core.train import TrainSpec
from jobs import client
from ui import controls, frame, say, warm
from ui.architecture.current import own
from ui.data.own import offered as datasets
from ui.fold import fold
from ui.link import key_of
from ui.train import current, presets

FIRST = ("network", "dataset", "lr", "batch_size", "epochs")
MORE = {                                             # what belongs together, in rows of two
    "data": ("train_images", "val_fraction", "normalisation", "order"),
    "step": ("optimizer", "momentum", "output", "loop"),
    "start": ("seed", "first_weights"),
    "end": ("stop_accuracy", "stop_s"),
    "place": ("device",),
}


def read() -> TrainSpec:
    """The spec as the widgets stand, drawn or not."""
    return controls.read("train", TrainSpec)


def draw(t: Text) -> TrainSpec:
    """The widgets, what they amount to, and the spec as they stand."""
    offered = {"network": (*MODELS, *own()), "dataset": datasets(t)}
    for column, name in zip(st.columns([4, 3, 3, 3, 3]), FIRST, strict=True):
        with column:
            controls.control("train", TrainSpec, name, t, choices=offered.get(name))
    presets.choose(t)
    with fold(t("train.more"), "train.more", ":material/tune:") as is_open:
        if is_open:
            for group, names in MORE.items():
                st.markdown(f"**{t(f'train.group.{group}')}**")
                _pairs(t, names)
                if group == "data":
                    _transforms(t)
    spec = read()
    _note(t, spec)
    return spec


def like(t: Text, found: client.Status) -> None:
    """A button that sets the fields as a run had them; "Reset this page" takes them back."""
    st.button(t("train.same_settings", run=found.id), key="train.same_settings", icon=":material/tune:", type="tertiary",
              on_click=controls.write, args=("train", current.spec_of(found)))


def _pairs(t: Text, names: tuple[str, ...]) -> None:
    for i in range(0, len(names), 2):
        for column, name in zip(st.columns(2), names[i : i + 2], strict=False):
            with column:
                controls.control("train", TrainSpec, name, t, choices=warm.device_kinds() if name == "device" else None)


def _transforms(t: Text) -> None:
    """The pipeline of the training pictures in words. It is built on the Data page."""
    key, dataset = st.session_state[key_of("train", "transforms")], st.session_state[key_of("train", "dataset")]
    there = {"view": "transforms", "dataset": dataset}
    with st.container(horizontal=True, vertical_alignment="center"):
        if not key:
            frame.page_link("data", t("train.transforms.add"), **there)
            return
        st.markdown(t("train.transforms.now", steps=controls.option(t, "transforms", key)), help=t("fields.transforms.help"))
        frame.page_link("data", t("train.transforms.change"), **there, transforms=key)
        st.button(t("train.transforms.remove"), key="train.transforms.remove", type="tertiary", icon=":material/close:",
                  on_click=controls.write, args=("train", replace(read(), transforms="")))


def _note(t: Text, spec: TrainSpec) -> None:
    """How the pictures are made to fit the network, and what the settings amount to."""
    network, dataset = named(spec.network), info(spec.dataset)
    if not dataset.present():                        # of a learner's own pictures that are gone nobody knows how many there were
        return
    steps = steps_to_fit(dataset.channels, dataset.size, network.channels, network.size)
    images = min(spec.train_images, dataset.train_images)
    learned = images - int(images * spec.val_fraction)
    per_epoch = -(-learned // spec.batch_size)
    each = "one" if per_epoch == 1 else "many"
    words = [t(f"train.amount.{each}", images=f"{learned:,}", validation=f"{images - learned:,}", steps=f"{per_epoch:,}",
               total=f"{per_epoch * spec.epochs:,}"), *say.fitting(t, steps)]
    if spec.transforms:
        words.append(t("train.transforms.note", steps=controls.option(t, "transforms", spec.transforms)))
    st.caption(" · ".join(words))
