"""Which language this browser reads. It travels in the URL as lang=en or lang=zh."""

import time

import streamlit as st

from content.text import LANGUAGES, Text
from ui.history import travelled

KEY = "lang"
WRITTEN = "lang.written"                             # (language that the URL was given last, when)
STALE_S = 3.0                                        # so long a slow line may still send the query before the one that we wrote


def current() -> Text:
    """The language that was switched to; else the link's, also when somebody goes back; at first the browser's own."""
    asked = st.query_params.get(KEY)
    if st.session_state.get(KEY) not in LANGUAGES:   # at first; and a late answer of the browser's can leave the buttons without a choice
        own = "zh" if (st.context.locale or "").lower().startswith("zh") else "en"
        st.session_state[KEY] = asked if asked in LANGUAGES else st.session_state.get(WRITTEN, (own,))[0]
    written, when = st.session_state.get(WRITTEN, (st.session_state[KEY], 0.0))
    switched = st.session_state[KEY] != written
    follows = not switched and asked != written and time.monotonic() - when > STALE_S
    back = asked != st.session_state[KEY] and travelled()                  # also where the browser still names the last switch
    if asked in LANGUAGES and (back or follows):
        st.session_state[KEY] = asked
    if st.session_state.get(WRITTEN, ("", 0.0))[0] != st.session_state[KEY]:
        st.session_state[WRITTEN] = (st.session_state[KEY], time.monotonic())
    return Text(st.session_state[KEY])


def switch(t: Text) -> None:
    """Two buttons. Every other widget keeps its value, since its key and its options do not change with the language."""
    st.segmented_control(t("frame.language"), list(LANGUAGES), format_func=lambda code: LANGUAGES.get(code, code), key=KEY, required=True,
                         label_visibility="collapsed", width="stretch")
