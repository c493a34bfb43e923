"""One change of LeNet-5 to think through before it is made."""

from dataclasses import replace

import streamlit as st

from content.text import Text
from core.architecture.plan import plan
from core.architecture.spec import SEEDS
from ui import predict
from ui.architecture import current

BEFORE = SEEDS["lenet5"]
AFTER = replace(BEFORE, conv1_kernel=3)
OPTIONS = ("fewer", "same", "more")


def draw(t: Text) -> None:
    """Asked once; then why, and the change at a click."""
    options = {key: t(f"architecture.guess.{key}") for key in OPTIONS}
    before, after = plan(BEFORE), plan(AFTER)
    given = predict.ask(t, AFTER, t("architecture.predict", flat=before.flat), options, "architecture")
    if given is None:
        return
    truth = OPTIONS[(after.flat > before.flat) - (after.flat < before.flat) + 1]
    sides = {step.name: step.out_shape[1] for step in after.steps if len(step.out_shape) == 3}
    predict.compare(t, given, truth, options, t("architecture.why", flat=after.flat, **sides), "architecture")
    st.button(t("architecture.try"), key="architecture.try", icon=":material/play_arrow:", type="tertiary", on_click=current.edit,
              args=(AFTER, "lenet5", "conv1"))
