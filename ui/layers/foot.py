"""What stands below every layer's picture: shapes, parameters, the program, and when to use it."""

import streamlit as st

from content.text import Text
from core.layers.shown import Shown
from ui.fold import deeper


def draw(t: Text, key: str, shown: Shown, formula: str = "") -> None:
    """key: the layer's, whose words are KEY.use and KEY.deeper. formula: how the shape of y follows, as Markdown."""
    st.markdown(f"**`x`** `{tuple(shown.x.shape)}` → **`y`** `{tuple(shown.y.shape)}`" + (f" &nbsp; {formula}" if formula else ""))
    learned = shown.parameters
    if learned:
        lines = [t("layers.row", name=name, shape=str(shape), count=f"{count:,}") for name, shape, count in learned]
        total = sum(count for *_, count in learned)
        st.markdown("\n".join([t("layers.head"), *lines, t("layers.total", count=f"{total:,}")]))
    else:
        st.markdown(t("layers.nothing_learned"))
    st.markdown(t(f"{key}.use"))
    st.code(shown.code)
    with deeper(t, f"layers.{key}") as is_open:
        if is_open:
            st.markdown(t(f"{key}.deeper"))
