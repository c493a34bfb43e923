"""The learner says what will come before the page shows it."""

import streamlit as st

from content.text import Text
from ui import say

ALWAYS = "*"                                         # "just show me" holds until the learner wants to be asked again

LOW = ("<style>.st-key-predict_beside [data-testid=stAlertContainer]{padding:.4rem .8rem}"
       ".st-key-predict_beside p{font-size:1rem}</style>")                 # as high as the button beside it


def ask(t: Text, about: object, question: str, options: dict[str, str], key: str) -> str | None:
    """A question with a few answers. Returns the answer once it is given, "" for "just show me", None while it is open.

    A new `about` (the spec that the question is about) makes it a new question.
    """
    slot, before = f"predict.{key}", given(key, about)
    if before is not None:
        return before
    with st.container(border=True):
        st.markdown(say.together(t, f"**{t('frame.predict')}**", question))
        chosen = st.pills(question, list(options), format_func=lambda code: options.get(code, code), label_visibility="collapsed",
                          required=True,                                         # or a double click would take it back
                          key=f"{slot}.{abs(hash(repr(about))) % 10**8}")
        if st.button(t("frame.just_show"), key=f"{slot}.show"):
            st.session_state[slot] = (ALWAYS, "")
            st.rerun()
    if chosen is None:
        return None
    st.session_state[slot] = (repr(about), chosen)
    st.rerun()


def remind(t: Text, said: str | None, options: dict[str, str], key: str) -> None:
    """What was predicted, while the result is still to come, and the way to change one's mind."""
    if said:
        words, button = st.columns([3, 1], vertical_alignment="center")
        words.markdown(t("frame.you_predict", answer=options[said]))
        if button.button(t("frame.change"), key=f"predict.{key}.change", type="tertiary"):
            st.session_state.pop(f"predict.{key}", None)
            st.rerun()


def remember(key: str, about: object, said: str) -> None:
    """As if it had just been answered: what was kept from an earlier visit."""
    st.session_state[f"predict.{key}"] = (repr(about), said)


def given(key: str, about: object) -> str | None:
    """What was answered about this, "" for "just show me", None when it was never asked."""
    kept = st.session_state.get(f"predict.{key}")
    return kept[1] if kept and kept[0] in (repr(about), ALWAYS) else None


def compare(t: Text, said: str | None, truth: str, options: dict[str, str], why: str, key: str, who: str = "PyTorch") -> None:
    """What was said, what came, and why; and the way to be asked again. None: nobody was asked about this. who: whose truth it is."""
    _reply(t, said, truth, options, why, who)
    _again(t, said, key)


def beside(t: Text, said: str, truth: str, options: dict[str, str], why: str, key: str, who: str = "PyTorch") -> None:
    """`compare` in one row, to stand above what is compared: the reply, which should be short, and the way to be asked again."""
    st.html(LOW)
    words, button = st.columns([3.6, 1], vertical_alignment="center", gap="small")
    with words, st.container(key="predict_beside"):
        _reply(t, said, truth, options, why, who)
    with button:
        _again(t, said, key)


def _reply(t: Text, said: str | None, truth: str, options: dict[str, str], why: str, who: str) -> None:
    if said:
        verdict(t, options[said], options.get(truth, truth), why, who=who)
    else:
        st.info(why, icon=":material/lightbulb:")


def _again(t: Text, said: str | None, key: str) -> None:
    if said is not None and st.button(t("frame.ask_me"), key=f"predict.{key}.again", type="tertiary", icon=":material/replay:"):
        st.session_state.pop(f"predict.{key}", None)
        st.rerun()


def verdict(t: Text, said: str, truth: str, *why: str, who: str = "PyTorch") -> None:
    """Both in words, and why."""
    if said == truth:
        st.success(say.together(t, f"**{t('frame.right', answer=said, who=who)}**", *why), icon=":material/check_circle:")
    else:
        wrong = t("frame.not_yet", said=said, truth=truth, who=who)
        st.warning(say.together(t, f"**{wrong}**", *why), icon=":material/lightbulb:")
