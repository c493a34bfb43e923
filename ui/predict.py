"""The learner says what will come before the page shows it."""

import streamlit as st

from content.text import Text

ALWAYS = "*"                                         # "just show me" holds until the learner wants to be asked again


def ask(t: Text, about: object, question: str, options: dict[str, str], key: str) -> str | None:
    """A question with a few answers. Returns the answer once it is given, "" for "just show me", None while it is open.

    A new `about` (the spec that the question is about) makes it a new question.
    """
    slot = f"predict.{key}"
    given = st.session_state.get(slot)
    if given and given[0] in (repr(about), ALWAYS):
        return given[1]
    with st.container(border=True):
        st.markdown(f"**{t('frame.predict')}** {question}")
        chosen = st.pills(question, list(options), format_func=lambda code: options.get(code, code), label_visibility="collapsed",
                          key=f"{slot}.{abs(hash(repr(about))) % 10**8}")
        if st.button(t("frame.just_show"), key=f"{slot}.show", type="tertiary"):
            st.session_state[slot] = (ALWAYS, "")
            st.rerun()
    if chosen is None:
        return None
    st.session_state[slot] = (repr(about), chosen)
    st.rerun()


def compare(t: Text, given: str, truth: str, options: dict[str, str], why: str, key: str) -> None:
    """What was said, what came, and why."""
    if not given:
        st.info(why, icon=":material/lightbulb:")
        if st.button(t("frame.ask_me"), key=f"predict.{key}.again", type="tertiary"):
            del st.session_state[f"predict.{key}"]
            st.rerun()
    elif given == truth:
        st.success(f"**{t('frame.right', answer=options[given])}** {why}", icon=":material/check_circle:")
    else:
        st.warning(f"**{t('frame.not_yet', said=options[given], truth=options.get(truth, truth))}** {why}", icon=":material/lightbulb:")
