"""zero_grad first or last: the same numbers, and the one moment that differs."""

import streamlit as st

from content.text import Text
from core.one_step import orders as both
from core.one_step.frame import PARTS, Frame, lines
from core.one_step.points import PointsSpec
from figures.pixel import number
from ui.fold import fold

LAST = (*PARTS[1:], PARTS[0])                        # the order of the student notes


def draw(t: Text, spec: PointsSpec) -> None:
    with fold(t("step.orders.title"), "step.points.orders", ":material/swap_vert:") as is_open:
        if not is_open:
            return
        found = both.orders(spec.optimizer, spec.lr, spec.activation)
        st.markdown(t("step.orders.equal", steps=both.STEPS, weights=number(found.weights), losses=number(found.losses)))
        st.markdown("\n".join([t("step.orders.head"), *_rows(t, found)]))
        st.markdown(t("step.orders.why"))
        st.code("\n".join(lines()[part] for part in LAST))


def _rows(t: Text, found: both.Orders) -> list[str]:
    """The five lines of step 2 in both orders, and whether gradients are there after each, as the runs have it."""
    pairs = zip(_step(found.first), _step(found.last), strict=True)
    return [f"| {i} | {_line(t, one)} | {_line(t, other)} |" for i, (one, other) in enumerate(pairs, start=1)]


def _step(frames: tuple[Frame, ...]) -> list[Frame]:
    return [frame for frame in frames if frame.step == 2]


def _line(t: Text, frame: Frame) -> str:
    held = t("step.orders.there") if both.holds_gradients(frame) else "`None`"
    return f"`{lines()[frame.part]}` | {held}"
