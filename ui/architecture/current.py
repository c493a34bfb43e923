"""The network that this learner edits: where it came from, the way back, and its key for other pages."""

import streamlit as st

from core.architecture.plan import buildable
from core.architecture.spec import SEEDS, ArchitectureSpec, OriginSpec, encoded
from ui import controls, link
from ui.link import key_of

PAGE = "architecture"
PAST = "architecture.past"                           # every (origin, spec) so far, the present one last
PART = "architecture.part"                           # whose settings are shown
MOST = 50                                            # steps of undo


def spec() -> ArchitectureSpec:
    """As the widgets stand; a new one is remembered together with where it came from, so that it can be undone."""
    link.forgets(PAGE, PAST, PART)
    now, past = (origin(), controls.read(PAGE, ArchitectureSpec)), st.session_state.setdefault(PAST, [])
    if not past or past[-1] != now:
        past.append(now)
        del past[:-MOST]
    return now[1]


def origin() -> str:
    return controls.read(PAGE, OriginSpec).origin


def edit(changed: ArchitectureSpec, start: str = "", part: str = "") -> None:
    """Set every widget, before they are drawn; where it starts from and the part in sight too, where they are given."""
    controls.write(PAGE, changed)
    if start:
        controls.write(PAGE, OriginSpec(start))
    if part:
        st.session_state[PART] = part


def begin() -> None:
    """As the chosen network of the introductions is."""
    edit(SEEDS[origin()])


def undo() -> None:
    past = st.session_state[PAST]
    past.pop()
    start, before = past[-1]
    edit(before, start)


def undoable() -> bool:
    return len(st.session_state[PAST]) > 1


def own() -> tuple[str, ...]:
    """The key of the edited network, for other pages' choices; nothing while it is one of the introductions' or does not fit."""
    if key_of(PAGE, "input") not in st.session_state:
        return ()
    found = controls.read(PAGE, ArchitectureSpec)
    key = encoded(found)
    return (key,) if found not in SEEDS.values() and buildable(key) else ()
