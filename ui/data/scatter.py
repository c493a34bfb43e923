"""Pictures where their two coordinates put them: the mouse enlarges one, a click on a class leaves the others pale."""

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from content.text import Text
from figures.palette import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, SKY
from figures.pixels import channels_last
from figures.svg import MARK

KEY = "data.look.scatter"
ACROSS = 25                                          # pictures in a row of the sprite
COLOURS = (BLUE, ORANGE, GREEN, RED, PURPLE, SKY, MARK, "#8C564B", GREY, "#00A0A0")
_FILE = Path(__file__)
_ELEMENT = st.components.v2.component("firstlight_map", html='<div class="map"></div>\n', js=_FILE.with_suffix(".js").read_text("utf-8"),
                                      css=_FILE.with_suffix(".css").read_text("utf-8"))


def show(t: Text, told: bytes, on_pick: Callable[[], None]) -> None:
    _ELEMENT(key=KEY, data=told, on_picked_change=on_pick)


def message(t: Text, images: np.ndarray, at: np.ndarray, labels: list[int], indices: list[int], names: list[str], axes: list[str]) -> bytes:
    """images (N, C, H, W) uint8 as one picture, at (N, 2). axes: what stands at the two axes."""
    told = {"side": images.shape[-1], "across": ACROSS, "at": at.round(3).tolist(), "labels": labels, "indices": indices, "names": names,
            "colours": [COLOURS[i % len(COLOURS)] for i in range(len(names))], "axes": axes, "alt": t("data.look.map.alt"),
            "sprite": _sprite(images), "hint": t("data.look.map.hint")}
    return json.dumps(told, ensure_ascii=False).encode()


def _sprite(images: np.ndarray) -> str:
    """All pictures in one file, as WebP: 500 in colour take 250 KB instead of 1.5 MB."""
    count, _, high, wide = images.shape
    tiles = [channels_last(image) for image in images]
    sheet = np.zeros((-(-count // ACROSS) * high, ACROSS * wide, *tiles[0].shape[2:]), np.uint8)
    for i, tile in enumerate(tiles):
        y, x = (i // ACROSS) * high, (i % ACROSS) * wide
        sheet[y : y + high, x : x + wide] = tile
    file = io.BytesIO()
    Image.fromarray(sheet).convert("RGB").save(file, "WEBP", quality=80, method=2)
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()
