"""Create tensors, combine them, compute with them, repeat chance, and take any expression apart."""

import streamlit as st

from core import tensors
from core.errors import SpecError
from core.expression.explore import ExpressionSpec
from core.fields import rules
from core.ops.catalogue import CatalogueSpec
from ui import controls, link, say
from ui.frame import open_page, question, under_app
from ui.tensors import catalogue, combine, compute, create, expression, seed

PARTS = {
    "create": (tensors.CreateSpec, create.draw),
    "combine": (tensors.CombineSpec, combine.draw),
    "compute": (tensors.ComputeSpec, compute.draw),
    "seed": (tensors.SeedSpec, seed.draw),
    "expression": (ExpressionSpec, expression.draw),
    "catalogue": (CatalogueSpec, catalogue.draw),
}
WIDE = {"text": 3}                                   # times the place of another field
OFFERED = {"catalogue": {"op": catalogue.offered}}   # fields whose choices depend on the other fields

under_app()
t = open_page("tensors")
link.restore("tensors", tensors.ViewSpec)
view = controls.control("tensors", tensors.ViewSpec, "view", t, wide=True, label_visibility="collapsed")
kind, draw = PARTS[view]
page = f"tensors.{view}"
changed = link.restore(page, kind)
question(t(f"tensors.{view}.question"))
for column, name in zip(st.columns([WIDE.get(name, 1) for name in rules(kind)]), rules(kind), strict=True):
    with column:
        choices = OFFERED.get(view, {}).get(name)
        controls.control(page, kind, name, t, choices=choices and choices(t))
spec = controls.read(page, kind)
link.keep(page, tensors.ViewSpec(view), spec)
say.changed(t, kind, changed)
try:
    draw(t, spec)
except SpecError as error:
    say.refused(t, error)
