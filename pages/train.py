"""Train a network for a short while and see what it has learned."""

import dataclasses

import streamlit as st

from core.data import DATASETS
from core.errors import SpecError
from core.evaluate import chance_loss, evaluate
from core.train import TrainSpec, batches, start, train, training_step
from jobs import client
from ui import learner, link, predict, say, source
from ui.data import missing
from ui.fold import deeper
from ui.frame import open_page, question, under_app
from ui.train import current, history, panel, result, settings, weights

under_app()
t = open_page("train")
changed = link.restore("train", TrainSpec)
question(t("train.question"))
learner.remember()
spec = settings.draw(t)
run = current.run()
link.keep("train", spec, run=run or "")
say.changed(t, TrainSpec, changed)
settings.note(t, spec)
found = current.status(t, run)
given = None
if not DATASETS[spec.dataset].present():
    missing.offer(t, spec.dataset)
elif not (found and found.active):
    given = predict.ask(t, spec, t("train.predict"), result.options(t), "train")
    if st.button(t("train.start"), key="train.start", type="primary", icon=":material/play_arrow:", disabled=given is None):
        try:
            current.begin(client.submit("train", dataclasses.asdict(spec), learner.token(), current.click()))
        except SpecError as error:
            say.refused(t, error)
if found:
    panel.draw(t, found)
    if not found.active:
        panel.cause(t, found)
        result.draw(t, history.of(found.id), given if found.spec == dataclasses.asdict(spec) else None)
        weights.draw(t, found)
else:
    st.info(t("train.empty"), icon=":material/wb_twilight:")
with deeper(t, "train") as is_open:
    if is_open:
        result.deeper(t, history.of(found.id) if found else None)
source.show(t, "train", training_step, train, batches, start, evaluate, chance_loss)
