"""Every printed number of the five texts, computed again and ticked."""

import streamlit as st

from core.lessons.numbers.spec import TableSpec
from ui import controls, learner, link, say
from ui.fold import deeper
from ui.frame import open_page, question, under_app
from ui.numbers import board, picked, result

under_app()
t = open_page("numbers")
changed = link.restore("numbers", TableSpec)
question(t("numbers.question", n=result.count()))
learner.remember()
for name in ("source_text", "verdict"):
    controls.control("numbers", TableSpec, name, t, wide=True)
found = result.latest()
result.start(t, found)
spec = controls.read("numbers", TableSpec)
link.keep("numbers", spec)
say.changed(t, TableSpec, changed)
told = result.told(found)
if found and found.active:
    result.watching(t, found, spec)
else:
    known = result.compare(t, found, told)
    picked.draw(t, spec, known)
    if board.draw(t, spec, known):
        board.table(t, spec, known)
    result.download(t, known)
with deeper(t, "numbers") as is_open:
    if is_open:
        for name in ("seed", "band", "mask", "grad", "left_out"):
            st.markdown(t(f"numbers.deeper.{name}"))
        st.markdown(t("numbers.terminal"))
