"""Datasets, batches and the steps from stored bytes to network input."""

import streamlit as st

from core import data
from core.data.imageset import ImageSet
from core.errors import SpecError
from core.images import normalise, to_tensor, unnormalise
from core.loading import LoaderSpec, PlaceSpec, batch
from ui import controls, learner, link, say, source
from ui.data import batches, missing, transforms, workers
from ui.fold import deeper, fold
from ui.frame import open_page, question, under_app
from ui.link import key_of

under_app()
t = open_page("data")
changed = link.restore("data", LoaderSpec) + link.restore("data", PlaceSpec)
question(t("data.question"))
learner.remember()
columns = st.columns([3, 3, 3, 2, 3])
for column, name in zip(columns, ("dataset", "batch_size", "shuffle", "seed"), strict=False):
    with column:
        controls.control("data", LoaderSpec, name, t)
spec = controls.read("data", LoaderSpec)
if not data.DATASETS[spec.dataset].present():
    link.keep("data", spec)
    missing.offer(t, spec.dataset)
    st.stop()
try:
    stored = data.load(spec.dataset, train=True)
except SpecError as error:
    link.keep("data", spec)
    say.refused(t, error)
    st.stop()
last = -(-len(stored) // spec.batch_size)
with columns[4]:
    key = key_of("data", "number")
    if st.session_state[key] > last:
        st.session_state[key] = last
        st.caption(t("data.last", last=f"{last:,}"))
    number = st.number_input(t("data.number", last=f"{last:,}"), 1, last, key=key, help=t("data.number_help"), persist_state="session")
link.keep("data", spec, PlaceSpec(number))
say.changed(t, LoaderSpec, [name for name in changed if name != "number"])
try:
    drawn = batch(stored, spec, number)
except SpecError as error:
    say.refused(t, error)
    st.stop()
batches.draw(t, stored, spec, drawn)
st.caption(t(f"data.about.{spec.dataset}", train=f"{len(stored):,}", test=f"{data.DATASETS[spec.dataset].test_images:,}"))
with fold(t("data.steps"), "data.steps", ":material/transform:") as is_open:
    if is_open:
        transforms.to_tensor_step(t, drawn)
        transforms.normalise_step(t, drawn, spec.dataset)
with deeper(t, "data") as is_open:
    if is_open:
        batches.class_counts(t, stored, spec, drawn)
        workers.draw(t)
source.show(t, "data", ImageSet, batch, to_tensor, normalise, unnormalise)
