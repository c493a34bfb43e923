"""Every map of two copies of a network at once: numbers go to the browser, which draws them, says them and lights what a pixel sees."""

import base64
import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import streamlit as st

from content.text import Text
from core.dead import Dead
from core.look import Look
from core.trace import Op, layers
from figures.inside import VIRIDIS
from figures.palette import SIGNED
from figures.pixel import number

KEY = "lenet.maps"
PICKED = "lenet.picked"                              # the place whose numbers are shown
COLUMNS = {6: 6, 10: 10, 16: 8, 120: 40}             # tiles in a row where others would not come out even
MAPS, UNITS = 8, 42                                  # tiles in a row else: both copies fit side by side
GREY = ("#000000", "#FFFFFF")
SCALES = ("layer", "all", "map")                     # what shares one colour scale
Picked = tuple[int, int, int, int, int]              # copy, layer (0 is the input), channel, row, column

_FOLDER = Path(__file__).parent
_ELEMENT = st.components.v2.component("firstlight_maps", html='<div class="maps"></div>\n', js=(_FOLDER / "maps.js").read_text("utf-8"),
                                      css=(_FOLDER / "maps.css").read_text("utf-8"))


def draw(t: Text, seen: Look, dead: list[Dead], names: list[str], scale: str, told: dict, *, on_pick: Callable[[], None],
         on_channel: Callable[[], None]) -> None:
    """The input, then each layer with one sheet of tiles for each copy, and below the layer of the picked pixel how it came to be.

    dead: of each copy. told: picked (a place or None), title, svg, about. A click calls on_pick or on_channel; `read` then says where.
    """
    both = [layers(copy.traced.ops) for copy in (seen.fresh, seen.trained)]
    maps = {"names": names, "close": t("lenet.pixel.close"), "hover": {what: t(f"lenet.hover.{what}") for what in ("pixel", "unit")},
            "colours": {"positive": _rgb(VIRIDIS), "signed": _rgb([stop for _, stop in SIGNED]), "grey": _rgb(GREY)},
            "layers": [_input(t, seen), *_rows(t, both, dead, scale)]}
    data = "\n".join(json.dumps(part, ensure_ascii=False) for part in (maps, told))
    _ELEMENT(key=KEY, data=data.encode(), on_picked_change=on_pick, on_channel_change=on_channel)


def read(what: str, length: int) -> tuple[int, ...] | None:
    """The whole numbers that the browser said last as "picked" or "channel"; None when it said something else."""
    said = st.session_state[KEY].get(what) if KEY in st.session_state else None
    return tuple(said) if isinstance(said, list) and len(said) == length and all(type(n) is int for n in said) else None


def _input(t: Text, seen: Look) -> dict:
    """The picture as the network gets it, after Normalize; the text's noise goes in as it is."""
    x = seen.fresh.traced.ops[0].x[0].numpy()
    about = t("lenet.stats.noise") if seen.picture == "text" else t("lenet.stats.input")
    copy = {**_halves(x), "range": [float(x.min()), float(x.max())], "about": about}
    return {"role": t("lenet.input_word"), "about": " × ".join(map(str, x.shape)), "shape": list(x.shape), "columns": len(x),
            "colours": "grey", "copies": [copy]}


def _rows(t: Text, both: list[list[tuple[str, Op]]], dead: list[Dead], scale: str) -> list[dict]:
    rows, layer, top = [], "", max(_top(op.out.numpy()) for copy in both for _, op in copy)
    for i, (role, op) in enumerate(both[0]):
        maps = [_maps(copy[i][1]) for copy in both]
        if op.weight is not None:                    # pooling keeps the channels of the convolution before it, dead ones too
            layer = op.path.partition(".")[0]
        signed = any(m.min() < 0 for m in maps)
        shared = {"layer": max(map(_top, maps)), "all": top}.get(scale)
        high, wide = maps[0].shape[1:]
        rows.append({
            "role": role, "about": f"{op.name} · {' × '.join(map(str, op.out_shape[1:]))}", "shape": list(maps[0].shape),
            "columns": COLUMNS.get(len(maps[0]), UNITS if high * wide == 1 else MAPS), "back": _back(op),
            "colours": "signed" if signed else "positive",
            "classes": [str(c) for c in range(len(maps[0]))] if i == len(both[0]) - 1 else None,
            "copies": [_copy(t, m, d, layer, signed, shared or _top(m)) for m, d in zip(maps, dead, strict=True)]})
    return rows


def _maps(op: Op) -> np.ndarray:
    """(C, H, W); a vector (N,) is N maps of one pixel."""
    out = op.out[0].numpy()
    return out if out.ndim == 3 else out.reshape(-1, 1, 1)


def _back(op: Op) -> dict | None:
    """The window with which the layer looks at the one before; None: at all of it."""
    if op.window is None:
        return None
    window = op.window
    return {"window": [window.size, window.stride, window.padding, window.dilation], "same": op.weight is None}


def _copy(t: Text, maps: np.ndarray, dead: Dead, layer: str, signed: bool, top: float) -> dict:
    """One sheet. A channel that is dead for the test digits is not called silent too; it may be lit by a picture of another kind."""
    gone = dead.channels.get(layer, [])
    silent = np.flatnonzero((maps == 0).all(axis=(1, 2))).tolist() if maps[0].size > 1 else []
    silent = [channel for channel in silent if channel not in gone]
    about = t("lenet.stats.map", low=number(maps.min()), high=number(maps.max()), zeros=f"{(maps == 0).mean():.0%}")
    if silent:
        about += t("lenet.stats.silent", channels=", ".join(map(str, silent)))
    if gone:
        about += t("lenet.stats.dead", digits=dead.digits, channels=", ".join(map(str, gone)))
    return {**_halves(maps), "range": [-top if signed else 0.0, top or 1.0], "about": about, "silent": silent, "dead": gone}


def _halves(values: np.ndarray) -> dict[str, str | float]:
    """Half-precision numbers: three digits are finer than a colour, and half the bytes. They end at 65,504: larger ones get a unit."""
    unit = 2.0 ** max(0, math.frexp(_top(values))[1] - 15)
    return {"values": base64.b64encode(np.ascontiguousarray(values / unit, dtype="<f2")).decode(), "unit": unit}


def _top(values: np.ndarray) -> float:
    """The largest size of a number that is one: after a divergence there may be inf and nan."""
    top = float(np.abs(values).max(initial=0))
    return top if math.isfinite(top) else float(np.abs(values[np.isfinite(values)]).max(initial=0))


def _rgb(stops: tuple[str, ...] | list[str]) -> list[list[int]]:
    return [[int(stop[i : i + 2], 16) for i in (1, 3, 5)] for stop in stops]
