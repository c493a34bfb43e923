"""Train a network for a short while and see what it has learned."""

import streamlit as st

from core.data import info
from core.errors import SpecError
from core.evaluate import chance_loss, evaluate
from core.train import TrainSpec, batches, start, train, training_step
from ui import learner, link, predict, say, source
from ui.data import missing
from ui.fold import deeper, fold
from ui.frame import open_page, question, under_app
from ui.train import arrival, current, history, inside, panel, result, settings, weights

under_app()
t = open_page("train")
changed = link.restore("train", TrainSpec)
question(t("train.question"))
learner.remember()
found = current.status(t, current.run())
active = found is not None and found.active
with st.container():                                 # so that what follows keeps its place, and the chart its zoom
    spec = settings.read() if active else settings.draw(t)
    link.keep("train", spec, run=st.session_state[current.KEY] or "")
    say.changed(t, TrainSpec, changed)
    if active:
        pass                                         # one run at a time
    elif not info(spec.dataset).present():
        missing.offer(t, spec.dataset)
    else:
        known = found is not None and found.state == "done" and current.spec_of(found) == spec     # its result stands below
        given = None if known else predict.ask(t, spec, t("train.predict"), result.options(t), "train")
        predict.remind(t, given, result.options(t), "train")
        label = t("train.again") if known else t("train.start")
        if st.button(label, key="train.start", type="primary", icon=":material/play_arrow:", disabled=given is None and not known):
            try:
                current.begin(spec)
            except SpecError as error:
                say.refused(t, error)
with st.container():
    if found:
        arrival.greet(t, found, history.of(found.id))
        panel.draw(t, found)
    elif info(spec.dataset).present():
        st.info(t("train.empty"), icon=":material/wb_twilight:")
        panel.empty(t, info(spec.dataset).classes)
if active:
    with fold(t("train.next_run"), "train.next_run", ":material/tune:") as is_open:
        if is_open:
            st.caption(t("train.busy"))
            settings.draw(t)
elif found:
    if current.spec_of(found) != spec:
        settings.like(t, found)
    result.draw(t, found, history.of(found.id), predict.given("train", current.spec_of(found)))
if found:
    inside.draw(t, found, history.of(found.id))
if not active:
    weights.draw(t, found, spec)
with deeper(t, "train") as is_open:
    if is_open:
        result.deeper(t, history.of(found.id) if found else None)
source.show(t, "train", training_step, train, batches, start, evaluate, chance_loss)
