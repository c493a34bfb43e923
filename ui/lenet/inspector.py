"""The maps of both copies; of the pixel that was clicked, how its number came to be."""

import streamlit as st

from content.text import Text
from core.dead import Dead
from core.look import Look, LookSpec
from core.trace import layers
from ui import controls, link
from ui.lenet import dead, maps, numbers
from ui.lenet.maps import PICKED, SCALES, Picked

SCALE = "lenet.scale"
CHANNEL = "lenet.channel"                            # of a convolution's input, whose products are shown


def restore() -> None:
    """A followed link names a pixel, or none. Before the page writes its own link."""
    if link.news("lenet"):
        said = st.query_params.get("pixel", "").split(".")
        real = len(said) == 5 and all(n.isdecimal() and len(n) < 5 for n in said)
        st.session_state[PICKED] = tuple(map(int, said)) if real else None


def keep() -> None:
    """What the page shows, as a link: the fields, and the picked pixel as copy.layer.channel.row.column."""
    link.keep("lenet", controls.read("lenet", LookSpec), pixel=".".join(map(str, st.session_state.get(PICKED) or ())))


def draw(t: Text, seen: Look, names: list[str]) -> None:
    """A click draws this part alone again."""
    link.forgets("lenet", PICKED, CHANNEL, SCALE)
    st.fragment(_draw)(t, seen, dead.of(seen), names)


def _draw(t: Text, seen: Look, gone: list[Dead], names: list[str]) -> None:
    words = {scale: t(f"lenet.scale.{scale}") for scale in SCALES}
    scale = st.segmented_control(t("lenet.scale.label"), SCALES, format_func=lambda key: words.get(key, key), key=SCALE, required=True,
                                 persist_state="session", default=SCALES[0])
    place = st.session_state[PICKED] = _fitting(seen, st.session_state.get(PICKED))
    keep()
    told = numbers.told(t, seen, names, place, st.session_state.get(CHANNEL)) if place else {"picked": None}
    maps.draw(t, seen, gone, names, scale, told, on_pick=_picked, on_channel=_channel)
    if place is None:
        st.info(t("lenet.pixel.hint"), icon=":material/touch_app:")
    else:
        numbers.choose(t, seen, names, place)


def _picked() -> None:
    st.session_state[PICKED], st.session_state[CHANNEL] = maps.read("picked", 5), None


def _channel() -> None:
    said = maps.read("channel", 6)
    st.session_state[CHANNEL] = said[-1] if said else None


def _fitting(seen: Look, place: Picked | None) -> Picked | None:
    """The place in the network that is shown now, whose maps may be smaller than those of the one before."""
    named = layers(seen.fresh.traced.ops)
    if place is None or not 0 <= place[0] < 2 or not 0 < place[1] <= len(named):
        return None
    size = named[place[1] - 1][1].out_shape[1:]
    high = (size[0], *size[1:], 1, 1)[:3]
    return (*place[:2], *(min(max(n, 0), most - 1) for n, most in zip(place[2:], high, strict=True)))
