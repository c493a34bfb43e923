"""One pixel in numbers: which one, and how it came to be."""

import streamlit as st

from content.text import Text
from core.look import Look
from core.pixel import PIXELS, ConvPixel, LinearPixel, MaxPixel, MeanPixel, Pixel, maps_before, unflatten
from core.trace import Op, activation, layers
from figures import pixel as figure
from ui import say
from ui.lenet.maps import PICKED, Picked


def choose(t: Text, seen: Look, names: list[str], place: Picked) -> None:
    """The place as boxes: it can be read, moved by one, and reached without a pointer."""
    named = layers(seen.fresh.traced.ops)
    size = named[place[1] - 1][1].out_shape[1:]
    offered = {"copy": dict(enumerate(names)), "layer": {i: role for i, (role, _) in enumerate(named, start=1)}}
    parts = ("copy", "layer", *(("channel", "row", "column") if len(size) == 3 else ("unit",)))
    for i, (column, part) in enumerate(zip(st.columns(len(parts)), parts, strict=True)):
        key = f"lenet.pixel.{part}"
        st.session_state[key] = place[i]
        shared = {"label": t(f"lenet.pixel.{part}"), "key": key, "on_change": _chosen, "args": (i, key)}
        with column:
            if part in offered:
                words = offered[part]
                st.selectbox(options=list(words), format_func=lambda n, words=words: words.get(n, n), **shared)
            else:
                st.number_input(min_value=0, max_value=size[i - 2] - 1, **shared)


def _chosen(i: int, key: str) -> None:
    place = st.session_state[PICKED]
    st.session_state[PICKED] = (*place[:i], st.session_state[key], *place[i + 1 :])


def told(t: Text, seen: Look, names: list[str], place: Picked, channel: int | None) -> dict:
    """How the number came to be: title, svg, about. channel: of a convolution's input, whose products are shown; None: the strongest."""
    ops = (seen.fresh, seen.trained)[place[0]].traced.ops
    role, op = layers(ops)[place[1] - 1]
    at, where = place[2:3], t("lenet.pixel.place_unit", channel=place[2])
    if len(op.out_shape) == 4:
        at, where = place[2:], t("lenet.pixel.place", channel=place[2], row=place[3], column=place[4])
    found = PIXELS[op.name](op, at)
    title = t("lenet.pixel.title", value=figure.number(found.out), layer=role, name=op.name, place=where, copy=names[place[0]])
    match found:
        case ConvPixel():
            svg, about = _conv(t, found, channel, activation(ops, op))
        case MaxPixel() | MeanPixel():
            svg, about = _pool(t, op, found)
        case LinearPixel():
            svg, about = _linear(t, ops, op, found)
    return {"picked": place, "title": title, "svg": svg, "about": about}


def _conv(t: Text, found: ConvPixel, channel: int | None, behind: str) -> tuple[str, str]:
    shown = channel if channel in range(len(found.sums)) else int(found.sums.abs().argmax())
    words = {"window": t("lenet.pixel.window", channel=found.channels[shown]), "channel": t("lenet.pixel.in_channel", channel="{channel}"),
             **{name: t(f"lenet.pixel.{name}") for name in ("kernel", "products", "bias", "total", "all")},
             "alt": t("lenet.pixel.alt.conv"), "end": _behind(t, behind, found)}
    svg = figure.products(found.window.numpy(), found.kernel.numpy(), found.sums.numpy(), found.bias, found.value, shown, words)
    return svg, t("lenet.pixel.about.conv", into=len(found.sums))


def _pool(t: Text, op: Op, found: MaxPixel | MeanPixel) -> tuple[str, str]:
    largest = isinstance(found, MaxPixel)
    count = found.window.numel() if largest else found.divisor
    words = {"window": t("lenet.pixel.pool_window"), "alt": t("lenet.pixel.alt.pool"),
             "total": t("lenet.pixel.pool" if largest else "lenet.pixel.mean", n=count, value=figure.number(found.value))}
    won = (found.rows.index(found.won[0]), found.columns.index(found.won[1])) if largest else None
    (high, wide), (down, across) = op.window.size, op.window.stride
    return figure.winner(found.window.numpy(), won, words), t("lenet.pixel.about.pool", high=high, wide=wide, down=down, across=across)


def _linear(t: Text, ops: tuple[Op, ...], op: Op, found: LinearPixel) -> tuple[str, str]:
    before = maps_before(ops, op)

    def name(index: int) -> str:
        if before is None:
            return t("lenet.pixel.from_unit", channel=index)
        channel, row, column = unflatten(index, before)
        return t("lenet.pixel.from_map", channel=channel, row=row, column=column)

    rows = [(name(i), float(found.x[i]), float(found.weight[i])) for i in found.largest.tolist()]
    words = {"rest": t("lenet.pixel.rest", n=f"{len(found.x) - len(rows):,}"), "alt": t("lenet.pixel.alt.linear"),
             **{part: t(f"lenet.pixel.{part}") for part in ("bias", "total")}}
    svg = figure.contributions(rows, found.rest, found.bias, found.value, words)
    return svg, say.together(t, t("lenet.pixel.about.linear", into=f"{len(found.x):,}"), _behind(t, activation(ops, op), found))


def _behind(t: Text, name: str, found: Pixel) -> str:
    """What its activation function makes of the sum; nothing where none follows, as in the last layer."""
    if name != "relu":
        return t("lenet.pixel.activation", name=name, value=figure.number(found.out)) if name else ""
    return t("lenet.pixel.relu.passes", value=figure.number(found.out)) if found.out > 0 else t("lenet.pixel.relu.stops")
