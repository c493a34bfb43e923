"""The network that this learner edits: where it came from, the way back, and its key for other pages."""

import streamlit as st

from core.architecture.plan import buildable
from core.architecture.spec import SEEDS, ArchitectureSpec, OriginSpec, encoded
from ui import controls, link
from ui.link import key_of

PAGE = "architecture"
PAST = "architecture.past"                           # every spec so far, the present one last
PART = "architecture.part"                           # whose settings are shown
MOST = 50                                            # steps of undo


def spec() -> ArchitectureSpec:
    """As the widgets stand; a new one is remembered, so that it can be undone."""
    link.forgets(PAGE, PAST, PART)
    found, past = controls.read(PAGE, ArchitectureSpec), st.session_state.setdefault(PAST, [])
    if not past or past[-1] != found:
        past.append(found)
        del past[:-MOST]
    return found


def origin() -> str:
    return controls.read(PAGE, OriginSpec).origin


def edit(found: ArchitectureSpec, origin: str = "", part: str = "") -> None:
    """Set every widget, before they are drawn; origin and part too where they are given."""
    controls.write(PAGE, found)
    if origin:
        controls.write(PAGE, OriginSpec(origin))
    if part:
        st.session_state[PART] = part


def begin() -> None:
    """As the chosen network of the introductions is."""
    edit(SEEDS[origin()])


def undo() -> None:
    past = st.session_state[PAST]
    past.pop()
    edit(past[-1])


def undoable() -> bool:
    return len(st.session_state[PAST]) > 1


def own() -> tuple[str, ...]:
    """The key of the edited network, for other pages' choices; nothing while it is one of the introductions' or does not fit."""
    if key_of(PAGE, "input") not in st.session_state:
        return ()
    found = controls.read(PAGE, ArchitectureSpec)
    key = encoded(found)
    return (key,) if found not in SEEDS.values() and buildable(key) else ()
