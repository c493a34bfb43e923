"""Take a picture home: the browser itself makes the file, as SVG or as PNG, in colours and letters that hold outside the page."""

import json
from pathlib import Path

import streamlit as st

from content.text import Text

_CODE = Path(__file__)
_HTML = '<div class="save"><span></span><button type="button">SVG</button><button type="button">PNG</button></div>\n'
_SAVE = st.components.v2.component("firstlight_save", html=_HTML, js=_CODE.with_suffix(".js").read_text("utf-8"),
                                   css=_CODE.with_suffix(".css").read_text("utf-8"))


def above(t: Text, stem: str, key: str) -> None:
    """Two quiet buttons for the SVG right above them. The files are stem.svg and stem.png."""
    told = {"stem": stem, "label": t("frame.save")}
    _SAVE(key=key, data=json.dumps(told, ensure_ascii=False).encode())     # as bytes: for a dict Streamlit would import pandas
