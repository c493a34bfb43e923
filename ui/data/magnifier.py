"""One picture enlarged, and a window of it in which every pixel's numbers are written."""

import base64
import json
from pathlib import Path

import numpy as np
import streamlit as st

from content.text import Text

_FILE = Path(__file__)
_ELEMENT = st.components.v2.component("firstlight_magnifier", html='<div class="magnifier"></div>\n',
                                      js=_FILE.with_suffix(".js").read_text("utf-8"), css=_FILE.with_suffix(".css").read_text("utf-8"))


def show(t: Text, image: np.ndarray, alt: str) -> None:
    """image: (C, H, W) uint8, one channel or three. The numbers travel; the browser draws them."""
    _ELEMENT(key="data.look.magnifier", data=message(t, image, alt))


def message(t: Text, image: np.ndarray, alt: str) -> bytes:
    names = [t(f"data.channel.{name}") for name in (("grey",) if len(image) == 1 else ("red", "green", "blue"))]
    told = {"shape": image.shape, "values": base64.b64encode(np.ascontiguousarray(image)).decode(), "alt": alt, "names": names,
            "at": t("data.look.at"), "hint": t("data.look.hint")}
    return json.dumps(told, ensure_ascii=False).encode()
