"""Which language this browser reads. It travels in the URL as lang=en or lang=zh."""

import streamlit as st

from content.text import LANGUAGES, Text

KEY = "lang"


def current() -> Text:
    """The link's language, else the one chosen before, else the browser's own."""
    if KEY not in st.session_state:
        asked = st.query_params.get(KEY)
        own = "zh" if (st.context.locale or "").lower().startswith("zh") else "en"
        st.session_state[KEY] = asked if asked in LANGUAGES else own
    return Text(st.session_state[KEY])


def switch(t: Text) -> None:
    """Two buttons. Every other widget keeps its value, since its key and its options do not change with the language."""
    st.segmented_control(t("frame.language"), list(LANGUAGES), format_func=lambda code: LANGUAGES.get(code, code), key=KEY, required=True,
                         label_visibility="collapsed", width="stretch")
