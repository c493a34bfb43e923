"""Create tensors, combine them, compute with them, repeat chance."""

import streamlit as st

from core import tensors
from core.errors import SpecError
from core.fields import rules
from ui import controls, link, say
from ui.frame import open_page, question, under_app
from ui.tensors import combine, compute, create, seed

PARTS = {
    "create": (tensors.CreateSpec, create.draw),
    "combine": (tensors.CombineSpec, combine.draw),
    "compute": (tensors.ComputeSpec, compute.draw),
    "seed": (tensors.SeedSpec, seed.draw),
}

under_app()
t = open_page("tensors")
link.restore("tensors", tensors.ViewSpec)
view = controls.control("tensors", tensors.ViewSpec, "view", t, label_visibility="collapsed")
kind, draw = PARTS[view]
page = f"tensors.{view}"
changed = link.restore(page, kind)
question(t(f"tensors.{view}.question"))
for column, name in zip(st.columns(len(rules(kind))), rules(kind), strict=True):
    with column:
        controls.control(page, kind, name, t)
spec = controls.read(page, kind)
link.keep(page, tensors.ViewSpec(view), spec)
say.changed(t, kind, changed)
try:
    draw(t, spec)
except SpecError as error:
    say.refused(t, error)
