"""The link that gives everybody the same questions."""

from collections.abc import Mapping

import streamlit as st

from content.text import Text
from ui import hand_out
from ui.fold import fold


def draw(t: Text, page: str, query: Mapping[str, str]) -> None:
    with fold(t("quiz.teacher.title"), f"{page}.teacher", ":material/school:") as is_open:
        if is_open:
            st.markdown(t("quiz.teacher.about"))
            hand_out.show(t, "quiz", query)
