"""An SVG of ours on the page. st.html and Markdown remove SVG, and st.image cannot follow the theme's text colour."""

import streamlit as st

_SHOW = """
export default function ({ data, parentElement }) {
  const svg = new TextDecoder().decode(data)
  const place = parentElement.querySelector(".firstlight-picture")
  if (place.shown !== svg) place.innerHTML = place.shown = svg
}
"""
_ELEMENT = st.components.v2.component("firstlight_picture", html='<div class="firstlight-picture"></div>', js=_SHOW, isolate_styles=False)


def show(svg: str, key: str) -> None:
    """svg comes from figures, where every word in it was escaped."""
    _ELEMENT(key=key, data=svg.encode())             # as bytes: for a dict Streamlit would import pandas
