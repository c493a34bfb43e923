"""A dataset that is not on this server yet: fetch it, with progress, or go on without it."""

import streamlit as st

from content.text import Text
from core.data import info, kept, vision
from jobs import client
from ui import watch
from ui.controls import option


def offer(t: Text, key: str) -> None:
    if kept.is_key(key):
        st.info(t("errors.pictures_gone"), icon=":material/cloud_off:")
        return
    slot = f"data.download.{key}"
    name, size = option(t, "dataset", key), info(key).download_mb
    st.info(t("data.missing", name=name, megabytes=size), icon=":material/cloud_download:")
    if st.button(t("data.download", name=name, megabytes=size), key=f"{slot}.start", type="primary", icon=":material/download:"):
        watch.start(t, slot, "download", {"dataset": key})
    watch.panel(t, slot, lambda record: _fetched(t, key), lambda found: _progress(t, found))
    st.caption(t("data.offline", folder=str(vision.root()), key=key))


def _fetched(t: Text, key: str) -> None:
    """The files are there now; or the job wrote them into another folder than this server reads."""
    if info(key).present():
        st.rerun()
    st.warning(t("data.elsewhere", folder=str(vision.root())), icon=":material/report:")


def _progress(t: Text, found: client.Status) -> str:
    left = "" if found.remaining_s is None else t("frame.left", seconds=round(found.remaining_s))
    return t("data.progress", done=f"{found.done / 1e6:.1f}", total=f"{found.total / 1e6:.1f}") + left
