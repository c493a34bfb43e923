"""A fresh and a trained copy of one network, side by side, and everything that happens inside."""

import streamlit as st

from core.errors import SpecError
from core.look import LookSpec, call_and_forward, look, see
from core.models import MODELS
from core.pixel import conv2d, linear, max_pool2d
from core.trace import layers, trace
from ui import controls, link, say, source
from ui.fold import deeper, fold
from ui.frame import open_page, question, under_app
from ui.lenet import answers, architecture, attention, calls, choice, drawing, inspector, kernels, surgery

under_app()
t = open_page("lenet")
changed = link.restore("lenet", LookSpec)
question(t("lenet.question"))
first, second, third, fourth, fifth = st.columns([3, 5, 4, 3, 2])
with first:
    network = controls.control("lenet", LookSpec, "network", t)
with second:
    drawn = controls.control("lenet", LookSpec, "picture", t) == "drawn"
with third:
    controls.control("lenet", LookSpec, "form" if drawn else "digit", t)
with fourth:
    choice.control(t, network)
with fifth:
    controls.control("lenet", LookSpec, "seed", t)
spec = controls.read("lenet", LookSpec)
link.keep("lenet", spec)
say.changed(t, LookSpec, changed)
left, right = st.columns([1, 3])
with left:
    paper = drawing.paper(t) if drawn else None
try:
    seen = look(spec, choice.raw(spec.weights), paper)
except SpecError as error:
    say.refused(t, error)
    st.stop()

name = choice.label(t, spec.weights)
with left:
    answers.asked(t, seen)
with right:
    answers.draw(t, seen, spec, name)
st.subheader(t("lenet.inside"), anchor=False)
st.caption(t("lenet.inside_help"))
inspector.draw(t, seen, [t("lenet.fresh"), name])
surgery.draw(t, seen, name)
attention.draw(t, seen, name)
st.subheader(t("lenet.architecture"), anchor=False)
architecture.diagram(t, seen, network)
with deeper(t, "lenet") as is_open:
    if is_open:
        architecture.work(t, seen)
        kernels.draw(t, seen, name)
        calls.draw(t, seen, network)
with fold(t("lenet.misfits"), "lenet.misfits", ":material/report:") as is_open:
    if is_open:
        architecture.misfits(t, seen, network)
source.show(t, "lenet", MODELS[network].build, see, trace, layers, conv2d, max_pool2d, linear, call_and_forward)
