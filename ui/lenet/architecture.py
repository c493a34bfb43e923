"""The network drawn from its own forward pass, and what happens when the input does not fit."""

import streamlit as st
import torch

from content.text import Text
from core.look import Look
from core.models import MODELS, parameter_count
from core.trace import trace
from figures import lenet
from ui import picture


def diagram(t: Text, seen: Look) -> None:
    """The classic figure, then every operation with its output shape."""
    total = parameter_count(seen.fresh.model)
    st.markdown(t("lenet.diagram", total=f"{total:,}"))
    picture.show(lenet.diagram(seen.fresh.traced, {"input": t("lenet.input_word"), "alt": t("lenet.diagram_alt")}), "lenet.diagram")
    st.markdown(t("lenet.operations", count=len(seen.fresh.traced.ops)))
    picture.show(lenet.operations(seen.fresh.traced, t("lenet.operations_alt")), "lenet.operations")


def misfits(t: Text, seen: Look, network: str) -> None:
    """The two classic mistakes, run for real: a picture of the wrong size, and a missing batch dimension."""
    fits = MODELS[network]
    wrong = 28 if fits.size == 32 else 32
    for key, shape in (("size", (1, fits.channels, wrong, wrong)), ("batch", (fits.channels, fits.size, fits.size))):
        refused = trace(seen.fresh.model, torch.zeros(shape))
        st.markdown(t(f"lenet.misfit.{key}", shape=shape))
        picture.show(lenet.operations(refused, t("lenet.operations_alt"), t("lenet.misfit.refused")), f"lenet.misfit.{key}")
        st.code(f"RuntimeError: {refused.error}", language=None, wrap_lines=True)
