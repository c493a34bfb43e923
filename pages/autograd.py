"""Follow the gradient: through an expression, through several calls, through the rules, and down into a valley."""

import streamlit as st

from core.descent import DescendSpec
from core.errors import SpecError
from core.fields import rules
from core.gradient.accumulate import AccumulateSpec
from core.gradient.rules import RuleSpec
from core.gradient.specs import GradientViewSpec, GraphSpec
from ui import controls, link, say
from ui.autograd import accumulate, descend, graph
from ui.autograd import rules as cards
from ui.frame import open_page, question, under_app

PARTS = {
    "graph": (GraphSpec, graph.draw),
    "accumulate": (AccumulateSpec, accumulate.draw),
    "rules": (RuleSpec, cards.draw),
    "descend": (DescendSpec, descend.draw),
}
WIDE = {"expression": 2.5}                           # times the place of another field
LATER = ("step",)                                    # drawn by its own part, which knows how many there are

under_app()
t = open_page("autograd")
link.restore("autograd", GradientViewSpec)
view = controls.control("autograd", GradientViewSpec, "view", t, wide=True, label_visibility="collapsed")
kind, draw = PARTS[view]
page = f"autograd.{view}"
changed = link.restore(page, kind)
question(t("descent.question") if view == "descend" else t(f"autograd.{view}.question"))
shown = [name for name in rules(kind) if name not in LATER]
for column, name in zip(st.columns([WIDE.get(name, 1) for name in shown]), shown, strict=True):
    with column:
        controls.control(page, kind, name, t)
spec = controls.read(page, kind)
link.keep(page, GradientViewSpec(view), spec)
say.changed(t, kind, changed)
try:
    draw(t, spec)
except SpecError as error:
    say.refused(t, error)
