"""Which of several things is explained, such as a number of the output: a slider over those that there are, and a button to play them."""

from collections.abc import Callable

import streamlit as st

from content.text import Text
from ui import link
from ui.link import key_of

PACE_S = 1.0                                         # from one place to the next: time to see what moved
WIDE_PX = 112                                        # of Play and Pause alike, or the slider would change its width under the hand
ICONS = {"back": ":material/chevron_left:", "on": ":material/chevron_right:"}
STARTS, GOES_ON = "starts", "goes on"


def choose(t: Text, page: str, name: str, count: int) -> int:
    """Under the field of that name; counted from 0. Of a single one there is nothing to choose."""
    key = key_of(page, name)
    st.session_state[key] = min(st.session_state[key], count - 1)
    if count == 1:
        return 0
    return st.slider(t(f"fields.{name}.label"), 0, count - 1, key=key, help=t(f"fields.{name}.help"), persist_state="session")


def walk(t: Text, page: str, spec: type, name: str, count: int, draw: Callable[[int], None]) -> None:
    """What `draw` makes of the chosen place. Buttons go to its neighbours, Play through all that follow; only this part runs again.

    spec: the class whose field has that name; the link says where the walk stands. "Reset", and leaving the page, end it.
    """
    link.forgets(page.partition(".")[0], _playing(page))
    if _button(page) not in st.session_state:        # the button was not drawn in the last run: the learner was elsewhere
        st.session_state.pop(_playing(page), None)
    plays = bool(st.session_state.get(_playing(page)))
    st.fragment(_step, run_every=PACE_S if plays else None)(t, page, spec, name, count, draw, plays)


def _step(t: Text, page: str, spec: type, name: str, count: int, draw: Callable[[int], None], plays: bool) -> None:
    """plays: whether this part was set to run again by itself; when that is to change, the whole page has to run."""
    key, playing, place = key_of(page, name), _playing(page), 0
    if st.session_state.get(playing) == GOES_ON:
        st.session_state[key] = min(st.session_state[key] + 1, count - 1)
    if count > 1:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            place = choose(t, page, name, count)
            _move(t, page, name, -1, off=place == 0)
            _move(t, page, name, 1, off=place == count - 1)
            st.button(t("frame.pause") if plays else t("frame.play"), key=_button(page), on_click=_toggle, args=(page, name, count),
                      width=WIDE_PX, icon=":material/pause:" if plays else ":material/play_arrow:")
    draw(place)
    if st.session_state.get(playing):
        st.session_state[playing] = GOES_ON if place < count - 1 else None
    if not st.session_state.get(playing):            # on the way the browser's Back would have to go through every place
        link.amend(page, spec, name)
    if bool(st.session_state.get(playing)) != plays:
        st.rerun()


def _move(t: Text, page: str, name: str, by: int, *, off: bool) -> None:
    """A button to the neighbour: one place exactly, which a hand on a long slider can miss."""
    way = "back" if by < 0 else "on"
    st.button(" ", key=f"{page}.{way}", on_click=_go, args=(page, name, by), disabled=off, help=t(f"frame.{way}"), icon=ICONS[way])


def _go(page: str, name: str, by: int) -> None:
    """Whoever takes single places wants to look at them: a walk ends."""
    st.session_state[_playing(page)] = None
    st.session_state[key_of(page, name)] = max(0, st.session_state[key_of(page, name)] + by)


def _toggle(page: str, name: str, count: int) -> None:
    """From the last place it begins again with the first."""
    if st.session_state.get(_playing(page)):
        st.session_state[_playing(page)] = None
        return
    st.session_state[_playing(page)] = STARTS
    if st.session_state[key_of(page, name)] >= count - 1:
        st.session_state[key_of(page, name)] = 0


def _button(page: str) -> str:
    return f"{page}.play"


def _playing(page: str) -> str:
    """The session key that says whether the walk goes on by itself: STARTS, then GOES_ON."""
    return f"{page}.playing"
