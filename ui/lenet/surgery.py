"""Change a few weights of a copy and watch: the maps and the answer, before and after."""

import streamlit as st

from content.text import Text
from core.change import CHANGES, Change, apply, convolutions
from core.errors import SpecError
from core.look import Copy, Look, LookSpec, see
from core.trace import Op, layers
from figures import logits, mosaic
from figures.palette import BLUE, ORANGE
from figures.pixel import number
from ui import chart, controls, link, say
from ui.fold import fold
from ui.lenet.maps import COLUMNS, MAPS

MADE = "lenet.surgery.made"                          # (network, weights) -> the changes made so far, in their order
Place = tuple[str, str]


def draw(t: Text, seen: Look, name: str) -> None:
    """Under a fold; a change draws this part alone again. name: of the copy that learned."""
    link.forgets("lenet", MADE)
    with fold(t("lenet.surgery.title"), "lenet.surgery", ":material/build:") as is_open:
        if is_open:
            spec = controls.read("lenet", LookSpec)
            st.fragment(_draw)(t, seen, name, (spec.network, spec.weights))


def _draw(t: Text, seen: Look, name: str, place: Place) -> None:
    st.caption(t("lenet.surgery.help"))
    before = seen.trained
    made = _made(place)
    change = _wanted(t, before, made)
    if st.button(t("lenet.surgery.apply"), key="lenet.surgery.apply", icon=":material/build:"):
        _make(t, before, change, place)
        made = _made(place)
    if not made:
        role, op = _layers(before)[change.layer]
        st.info(t("lenet.surgery.first", layer=role, channel=int(op.out[0].mean((1, 2)).argmax())), icon=":material/touch_app:")
        return
    _list(t, made, place)
    _compare(t, seen, see(apply(before.model, made), before.traced.ops[0].x), name, change.layer)


def _wanted(t: Text, before: Copy, made: tuple[Change, ...]) -> Change:
    """The change as the widgets stand: what, where, and the further numbers that its kind reads. made: the changes so far."""
    named = _layers(before)
    first, second, third = st.columns([2, 1, 1])
    with first:
        kind = _box(t("lenet.surgery.kind.label"), "kind", {kind: t(f"lenet.surgery.kind.{kind}") for kind in CHANGES})
    with second:
        layer = _box(t("lenet.surgery.layer"), "layer", {path: f"{role} · {path}" for path, (role, _) in named.items()})
    sizes = dict(zip(CHANGES[kind].indices, convolutions(before.model)[layer].weight.shape, strict=False))
    with third:
        given = {"channel": _index(t, "channel", sizes.pop("channel"))}
    columns = iter(st.columns(4))
    for field, size in sizes.items():
        with next(columns):
            given[field] = _index(t, field, size)
    if CHANGES[kind].takes_value:
        with next(columns):
            st.session_state["lenet.surgery.value"] = st.session_state.get("lenet.surgery.value", -1.0)
            now = convolutions(apply(before.model, made))[layer].weight.detach()[tuple(given.values())]         # one weight, or a kernel
            label = t(f"lenet.surgery.value.{kind}", now=number(float(now)) if now.ndim == 0 else "")
            given["value"] = st.number_input(label, step=0.1, format="%g", key="lenet.surgery.value",
                                             persist_state="session")
    return Change(kind, layer, **given)


def _box(label: str, field: str, words: dict[str, str]) -> str:
    """A box of codes; in another network it falls back to the first one when its own is not there."""
    key = f"lenet.surgery.{field}"
    current = st.session_state.get(key)
    st.session_state[key] = current if current in words else next(iter(words))
    return st.selectbox(label, list(words), format_func=lambda code: words.get(code, code), key=key, persist_state="session")


def _index(t: Text, field: str, size: int) -> int:
    """A number below the size, kept as far as it exists when another layer is chosen."""
    key = f"lenet.surgery.{field}"
    st.session_state[key] = min(st.session_state.get(key, 0), size - 1)
    return st.number_input(t(f"lenet.surgery.{field}"), min_value=0, max_value=size - 1, key=key, persist_state="session")


def _make(t: Text, before: Copy, change: Change, place: Place) -> None:
    """Keep a change that the network can take; say why it cannot take another."""
    changes = (*_made(place), change)
    try:
        apply(before.model, changes)
    except SpecError as error:
        say.refused(t, error)
        return
    _keep(place, changes)


def _list(t: Text, made: tuple[Change, ...], place: Place) -> None:
    st.markdown("\n".join(f"1. {t(f'lenet.surgery.said.{change.kind}', **vars(change))}" for change in made))    # Markdown counts on
    with st.container(horizontal=True):
        st.button(t("lenet.surgery.undo"), key="lenet.surgery.undo", icon=":material/undo:", on_click=_keep, args=(place, made[:-1]))
        st.button(t("lenet.surgery.reset"), key="lenet.surgery.reset", icon=":material/restart_alt:", on_click=_keep, args=(place, ()))


def _compare(t: Text, seen: Look, after: Copy, name: str, layer: str) -> None:
    """One sentence, the answers and the layer's maps, before and after."""
    before = seen.trained
    (role, op), (_, changed) = _layers(before)[layer], _layers(after)[layer]
    if not (after.logits.isfinite().all() and changed.out.isfinite().all()):
        st.warning(t("lenet.surgery.overflow"), icon=":material/report:")
        return
    (old, sure), (new, then) = _answer(before), _answer(after)
    st.markdown(t("lenet.surgery.answers", old=old, sure=f"{sure:.1%}", new=new, then=f"{then:.1%}"))
    names = (name, t("lenet.surgery.changed"))
    groups = [(title, copy.logits.tolist(), copy.probs.tolist()) for title, copy in zip(names, (before, after), strict=True)]
    classes = [str(digit) for digit in range(len(before.logits))]
    figure = logits.bars(classes, groups, (t("lenet.logits"), t("lenet.softmax")), seen.answer, (BLUE, ORANGE))
    chart.show(figure, "lenet.surgery.bars", t("lenet.surgery.bars_alt"))
    st.markdown(t("lenet.surgery.maps", layer=role))
    maps = [(title, one.out[0].numpy()) for title, one in zip(names, (op, changed), strict=True)]
    figure = mosaic.side_by_side(maps, COLUMNS.get(op.out_shape[1], MAPS), t("lenet.map_hover"))
    chart.show(figure, "lenet.surgery.maps", t("lenet.surgery.maps_alt", layer=role))


def _answer(copy: Copy) -> tuple[int, float]:
    """The most probable digit, and how probable it is."""
    return int(copy.probs.argmax()), float(copy.probs.max())


def _layers(copy: Copy) -> dict[str, tuple[str, Op]]:
    """The convolutions by path, each with its name in LeNet's figure and its map after the activation function."""
    return {op.path: (role, op) for role, op in layers(copy.traced.ops) if op.name == "conv2d"}


def _made(place: Place) -> tuple[Change, ...]:
    return st.session_state.get(MADE, {}).get(place, ())


def _keep(place: Place, changes: tuple[Change, ...]) -> None:
    st.session_state[MADE] = {**st.session_state.get(MADE, {}), place: changes}
