"""What decides a run: five controls and the box of experiments in sight, the rest folded."""

import streamlit as st

from content.text import Text
from core.data import DATASETS
from core.images import steps_to_fit
from core.models import MODELS, named
from core.train import TrainSpec
from jobs import client
from ui import controls, say, warm
from ui.architecture.current import own
from ui.fold import fold
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
    for column, name in zip(st.columns([4, 3, 3, 3, 3]), FIRST, strict=True):
        with column:
            controls.control("train", TrainSpec, name, t, choices=(*MODELS, *own()) if name == "network" else None)
    presets.choose(t)
    with fold(t("train.more"), "train.more", ":material/tune:") as is_open:
        if is_open:
            for group, names in MORE.items():
                st.markdown(f"**{t(f'train.group.{group}')}**")
                _pairs(t, names)
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


def _note(t: Text, spec: TrainSpec) -> None:
    """How the pictures are made to fit the network, and what the settings amount to."""
    network, dataset = named(spec.network), DATASETS[spec.dataset]
    steps = steps_to_fit(dataset.channels, dataset.size, network.channels, network.size)
    images = min(spec.train_images, dataset.train_images)
    learned = images - int(images * spec.val_fraction)
    per_epoch = -(-learned // spec.batch_size)
    words = [t("train.amount", images=f"{learned:,}", validation=f"{images - learned:,}", steps=f"{per_epoch:,}",
               total=f"{per_epoch * spec.epochs:,}"), *say.fitting(t, steps)]
    st.caption(" · ".join(words))
