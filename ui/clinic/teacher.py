"""For a teacher: the link that gives a class the same cards, and where the receipts go."""

from dataclasses import replace

import streamlit as st

from content.text import Text
from core.lessons.clinic.deck import START, ClinicSpec
from ui import hand_out, link
from ui.fold import fold


def draw(t: Text, spec: ClinicSpec) -> None:
    with fold(t("clinic.teacher.title"), "clinic.teacher", ":material/school:") as is_open:
        if is_open:
            st.markdown(t("clinic.teacher.link"))
            hand_out.show(t, "clinic", from_the_first(spec))
            st.markdown(t("clinic.teacher.receipts"))


def from_the_first(spec: ClinicSpec) -> dict[str, str]:
    """The query of these cards, wherever the teacher stands among them."""
    return link.differing(replace(spec, card=START))
