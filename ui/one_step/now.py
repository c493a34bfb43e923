"""Where the step stands: which line ran last, what it did, and what it changed, as measured."""

import streamlit as st

from content.text import Text
from core.one_step.frame import PARTS, START, Frame
from figures.pixel import number
from ui import say


def tell(t: Text, frame: Frame, steps: int, forget: bool, lines: dict[str, str]) -> None:
    """Above the picture: the place, one sentence, and which numbers are others than before."""
    if frame.part == START:
        st.markdown(t("step.at_start", steps=steps))
        return
    facts = {"step": frame.step, "steps": steps, "line": PARTS.index(frame.part) + 1, "code": lines[frame.part]}
    place = t("step.skipped", **facts) if forget and frame.part == "zero_grad" else t("step.at", **facts)
    st.markdown(say.together(t, place, _happened(t, frame, forget), _changed(t, frame)))


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
