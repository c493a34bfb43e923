"""The learner's answers as a file to hand in."""

import streamlit as st

from content.text import Text
from core.lessons import receipts
from core.lessons.receipts import LONGEST, Receipt
from ui.clinic import kept


def draw(t: Text, cards: tuple[str, ...], deck: int) -> None:
    answers = tuple(kept.answers()[card] for card in cards if card in kept.answers())
    st.markdown(t("clinic.receipt.about"))
    if not answers:
        st.info(t("clinic.receipt.empty"), icon=":material/wb_twilight:")
        return
    nickname = st.text_input(t("clinic.receipt.nickname"), key=kept.NICKNAME, help=t("clinic.receipt.nickname_help"),
                             persist_state="session")
    if len(nickname) > LONGEST:
        st.warning(t("frame.too_long", longest=LONGEST, given=f"{len(nickname):,}"))
    with st.container(horizontal=True):
        st.download_button(t("clinic.receipt.download"), receipts.written(Receipt(nickname, deck, len(cards), answers)).encode(),
                           receipts.file_name(nickname, deck), "application/json", key="clinic.download", on_click="ignore",
                           icon=":material/download:", type="primary")
        st.button(t("clinic.receipt.over"), key="clinic.over", help=t("clinic.receipt.over_help"), icon=":material/delete:",
                  on_click=kept.forget)
    st.caption(t("clinic.receipt.teacher"))
