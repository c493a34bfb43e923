"""A run's name, and its end."""

import streamlit as st

from content.text import Text
from core.errors import SpecError
from jobs import client
from ui import learner, say
from ui.runs import choice
from ui.runs.choice import Run


def draw(t: Text, run: Run) -> None:
    """Rename and delete in one menu, for the owner."""
    with st.popover(t("runs.manage"), icon=":material/edit:", disabled=not run.own, help=None if run.own else t("runs.foreign_help"),
                    width="stretch"):
        key = f"runs.title.{run.found.id}"
        st.text_input(t("runs.title_label"), run.found.title, max_chars=client.LONGEST_TITLE, key=key, placeholder=run.found.id,
                      on_change=_renamed, args=(t, run.found.id, key))
        st.markdown(t("runs.delete_active") if run.found.active else t("runs.delete_sure", name=say.plain(run.name)))
        if st.button(t("runs.delete_yes"), key=f"runs.delete.{run.found.id}", icon=":material/delete_forever:", disabled=run.found.active):
            _delete(t, run.found.id)


def _renamed(t: Text, run: str, key: str) -> None:
    try:
        client.rename(run, learner.token(), st.session_state[key])
    except SpecError as error:                       # deleted in another tab
        say.refused(t, error)


def _delete(t: Text, run: str) -> None:
    """The run, and what was computed about it."""
    try:
        for found in client.list_runs(learner.token(), "evaluate"):
            if found.spec.get("weights") == run and not found.active:
                client.delete(found.id, learner.token())
        client.delete(run, learner.token())
    except SpecError as error:
        say.refused(t, error)
        return
    choice.forget(run)
    st.rerun()
