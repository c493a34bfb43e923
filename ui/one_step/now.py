"""Where the step stands: which line ran last, what it did, and what it changed, as measured."""

from collections.abc import Sequence

import streamlit as st

from content.text import Text
from core.one_step.frame import PARTS, START, Frame
from figures.pixel import number
from ui import picture, say

STYLE = "<style>.st-key-step_now p{font-size:1rem;line-height:1.45}</style>"


def tell(t: Text, page: str, program: str, wide: Sequence[float], frame: Frame, steps: int, forget: bool) -> None:
    """The program (SVG), and beside it the place, one sentence, and which numbers are new. wide: of both."""
    st.html(STYLE)
    left, right = st.columns(wide, gap="small")
    with left:
        picture.show(program, f"{page}.program")
    with right, st.container(key="step_now"):
        st.markdown(_said(t, frame, steps, forget))


def _said(t: Text, frame: Frame, steps: int, forget: bool) -> str:
    if frame.part == START:
        return t("step.at_start", steps=steps)
    facts = {"step": frame.step, "steps": steps, "line": PARTS.index(frame.part) + 1}
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


def legend(t: Text) -> dict[str, str]:
    """Words of the line that says what the colours mean."""
    return {name: t(f"step.legend.{name}") for name in ("above", "below", "new")}
