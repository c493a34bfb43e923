"""What was answered, for as long as the browser stays on the page or comes back to it: pages and languages change nothing."""

from collections.abc import Hashable

import streamlit as st

from ui import link

Given = dict[Hashable, str]                          # question -> the answer, SHOWN for "just show me"
SHOWN = ""
MOST = 30                                            # so many sets of questions are remembered


def of(page: str, about: str) -> Given:
    """The answers to one set of questions; page: "key.view", whose reset forgets them."""
    name = f"{page}.answers"
    link.forgets(page.partition(".")[0], name)
    every: dict[str, Given] = st.session_state.setdefault(name, {})
    if about not in every:
        begun = [one for one, given in every.items() if given]             # those that were only looked at crowd nothing out
        st.session_state[name] = every = {one: every[one] for one in begun[-MOST + 1 :]} | {about: {}}
    return every[about]


def others(page: str, about: str) -> dict[str, Given]:
    """The sets that were begun before, the latest first."""
    every = st.session_state.get(f"{page}.answers", {})
    return {name: given for name, given in reversed(every.items()) if given and name != about}


def give(page: str, about: str, question: Hashable, answer: str) -> None:
    """The first answer counts."""
    of(page, about).setdefault(question, answer)


def forget(page: str, about: str) -> None:
    of(page, about).clear()


def mark(said: str | None, truth: str) -> str:
    """A key of figures.quiz.MARKS."""
    return "open" if said is None else "shown" if said == SHOWN else "right" if said == truth else "wrong"
