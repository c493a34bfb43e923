"""How the learner's drawing became what the networks get."""

import numpy as np
import streamlit as st

from content.text import Text
from core.centre import bitmap, centring, eight_by_eight
from core.look import Look
from figures import centring as figure
from ui import picture
from ui.fold import fold

RULES = {"centre": "mnist", "eight": "digits"}       # what was done -> whose rule that is


def draw(t: Text, seen: Look, drawn: np.ndarray | None) -> None:
    """Under a fold, with every step. It is there before the first stroke too, so that nothing below it jumps."""
    done = seen.fitting[0][0] if seen.fitting else ""
    with fold(t("lenet.ready.title"), "lenet.ready", ":material/center_focus_strong:") as is_open:
        if not is_open:
            return
        if drawn is None or done not in RULES:
            st.caption(t("lenet.ready.nothing"))
        else:
            st.markdown(t(f"lenet.ready.{RULES[done]}"))
            picture.show(_mnist(t, drawn) if done == "centre" else _digits(t, drawn), "lenet.ready.steps")


def _mnist(t: Text, drawn: np.ndarray) -> str:
    steps = centring(drawn)
    (_, _, high, wide), (row, column) = steps.box, steps.mass
    words = {"drawn": t("lenet.ready.drawn", high=high, wide=wide),
             "scaled": t("lenet.ready.scaled", high=len(steps.scaled), wide=steps.scaled.shape[1]),
             "shifted": t("lenet.ready.shifted", row=f"{row + steps.corner[0]:.1f}", column=f"{column + steps.corner[1]:.1f}"),
             "alt": t("lenet.ready.alt")}
    return figure.as_mnist(drawn, steps, words)


def _digits(t: Text, drawn: np.ndarray) -> str:
    words = {"drawn": t("lenet.ready.as_drawn"), "bitmap": t("lenet.ready.bitmap"), "counts": t("lenet.ready.counts"),
             "alt": t("lenet.ready.alt")}
    return figure.as_digits(drawn, bitmap(drawn).numpy(), eight_by_eight(drawn).numpy(), words)
