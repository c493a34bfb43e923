"""A dataset that is not on this server yet, or lies there damaged: fetch it, with progress, or go on without it."""

import streamlit as st

from content.text import Text
from core.data import info, kept, vision
from jobs import client
from ui import watch
from ui.controls import option


def offer(t: Text, key: str, damaged: bool = False) -> None:
    if kept.is_key(key):
        st.info(t("errors.pictures_gone"), icon=":material/cloud_off:")
        return
    slot = f"data.download.{key}"
    name, size = option(t, "dataset", key), info(key).download_mb
    if damaged:
        st.warning(t("data.damaged", name=name, folder=str(vision.root())), icon=":material/report:")
    else:
        st.info(t("data.missing", name=name, megabytes=size), icon=":material/cloud_download:")
    verb = "replace" if damaged else "download"
    if st.button(t(f"data.{verb}", name=name, megabytes=size), key=f"{slot}.start", type="primary", icon=":material/download:"):
        st.session_state.pop(f"{slot}.seen", None)
        watch.start(t, slot, "download", {"dataset": key})
    watch.panel(t, slot, lambda record: _fetched(t, slot, record), lambda found: _progress(t, slot, found))
    st.caption(t("data.offline", folder=str(vision.root()), key=key))


def _fetched(t: Text, slot: str, record: dict) -> None:
    """Look once more, since the files are there now. Whoever comes here again reads another folder than the job wrote to."""
    if st.session_state.get(f"{slot}.looked") != st.session_state[slot]:
        st.session_state[f"{slot}.looked"] = st.session_state[slot]
        if record.get("replaced"):
            st.toast(t("data.replaced"), icon=":material/healing:", duration="long")
        st.rerun()
    st.warning(t("data.elsewhere", folder=str(vision.root())), icon=":material/report:")


def _progress(t: Text, slot: str, found: client.Status) -> str:
    """Bytes, speed since it was first seen at work, and the time left."""
    done, elapsed_s = st.session_state.setdefault(f"{slot}.seen", (found.done, found.elapsed_s))
    speed = (found.done - done) / max(found.elapsed_s - elapsed_s, 0.1)
    left = "" if found.remaining_s is None else t("frame.left", seconds=round(found.remaining_s))
    return t("data.progress", done=f"{found.done / 1e6:.1f}", total=f"{found.total / 1e6:.1f}", speed=f"{speed / 1e6:.1f}") + left
