"""The network drawn from its own forward pass, and what happens when the input does not fit."""

import streamlit as st

from content.text import Text
from core import look
from core.look import Look
from core.models import parameter_count
from figures import lenet
from ui import picture


def diagram(t: Text, seen: Look, network: str) -> None:
    """The classic figure, then every operation with its output shape."""
    total = parameter_count(seen.fresh.model)
    st.markdown(t("lenet.diagram", total=f"{total:,}", source=t(f"lenet.source.{network}")))
    picture.show(lenet.diagram(seen.fresh.traced, {"input": t("lenet.input_word"), "alt": t("lenet.diagram_alt")}), "lenet.diagram")
    st.markdown(t("lenet.operations", count=len(seen.fresh.traced.ops)))
    picture.show(lenet.operations(seen.fresh.traced, t("lenet.operations_alt")), "lenet.operations")


def misfits(t: Text, seen: Look, network: str) -> None:
    """What PyTorch says when the input does not fit, and where in the chain."""
    for key, refused in look.misfits(seen.fresh.model, network).items():
        st.markdown(t(f"lenet.misfit.{key}", shape=refused.in_shape))
        picture.show(lenet.operations(refused, t("lenet.operations_alt"), t("lenet.misfit.refused")), f"lenet.misfit.{key}")
        st.code(f"RuntimeError: {refused.error}", language=None, wrap_lines=True)
