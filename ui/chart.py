"""A plotly figure on the page."""

import streamlit as st

from figures.ready import Ready


def show(figure: dict, key: str, alt: str) -> None:
    """figure: a plotly figure as a dict, from figures/; alt is read aloud."""
    st.plotly_chart(Ready(figure), key=key, config={"displayModeBar": False}, alt=alt)
