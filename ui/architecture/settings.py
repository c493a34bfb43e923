"""Where to start, and the settings of one part of the network at a time."""

import streamlit as st

from content.text import Text
from core.architecture.spec import ArchitectureSpec, OriginSpec
from ui import controls
from ui.architecture import current

PARTS = {                                            # what is edited together -> its fields
    "input": ("input",),
    "conv1": ("conv1_channels", "conv1_kernel", "conv1_stride", "conv1_padding"),
    "conv2": ("conv2_channels", "conv2_kernel", "conv2_stride", "conv2_padding"),
    "between": ("activation", "pooling", "pool_size"),
    "linear": ("hidden1", "hidden2"),
}
SLOTS = {"input": "input", "conv1": "conv1", "conv2": "conv2", "pool1": "between", "pool2": "between", "flatten": "linear",
         **dict.fromkeys(("fc1", "fc2", "fc3"), "linear")}                 # a column of the drawing -> the part that decides it


def draw(t: Text) -> None:
    left, right = st.columns([3, 7])
    with left:
        controls.control(current.PAGE, OriginSpec, "origin", t, on_change=current.begin)
    with right:
        words = {part: t(f"architecture.part.{part}") for part in PARTS}
        st.session_state.setdefault(current.PART, "conv1")
        part = st.segmented_control(t("architecture.part.label"), list(PARTS), format_func=lambda key: words.get(key, key), wrap=True,
                                    key=current.PART, required=True, persist_state="session")
    *places, buttons = st.columns([2, 2, 2, 2, 3], vertical_alignment="bottom")
    for place, name in zip(places, PARTS[part], strict=False):
        with place:
            controls.control(current.PAGE, ArchitectureSpec, name, t, narrow=part == "between")
    with buttons, st.container(horizontal=True):
        st.button(t("architecture.undo"), key="architecture.undo", icon=":material/undo:", on_click=current.undo,
                  disabled=not current.undoable())
        st.button(t("architecture.back"), key="architecture.back", icon=":material/restart_alt:", on_click=current.begin)
