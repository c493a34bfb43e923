"""The learner's own picture file: read at once, kept small for as long as the visit lasts, and nothing else of it kept."""

import json
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np
import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from content.text import Text
from core import picture_file
from core.errors import SpecError
from core.picture_file import FORMATS, MOST_MEGAPIXELS, MOST_SIDE, Picture
from ui import link, say

KEPT, BOX = "lenet.uploaded", "lenet.upload"
TURN = "lenet.upload.turn"                           # each file gets a box of its own, so that the box is always ready for the next
SIDE = 256                                           # pixels that are kept: 0.2 MB of colours for each visit
STYLE = """<style>
[class*=st-key-lenet-upload] [data-testid=stFileUploaderDropzoneInstructions], [class*=st-key-lenet-upload] section button p {display: none}
[class*=st-key-lenet-upload] section button [data-testid=stMarkdownContainer]::after {content: %s}
</style>"""                                          # Streamlit's own words are English
_one_at_a_time = Lock()                              # 16 megapixels need up to 260 MB while they are decoded, and a class uploads at once


@dataclass(frozen=True)
class Kept:
    """The last picture that could be read, and why the file after it was refused."""

    picture: Picture | None = None
    refused: SpecError | None = None


def refusal(t: Text) -> None:
    """Why the last file was not taken, until the next one."""
    if refused := _kept().refused:
        say.refused(t, refused)


def paper(t: Text) -> np.ndarray | None:
    """(C, H, W) uint8, C = 1 or 3; None while there is none."""
    link.forgets("lenet", KEPT)
    limits = t("lenet.upload.help", formats=", ".join(FORMATS), megapixels=MOST_MEGAPIXELS, side=f"{MOST_SIDE:,}",
               megabytes=st.get_option("server.maxUploadSize"))
    turn = st.session_state.get(TURN, 0)
    st.file_uploader(t("lenet.upload.label"), type="image", key=f"{BOX}.{turn}", help=limits, on_change=_take, args=(turn,))
    st.html(STYLE % json.dumps(t("lenet.upload.choose"), ensure_ascii=False))
    kept = _kept()
    if kept.picture is None:
        st.caption(t("lenet.upload.empty"))
        return None
    high, wide = kept.picture.pixels.shape[1:]
    size = {"wide": f"{kept.picture.wide:,}", "high": f"{kept.picture.high:,}", "kept_wide": wide, "kept_high": high}
    same = (high, wide) == (kept.picture.high, kept.picture.wide)
    words = t("lenet.upload.size", **size) if same else t("lenet.upload.reduced", **size)
    st.caption(say.together(t, t("lenet.upload.before") if kept.refused else "", words, t("lenet.upload.about")))
    return kept.picture.pixels.numpy()


def _kept() -> Kept:
    return st.session_state.get(KEPT, Kept())


def _take(turn: int) -> None:
    """Before the page runs: read the file, and give its bytes back."""
    file = st.session_state[f"{BOX}.{turn}"]
    if not isinstance(file, UploadedFile):
        return
    try:
        with _one_at_a_time:
            st.session_state[KEPT] = Kept(picture_file.read(file.getvalue(), SIDE))
    except SpecError as error:
        refused = SpecError(error.code, **error.facts)                     # without the traceback, which holds the file
        st.session_state[KEPT] = replace(_kept(), refused=refused)
    finally:
        st.session_state[TURN] = turn + 1
        _give_back(file)


def _give_back(file: UploadedFile) -> None:
    """Streamlit holds every uploaded file in memory until the visit ends; here it is no longer needed."""
    ctx = get_script_run_ctx()
    if ctx and isinstance(ctx.uploaded_file_mgr, MemoryUploadedFileManager):
        ctx.uploaded_file_mgr.remove_file(ctx.session_id, file.file_id)
