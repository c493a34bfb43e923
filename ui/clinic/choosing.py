"""Which cards: a text, a topic, how many, and the deck."""

import streamlit as st

from content.text import Text
from core.lessons.clinic.cards import CARDS
from core.lessons.clinic.deck import ClinicSpec, drawn, fitting
from ui import controls, link
from ui.link import key_of

WISH = "clinic.wish"                                 # how many cards were asked for, and how many of them there are


def draw(t: Text, followed: bool) -> None:
    columns = st.columns([3, 2.6, 2.6, 2])
    for column, name in zip(columns, ("written_in", "topic", "cards", "deck"), strict=True):
        with column:
            if name == "cards":
                _cards(t, followed)
            else:
                controls.control("clinic", ClinicSpec, name, t)


def _cards(t: Text, followed: bool) -> None:
    """No more than there are; where there are more again, as many as were asked for."""
    spec = controls.read("clinic", ClinicSpec)
    most, key = max(1, len(fitting(spec.written_in, spec.topic))), key_of("clinic", "cards")
    wish, given = st.session_state.get(WISH, (0, 0))
    asked = wish if spec.cards == given else spec.cards
    if followed and _is_beyond(spec):
        asked = most
    st.session_state[key] = min(asked, most)
    st.session_state[WISH] = asked, min(asked, most)
    link.forgets("clinic", WISH)
    controls.control("clinic", ClinicSpec, "cards", t, most=most)
    if most < len(CARDS):
        st.caption(t("clinic.most", most=most))


def _is_beyond(spec: ClinicSpec) -> bool:
    """Whether a link names a card that fits, and so few cards that this one is not among them."""
    return spec.card in fitting(spec.written_in, spec.topic) and spec.card not in drawn(spec.written_in, spec.topic, spec.cards, spec.deck)
