"""A gradient checked by moving the weight a little to both sides."""

import streamlit as st

from content.text import Text
from core.one_step.points import PointsSpec
from core.one_step.slope import WIDTHS, slope
from figures import one_step_curves as figure
from figures.pixel import number
from ui import chart, controls, source
from ui.fold import fold

PAGE = "step.points"


def draw(t: Text, spec: PointsSpec) -> None:
    with fold(t("step.check.title"), f"{PAGE}.check", ":material/straighten:") as is_open:
        if not is_open:
            return
        controls.row(PAGE, PointsSpec, ("parameter", "h"), t)
        found = slope(spec.activation, spec.parameter, spec.h)
        st.markdown(t("step.check.sum", name=spec.parameter, w=number(found.weight), h=f"{spec.h:g}", above=_twelve(found.above),
                      below=_twelve(found.below), finite=_twelve(found.finite), autograd=_twelve(found.autograd),
                      error=number(found.error)))
        errors = [slope(spec.activation, spec.parameter, h).error for h in WIDTHS]
        words = {"h": "h", "error": t("step.check.error"), "here": t("step.check.here")}
        chart.show(figure.errors(WIDTHS, errors, (spec.h, found.error), words), f"{PAGE}.check.chart", t("step.check.alt"))
        st.markdown(t(f"step.check.why.{spec.activation}"))
        source.show(t, f"{PAGE}.check", slope)


def _twelve(value: float) -> str:
    """So many decimals that the two ways can be told apart."""
    return f"{value:.12f}".replace("-", "−")
