"""A fresh and a trained copy of one network, side by side, and everything that happens inside."""

import streamlit as st

from core.errors import SpecError
from core.look import LookSpec, call_and_forward, look, see
from core.models import MODELS
from core.trace import layers, trace
from ui import controls, link, say, source
from ui.fold import deeper, fold
from ui.frame import open_page, question, under_app
from ui.lenet import answers, architecture, calls, choice, inside

under_app()
t = open_page("lenet")
changed = link.restore("lenet", LookSpec)
question(t("lenet.question"))
first, second, third, fourth, fifth = st.columns([3, 4, 3, 3, 2])
with first:
    network = controls.control("lenet", LookSpec, "network", t)
with second:
    controls.control("lenet", LookSpec, "picture", t)
with third:
    controls.control("lenet", LookSpec, "digit", t)
with fourth:
    choice.control(t, network)
with fifth:
    controls.control("lenet", LookSpec, "seed", t)
spec = controls.read("lenet", LookSpec)
link.keep("lenet", spec)
say.changed(t, LookSpec, changed)
try:
    seen = look(spec, choice.raw(spec.weights))
except SpecError as error:
    say.refused(t, error)
    st.stop()

name = choice.label(t, spec.weights)
answers.draw(t, seen, spec, name)
st.subheader(t("lenet.inside"), anchor=False)
st.caption(t("lenet.inside_help"))
inside.activation_maps(t, seen, name)
st.subheader(t("lenet.architecture"), anchor=False)
architecture.diagram(t, seen, network)
with deeper(t, "lenet") as is_open:
    if is_open:
        inside.kernels(t, seen, name)
        calls.draw(t, seen, network)
with fold(t("lenet.misfits"), "lenet.misfits", ":material/report:") as is_open:
    if is_open:
        architecture.misfits(t, seen, network)
source.show(t, "lenet", MODELS[network].build, see, trace, layers, call_and_forward)
