"""A square to draw a digit on. Pen, strokes and undo are the browser's, in pad.js; Python gets 28 x 28 pixels and keeps the drawing."""

import base64
import json
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import streamlit as st

SIZE = 28                                            # pixels a side, as in MNIST
WORDS = ("label", "hint", "undo", "clear")           # read aloud; written on the empty square; the two buttons
PICTURE = "picture:"                                 # a layer that is no stroke
MOST = 30_000                                        # characters of strokes that are sent back; a digit has 500

_CODE = Path(__file__)
_PAD = st.components.v2.component("firstlight_pad", js=_CODE.with_suffix(".js").read_text("utf-8"),
                                  css=_CODE.with_suffix(".css").read_text("utf-8"))


@dataclass(frozen=True)
class Kept:
    """One pad between two reruns. Pictures are base64 of 784 bytes, "" without ink.

    given is the picture that the caller put on the pad, turn counts those; layers are that picture and the strokes on it.
    """

    turn: int = 0
    given: str = ""
    layers: tuple[str, ...] = ()
    pixels: str = ""
    returned: str = ""


def pad(key: str, words: dict[str, str], image: np.ndarray | None = None, height: int = 280) -> np.ndarray | None:
    """The latest drawing, (28, 28) uint8 with ink 255 on 0; None when nothing was drawn. Call it inside a fragment.

    words: a text for each of WORDS. They may change, and the page may be left: the drawing stays.
    image: a picture to begin with, (28, 28) uint8. It can be drawn on, undone and cleared; another one replaces the drawing.
    height: the side of the square in pixels of the page; less where there is no room.
    """
    kept, given = st.session_state.get(_slot(key), Kept()), encode(image)
    if given not in (kept.given, kept.returned):     # a caller may also hand back what it got
        kept = Kept(kept.turn + 1, given, layers=(PICTURE + given,) if given else (), pixels=given)
    st.session_state[_slot(key)] = replace(kept, returned=kept.pixels)
    told = {"words": words, "height": height, "turn": kept.turn, "layers": kept.layers}
    # As bytes: for a dict Streamlit would import pandas.
    _PAD(key=key, data=json.dumps(told, ensure_ascii=False).encode(), on_drawing_change=partial(_keep, key))
    return decode(kept.pixels)


def encode(image: np.ndarray | None) -> str:
    """(28, 28) uint8 as base64; "" for None and without ink."""
    if image is None:
        return ""
    ink = np.asarray(image, np.uint8).reshape(SIZE, SIZE).tobytes()
    return base64.b64encode(ink).decode() if any(ink) else ""


def decode(pixels: object) -> np.ndarray | None:
    """The picture in what a browser sent, which may be anything; None when there is none in it."""
    try:
        ink = base64.b64decode(pixels, validate=True)
    except (TypeError, ValueError):
        return None
    return np.frombuffer(ink, np.uint8).reshape(SIZE, SIZE).copy() if len(ink) == SIZE * SIZE and any(ink) else None


def _keep(key: str) -> None:
    """Take in what was drawn, unless the caller has put another picture there since."""
    kept, drawing = st.session_state.get(_slot(key), Kept()), st.session_state[key].get("drawing")
    if isinstance(drawing, dict) and drawing.get("turn") == kept.turn:
        pixels = "" if decode(drawing.get("pixels")) is None else drawing["pixels"]
        st.session_state[_slot(key)] = replace(kept, pixels=pixels, layers=_layers(drawing.get("layers"), pixels))


def _layers(layers: object, pixels: str) -> tuple[str, ...]:
    """The strokes for the way back to the browser; where they cannot be trusted, the picture that they made."""
    if isinstance(layers, list) and all(isinstance(layer, str) for layer in layers) and sum(map(len, layers)) <= MOST:
        return tuple(layers)
    return (PICTURE + pixels,) if pixels else ()


def _slot(key: str) -> str:
    return f"pad {key}"
