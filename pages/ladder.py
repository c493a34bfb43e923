"""The ladder: what torch.nn does for us, in thirteen programs that differ a little from one to the next."""

import streamlit as st

from core.ladder.spec import LadderSpec
from ui import controls, learner, link, say
from ui.frame import open_page, question, under_app
from ui.ladder import folds, kept, rung

# thirteen names in two rows, also on a small screen
NARROW = "<style>@media(max-width:1200px){.st-key-ladder-rung button{padding-left:.35rem;padding-right:.35rem}}</style>"

under_app()
t = open_page("ladder")
learner.remember()
strange = link.restore("ladder", LadderSpec)
question(t("ladder.question"))
st.html(NARROW)
controls.control("ladder", LadderSpec, "rung", t, wide=True, rows=2, label_visibility="collapsed")
controls.row("ladder", LadderSpec, ("dataset", "seed"), t)
spec = controls.read("ladder", LadderSpec)
link.keep("ladder", spec)
say.changed(t, LadderSpec, strange)
kept.draw(t, spec)
rung.draw(t, spec)
folds.draw(t, spec)
