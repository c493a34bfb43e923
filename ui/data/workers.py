"""What more processes do to a DataLoader: measured on this server, outside the web process."""

import dataclasses
import inspect

import streamlit as st

from content.text import Text
from core.loading import LoaderSpec, loader
from ui import controls, watch

SLOT = "data.loader_timing"


def draw(t: Text) -> None:
    st.markdown(t("data.workers"))
    controls.control("data", LoaderSpec, "workers", t)
    st.code(inspect.getsource(loader).rstrip())
    if st.button(t("data.measure"), key="data.measure", icon=":material/timer:"):
        spec = controls.read("data", LoaderSpec)
        watch.start(t, f"{SLOT}.{spec.workers}", "loader_timing", dataclasses.asdict(spec))
    for workers in range(3):                         # the results stay, to be compared
        watch.panel(t, f"{SLOT}.{workers}", lambda record: _timed(t, record),
                    lambda found: t("data.measuring", done=found.done, total=found.total))


def _timed(t: Text, record: dict) -> None:
    st.success(t("data.timed", workers=record["workers"], batch_size=record["batch_size"], batches=record["batches"],
                 first_ms=f"{record['first_s'] * 1000:,.0f}", rate=f"{record['images_per_s']:,.0f}"), icon=":material/timer:")
