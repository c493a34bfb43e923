"""All cards of the deck at a glance, and the way from one to the next."""

import streamlit as st

from content.text import Text
from core.lessons.clinic.answers import Answer, score
from core.lessons.clinic.cards import CARDS
from core.lessons.clinic.deck import END
from ui import controls
from ui.clinic import kept
from ui.link import key_of

KEY = key_of("clinic", "card")


def choose(t: Text, cards: tuple[str, ...]) -> str:
    """The card on the table, or END; the deck's first where the link, or the card before, is not in the deck."""
    places = (*cards, END)
    if st.session_state.get(KEY) not in places:
        st.session_state[KEY] = cards[0]
    kept.note(st.session_state[KEY])
    words = {card: f"{i} {mark(kept.answers().get(card))}".rstrip() for i, card in enumerate(cards, start=1)}
    words[END] = t("clinic.result.nav")
    chosen = st.segmented_control(t("clinic.mosaic"), places, format_func=lambda card: words.get(card, card), key=KEY, required=True,
                                  wrap=True, persist_state="session", label_visibility="collapsed")
    return chosen if chosen in places else cards[0]


def heading(t: Text, cards: tuple[str, ...], chosen: str) -> None:
    """Where the learner is, and the arrows."""
    words = t("clinic.result.title")
    if chosen != END:
        words = t("clinic.heading", n=cards.index(chosen) + 1, all=len(cards), title=_title(t, chosen))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(words, anchor=False)
        with st.container(horizontal=True, width="content"):
            _steps(t, cards, chosen, "above")


def onward(t: Text, cards: tuple[str, ...], chosen: str) -> None:
    """Below the card: the arrows again, and the way to what is still open."""
    unanswered = kept.first_open(tuple(card for card in cards if card != chosen))
    with st.container(horizontal=True):
        _steps(t, cards, chosen, "below")
        if unanswered:
            st.button(t("clinic.open"), key="clinic.open", icon=":material/fast_forward:", type="tertiary", on_click=go, args=(unanswered,))


def legend(t: Text, cards: tuple[str, ...]) -> None:
    total = score(kept.of(cards))
    st.caption(t("clinic.legend", answered=total.answered, all=len(cards), foreseen=total.foreseen, mended=total.mended,
                 to_mend=total.to_mend, at_once=total.at_once))


def go(card: str) -> None:
    st.session_state[KEY] = card


def mark(answer: Answer | None) -> str:
    """Two signs, one for the prediction and one for the repair; none for what is still open."""
    if answer is None:
        return ""
    return ("✓" if answer.foresaw else "✗" if answer.said else "–") + _repair(answer)


def _repair(answer: Answer) -> str:
    if CARDS[answer.card].sound or not answer.tries:
        return ""
    return "●" if answer.at_once else "◐" if answer.mended else "○"


def _title(t: Text, card: str) -> str:
    """The topic only, until somebody tried a repair: the title would name it."""
    answer = kept.answers().get(card)
    known = answer and (answer.tries or CARDS[card].sound)
    return t(f"clinic.card.{card}.title") if known else controls.option(t, "topic", CARDS[card].topic)


def _steps(t: Text, cards: tuple[str, ...], chosen: str, where: str) -> None:
    """Buttons to the neighbours; after the last card comes the result."""
    places = (*cards, END)
    at = places.index(chosen)
    for name, icon, there in (("before", ":material/arrow_back:", at - 1), ("next", ":material/arrow_forward:", at + 1)):
        inside = 0 <= there < len(places)
        label = t("clinic.to_result") if name == "next" and there >= len(cards) else t(f"clinic.{name}")
        kind = "primary" if where == "below" and name == "next" else "secondary"
        st.button(label, key=f"clinic.{name}.{where}", icon=icon, disabled=not inside, type=kind, on_click=go,
                  args=(places[there] if inside else chosen,))
