"""What more processes do to a DataLoader: measured on this server, outside the web process."""

import streamlit as st

from content.text import Text
from core.loading import LoaderSpec
from ui import controls, watch

SLOT = "data.loader_timing"


def draw(t: Text, spec: LoaderSpec) -> None:
    st.markdown(t("data.workers"))
    workers = controls.control("data", LoaderSpec, "workers", t)
    st.code(f"DataLoader(data, batch_size={spec.batch_size}, shuffle={spec.shuffle}, num_workers={workers}, "
            f"generator=torch.Generator().manual_seed({spec.seed}))")
    if st.button(t("data.measure"), key="data.measure", icon=":material/timer:"):
        watch.start(t, SLOT, "loader_timing", {"dataset": spec.dataset, "batch_size": spec.batch_size, "workers": workers})
    watch.panel(t, SLOT, lambda record: _timed(t, record), lambda found: t("data.measuring", done=found.done, total=found.total))


def _timed(t: Text, record: dict) -> None:
    st.success(t("data.timed", workers=record["workers"], batch_size=record["batch_size"], batches=record["batches"],
                 first_s=f"{record['first_s']:.2f}", rate=f"{record['images_per_s']:,.0f}"), icon=":material/timer:")
