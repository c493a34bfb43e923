"""All cards of the deck at a glance, and the way from one to the next."""

import streamlit as st

from content.text import Text
from core.lessons.clinic.answers import Answer, score
from ui.clinic import kept
from ui.link import key_of

KEY = key_of("clinic", "card")


def choose(t: Text, cards: tuple[str, ...]) -> str:
    """The card on the table; the deck's first where the link, or the card before, is not in the deck."""
    if st.session_state.get(KEY) not in cards:
        st.session_state[KEY] = cards[0]
    marked = {card: f"{i} {_mark(kept.answers().get(card))}".rstrip() for i, card in enumerate(cards, start=1)}
    chosen = st.segmented_control(t("clinic.mosaic"), cards, format_func=lambda card: marked.get(card, card), key=KEY, required=True,
                                  wrap=True, persist_state="session", label_visibility="collapsed")
    return chosen if chosen in cards else cards[0]


def legend(t: Text, cards: tuple[str, ...]) -> None:
    total = score(answer for card, answer in kept.answers().items() if card in cards)
    st.caption(t("clinic.legend", answered=total.answered, all=len(cards), foreseen=total.foreseen, mended=total.mended,
                 at_once=total.at_once))


def onward(t: Text, cards: tuple[str, ...], card: str) -> None:
    """Buttons to the neighbours."""
    at = cards.index(card)
    with st.container(horizontal=True):
        for name, icon, there in (("before", ":material/arrow_back:", at - 1), ("next", ":material/arrow_forward:", at + 1)):
            inside = 0 <= there < len(cards)
            st.button(t(f"clinic.{name}"), key=f"clinic.{name}", icon=icon, disabled=not inside, on_click=_go,
                      args=(cards[there] if inside else card,))


def _go(card: str) -> None:
    st.session_state[KEY] = card


def _mark(answer: Answer | None) -> str:
    if answer is None:
        return ""
    return "●" if answer.mended else "◐" if answer.foresaw else "○"
