"""After the last card: the score, what is worth another look, the answers as a file, and another deck."""

import secrets

import streamlit as st

from content.text import Text
from core.lessons import receipts
from core.lessons.clinic.answers import Answer, score
from core.lessons.clinic.deck import drawn
from core.lessons.receipts import LONGEST, Receipt
from ui.clinic import kept, mosaic
from ui.link import key_of

SURE = "clinic.over.sure"                            # whether "start over" was pressed once


def draw(t: Text, cards: tuple[str, ...], deck: int) -> None:
    answers = kept.of(cards)
    if not answers:
        st.info(t("clinic.result.empty"), icon=":material/wb_twilight:")
        return
    _numbers(t, cards, answers)
    _links(t, cards, t("clinic.result.look"), [one.card for one in answers if not one.known], "look")
    _links(t, cards, t("clinic.result.open"), [card for card in cards if card not in kept.answers()], "left")
    st.button(t("clinic.result.deck"), key="clinic.deal", icon=":material/shuffle:", on_click=_deal, help=t("clinic.result.deck_help"))
    _receipt(t, Receipt(_nickname(t), kept.visit(), deck, len(cards), answers))
    _over(t)


def _numbers(t: Text, cards: tuple[str, ...], answers: tuple[Answer, ...]) -> None:
    total = score(answers)
    shown = {"answered": (total.answered, len(cards)), "foreseen": (total.foreseen, total.predicted),
             "mended": (total.mended, total.to_mend), "at_once": (total.at_once, total.to_mend)}
    for column, (name, (part, whole)) in zip(st.columns(len(shown)), shown.items(), strict=True):
        column.metric(t(f"clinic.result.{name}"), f"{part} / {whole}")


def _links(t: Text, cards: tuple[str, ...], words: str, some: list[str], key: str) -> None:
    """Buttons to some of the cards, with their marks."""
    if some:
        st.markdown(words)
        with st.container(horizontal=True):
            for card in some:
                answer = kept.answers().get(card)
                title = f"{cards.index(card) + 1} {mosaic.mark(answer)}".rstrip()
                st.button(title, key=f"clinic.{key}.{card}", on_click=mosaic.go, args=(card,))


def _deal() -> None:
    """Other cards, by chance, in a deck that has a number of its own."""
    deck = 1 + secrets.randbelow(9999)
    chosen = {name: st.session_state[key_of("clinic", name)] for name in ("written_in", "topic", "cards")}
    st.session_state[key_of("clinic", "deck")] = deck
    mosaic.go(drawn(**chosen, deck=deck)[0])


def _nickname(t: Text) -> str:
    st.markdown(f"##### {t('clinic.receipt.title')}")
    st.markdown(t("clinic.receipt.about"))
    nickname = st.text_input(t("clinic.receipt.nickname"), key=kept.NICKNAME, help=t("clinic.receipt.nickname_help"),
                             placeholder=t("clinic.receipt.nickname_hint"), persist_state="session")
    if len(nickname) > LONGEST:
        st.warning(t("frame.too_long", longest=LONGEST, given=f"{len(nickname):,}"))
    return nickname


def _receipt(t: Text, receipt: Receipt) -> None:
    nameless = not receipts.tidy(receipt.nickname)
    st.download_button(t("clinic.receipt.download"), receipts.written(receipt).encode(),
                       receipts.file_name(receipt.nickname, receipt.deck, receipt.visit), "application/json", key="clinic.download",
                       on_click="ignore", icon=":material/download:", type="primary", disabled=nameless)
    if nameless:
        st.caption(t("clinic.receipt.nameless"))


def _over(t: Text) -> None:
    """Forgetting takes two clicks."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if not st.session_state.get(SURE):
            st.button(t("clinic.receipt.over"), key="clinic.over", help=t("clinic.receipt.over_help"), icon=":material/delete:",
                      type="tertiary", on_click=_ask, args=(True,))
            return
        st.markdown(t("clinic.receipt.sure"), width="content")
        st.button(t("clinic.receipt.yes"), key="clinic.over.yes", icon=":material/delete:", on_click=_forget)
        st.button(t("clinic.receipt.no"), key="clinic.over.no", on_click=_ask, args=(False,))


def _ask(sure: bool) -> None:
    st.session_state[SURE] = sure


def _forget() -> None:
    kept.forget()
    _ask(False)
