"""The dataset that all views of the data page are about."""

import streamlit as st

from content.text import Text
from core.data import ImageSet, info, kept, load
from core.data.view import DataSpec
from core.errors import SpecError
from ui import controls
from ui.data import missing
from ui.link import key_of

FETCH_AGAIN = ("dataset_missing", "dataset_damaged", "pictures_gone")


def dataset() -> str:
    return st.session_state[key_of("data", "dataset")]


def pictures(t: Text, train: bool = True) -> ImageSet:
    """All of one split. Where they are not on this server, or damaged, the page offers to fetch them and ends.

    Noise is marked as such, so that nobody looks for a pattern in it.
    """
    if dataset() == "fake":
        st.badge(t("data.noise"), icon=":material/grain:", color="orange")
    try:
        return load(dataset(), train)
    except SpecError as error:
        if error.code not in FETCH_AGAIN:
            raise
        missing.offer(t, dataset(), error.code == "dataset_damaged")
        st.stop()


def version() -> tuple:
    """Tells the dataset's pictures from others that were read under the same name: what a cache goes by."""
    key = dataset()
    return key, kept.about(key) if kept.is_key(key) else None


def about(t: Text) -> str:
    """What it is and how many pictures it has, in a sentence."""
    key, found = dataset(), info(dataset())
    counts = {"train": f"{found.train_images:,}", "test": f"{found.test_images:,}"}
    return t(f"data.about.{key}", **counts) if t.has(f"data.about.{key}") else t("data.about_own", **counts)


def show(view: str, key: str) -> None:
    """Over to another view and dataset, from a button's callback."""
    controls.write("data", DataSpec(view, key))
