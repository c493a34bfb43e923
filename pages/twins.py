"""Two networks in lockstep that differ in one setting: which number is the first to differ, and what becomes of it?"""

import streamlit as st

from core.data import info
from core.errors import SpecError
from core.train import training_step
from core.twins import difference, distance, flip_last_bit, lockstep, pair, parts
from ui import learner, link, say, source
from ui.data import missing
from ui.fold import deeper
from ui.frame import open_page, question, under_app
from ui.twins import current, history, panel, result, settings

under_app()
t = open_page("twins")
changed = settings.restore()
question(t("twins.question"))
learner.remember()
asked = settings.draw(t)
run = current.run()
link.keep("twins", asked.first, asked.as_change, run=run or "")
for spec, names in changed:
    say.changed(t, spec, names)
found = current.status(t, run)
past = history.of(found.id) if found else None
if not found:
    panel.walk(t, None, None)
try:
    pair(asked.first, asked.change, asked.other)
except SpecError as error:
    say.refused(t, error)
else:
    if not info(asked.first.dataset).present():
        missing.offer(t, asked.first.dataset)
    elif found and found.active:
        st.caption(t("twins.busy"))
    else:
        known = found is not None and found.state == "done" and current.asked_of(found) == asked     # its result stands below
        ready = known or result.ask(t, asked)
        label = t("twins.again") if known else t("twins.go")
        if st.button(label, key="twins.go", type="primary", icon=":material/play_arrow:", disabled=not ready):
            try:
                current.begin(asked)
            except SpecError as error:
                say.refused(t, error)
if found:
    panel.head(t, found)
    panel.cause(t, found)
    panel.walk(t, found, past)
    result.place(t, found, past)
    panel.draw(t, found, past)
    result.winner(t, found, past)
else:
    st.info(t("twins.empty"), icon=":material/wb_twilight:")
with deeper(t, "twins") as is_open:
    if is_open:
        result.deeper(t, found, past)
source.show(t, "twins", lockstep, difference, parts, training_step, flip_last_bit, distance)
