"""Runs side by side, and one of them before the whole test set."""

import streamlit as st

from core.curves import course, differing, running_mean
from core.evaluate import evaluate, wilson
from core.mistakes import answers, behind, confusion, mixed_up, worst
from core.train import TrainSpec
from ui import controls, frame, learner, link, say, source
from ui.fold import deeper, fold
from ui.frame import open_page, question, under_app
from ui.runs import choice, judge, manage, overlay, table
from ui.runs.choice import OverlaySpec
from ui.train import weights

under_app()
t = open_page("runs")
changed = link.restore("runs", OverlaySpec)
question(t("runs.question"))
learner.remember()
every = choice.runs()
drawn = choice.chosen(every)
for column, name in zip(st.columns([4, 5, 4]), ("curve", "over", "mean_steps"), strict=True):
    with column:
        controls.control("runs", OverlaySpec, name, t)
spec = controls.read("runs", OverlaySpec)
link.keep("runs", spec, runs=choice.query(), focus=choice.in_focus(drawn))
say.changed(t, OverlaySpec, changed)
choice.gone(t)
overlay.draw(t, drawn, spec)
overlay.still_running(t, drawn)
if every:
    overlay.verdict(t, drawn)
    table.draw(t, every)
    if drawn:
        with fold(t("runs.settings"), "runs.settings", ":material/tune:") as is_open:
            if is_open:
                table.settings(t, drawn)
                overlay.download(t, drawn)
else:
    st.info(t("runs.empty"), icon=":material/wb_twilight:")
    frame.page_link("train", t("runs.to_train"))
focus = None
if drawn:
    st.subheader(t("runs.judge"), anchor=False)
    first, second = st.columns([6, 2], vertical_alignment="bottom")
    with first:
        focus = judge.focus(t, drawn)
    with second:
        manage.draw(t, focus)
    judge.draw(t, focus)
with fold(t("train.walk.title"), "runs.weights", ":material/save:") as is_open:
    if is_open:
        weights.draw(t, focus.found if focus and focus.ready else None, focus.spec if focus else TrainSpec(), title=False)
with deeper(t, "runs") as is_open:
    if is_open:
        st.markdown(t("runs.deeper"))
source.show(t, "runs", course, running_mean, differing, evaluate, wilson, answers, confusion, mixed_up, behind, worst)
