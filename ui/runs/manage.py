"""A run's name, and its end."""

import streamlit as st

from content.text import Text
from core.errors import SpecError
from jobs import client
from ui import learner, say
from ui.runs import choice
from ui.runs.choice import Run


def draw(t: Text, run: Run, columns: list) -> None:
    """Rename and delete, for the owner; deleting asks once more."""
    first, second = columns
    with first.popover(t("runs.rename"), icon=":material/edit:", disabled=not run.own, help=None if run.own else t("runs.foreign_help"),
                    width="stretch"):
        key = f"runs.title.{run.found.id}"
        st.text_input(t("runs.title_label"), run.found.title, max_chars=client.LONGEST_TITLE, key=key, placeholder=run.found.id,
                      on_change=_renamed, args=(run.found.id, key))
    kept = run.own and not run.found.active
    why = t("runs.foreign_help") if not run.own else t("runs.delete_active")
    with second.popover(t("runs.delete"), icon=":material/delete:", disabled=not kept, help=None if kept else why, width="stretch"):
        st.markdown(t("runs.delete_sure", name=say.plain(run.name)))
        if st.button(t("runs.delete_yes"), key=f"runs.delete.{run.found.id}", type="primary", icon=":material/delete_forever:"):
            _delete(t, run.found.id)


def _renamed(run: str, key: str) -> None:
    client.rename(run, learner.token(), st.session_state[key])


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
