"""R13: whether there is a GPU here, and what was recorded elsewhere."""

import streamlit as st

from content.text import Text
from core.device import Device, devices
from core.ladder.recorded import RECORDED
from core.ladder.spec import LadderSpec


def here() -> Device | None:
    """The GPU that the program would find."""
    return next((device for device in devices() if device.key.startswith("cuda")), None)


def draw(t: Text, spec: LadderSpec) -> None:
    """Above the button of R13; of the other rungs there is nothing to say."""
    if spec.rung != "r13":
        return
    if found := here():
        st.info(t("ladder.gpu.here", name=found.name), icon=":material/memory:")
        return
    rows = "\n".join(f"| {t(f'ladder.gpu.{one.source}')} | {one.date} | {one.machine or t('ladder.gpu.not_told')} "
                     f"| {', '.join(f'{loss:.4f}' for loss in one.losses)} |" for one in RECORDED)
    st.info(t("ladder.gpu.none"), icon=":material/memory:")
    st.markdown(f"**{t('ladder.gpu.recorded')}**\n\n{t('ladder.gpu.head')}\n|---|---|---|---|\n{rows}")
