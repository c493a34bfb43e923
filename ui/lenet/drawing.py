"""The learner's own digit: the pad in the page's language. Each stroke runs the page again, so that answers and maps follow it."""

import numpy as np
import streamlit as st

from content.text import Text
from ui.lenet import pad

HEIGHT = 220                                         # pixels: the pad and what the networks get stand in one narrow column


def paper(t: Text) -> np.ndarray | None:
    """(28, 28) uint8, ink 255 on 0; None while nothing is drawn."""
    drawn = pad.pad("lenet.pad", {word: t(f"lenet.pad.{word}") for word in pad.WORDS}, height=HEIGHT)
    st.caption(t("lenet.pad.about"))
    return drawn
