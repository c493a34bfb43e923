"""The network as a picture in which a layer can be clicked: its settings then stand above."""

import streamlit as st

from content.text import Text
from core.architecture.plan import Plan
from figures import architecture
from ui import controls, save
from ui.architecture import current
from ui.architecture.settings import SLOTS

KEY = "architecture.drawing"
_SHOW = """
export default function ({ data, parentElement, setTriggerValue }) {
  const svg = new TextDecoder().decode(data)
  const place = parentElement.querySelector(".firstlight-drawing")
  if (place.shown !== svg) place.innerHTML = place.shown = svg
  for (const part of place.querySelectorAll("[data-layer]")) part.onclick = () => setTriggerValue("layer", part.dataset.layer)
}
"""
_ELEMENT = st.components.v2.component("firstlight_drawing", html='<div class="firstlight-drawing"></div>', js=_SHOW, isolate_styles=False)


def draw(t: Text, whole: Plan, start: Plan) -> None:
    svg = architecture.diagram(whole, start, {"input": t("architecture.part.input"), "alt": t("architecture.alt")})
    _ELEMENT(key=KEY, data=svg.encode(), on_layer_change=_clicked)
    st.caption(t("architecture.legend", name=controls.option(t, "origin", current.origin())))
    save.above(t, "lenet", "architecture.save")


def _clicked() -> None:
    slot = st.session_state[KEY].get("layer")
    if slot in SLOTS:
        st.session_state[current.PART] = SLOTS[slot]
