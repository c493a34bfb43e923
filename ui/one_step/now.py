"""Where the step stands: which line ran last, what it did, and what it changed, as measured."""

import streamlit as st

from content.text import Text
from core.one_step.frame import PARTS, START, Frame
from figures.pixel import number
from ui import say

ROOM = ("<style>.st-key-step_now{min-height:87px}"
        "@media(max-width:1200px){.st-key-step_now{min-height:116px}}</style>")        # three lines, or four: most moments need no more


def tell(t: Text, frame: Frame, steps: int, forget: bool, lines: dict[str, str]) -> None:
    """Above the picture, which stays where it is while the words change: the place, one sentence, and which numbers are new."""
    st.html(ROOM)
    with st.container(key="step_now"):
        st.markdown(_said(t, frame, steps, forget, lines))


def _said(t: Text, frame: Frame, steps: int, forget: bool, lines: dict[str, str]) -> str:
    if frame.part == START:
        return t("step.at_start", steps=steps)
    facts = {"step": frame.step, "steps": steps, "line": PARTS.index(frame.part) + 1, "code": lines[frame.part]}
    place = t("step.skipped", **facts) if forget and frame.part == "zero_grad" else t("step.at", **facts)
    return say.together(t, place, _happened(t, frame, forget), _changed(t, frame))


def _happened(t: Text, frame: Frame, forget: bool) -> str:
    """One sentence about this very moment."""
    if frame.part == "zero_grad":
        return t("step.now.zero_grad_first" if frame.step == 1 else "step.now.forgotten" if forget else "step.now.zero_grad")
    if frame.part == "backward" and forget and frame.step > 1:
        return t("step.now.added", calls=frame.step)
    facts = {"loss": number(frame.loss["loss"].item())} if frame.part == "loss" else {}
    return t(f"step.now.{frame.part}", **facts)


def _changed(t: Text, frame: Frame) -> str:
    """The kinds of numbers that differ from the frame before, bit for bit; a unit's gradient that a new pass clears is no news."""
    kinds = [kind for kind in frame.changed if not (kind == "flows" and frame.part != "backward")]
    words = t("step.and").join(t(f"step.kind.{kind}") for kind in kinds)
    return t("step.changed", kinds=words) if kinds else t("step.unchanged")
