"""The network drawn from its own forward pass, and what happens when the input does not fit."""

import streamlit as st

from content.text import Text
from core import look
from core.look import Look
from core.models import parameter_count
from core.receptive import receptive_fields
from figures import lenet
from ui import picture


def diagram(t: Text, seen: Look, network: str) -> None:
    """The classic figure, then every operation with its output shape."""
    total = parameter_count(seen.fresh.model)
    st.markdown(t("lenet.diagram", total=f"{total:,}", source=t(f"lenet.source.{network}")))
    drawn = lenet.diagram(seen.fresh.traced, {"input": t("lenet.input_word"), "alt": t("lenet.diagram_alt")})
    picture.show(drawn, "lenet.diagram")
    st.download_button(t("lenet.save_diagram"), drawn, f"{network}.svg", "image/svg+xml", key="lenet.save_diagram", on_click="ignore",
                       icon=":material/download:", type="tertiary")
    st.markdown(t("lenet.operations", count=len(seen.fresh.traced.ops)))
    picture.show(lenet.operations(seen.fresh.traced, t("lenet.operations_alt")), "lenet.operations")


def work(t: Text, seen: Look) -> None:
    """What each operation costs, and how much of the picture one of its numbers sees."""
    ops = seen.fresh.traced.ops
    rows = []
    for op, field in zip(ops, receptive_fields(ops), strict=True):
        cells = (f"`{op.name}`", op.path and f"`{op.path}`", lenet.shape(op.out_shape), op.arithmetic or "–", op.flops_arithmetic or "0",
                 f"{op.out_bytes:,}", lenet.shape(field.size), lenet.shape(field.stride) if any(field.stride) else "–")
        rows.append(f"| {' | '.join(cells)} |")
    st.markdown("\n".join([t("lenet.work", flops=f"{sum(op.flops for op in ops):,}"), *rows]))


def misfits(t: Text, seen: Look, network: str) -> None:
    """What PyTorch says when the input does not fit, and where in the chain."""
    for key, refused in look.misfits(seen.fresh.model, network).items():
        st.markdown(t(f"lenet.misfit.{key}", shape=refused.in_shape))
        picture.show(lenet.operations(refused, t("lenet.operations_alt"), t("lenet.misfit.refused")), f"lenet.misfit.{key}")
        st.code(f"RuntimeError: {refused.error}", language=None, wrap_lines=True)
