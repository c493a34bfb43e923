"""A fresh and a trained copy of one network, side by side, and everything that happens inside."""

import streamlit as st

from core.architecture.network import EditedLeNet
from core.errors import SpecError
from core.look import LookSpec, call_and_forward, look, see
from core.models import LENETS, MODELS
from core.pixel import conv2d, linear, max_pool2d
from core.trace import layers, trace
from ui import controls, link, say, source
from ui.fold import deeper, fold
from ui.frame import open_page, page_link, question, under_app
from ui.lenet import answers, architecture, attention, calls, choice, drawing, inspector, kernels, ready, start, surgery, uploading

under_app()
t = open_page("lenet")
inspector.restore()
changed = link.restore("lenet", LookSpec)
question(t("lenet.question"))
mine = choice.mine()
first, second, third, fourth, fifth = st.columns([3, 3, 4, 3, 3])
with first:
    network = controls.control("lenet", LookSpec, "network", t, choices=choice.networks(mine))
start.forget(network)
with second:
    kind = controls.control("lenet", LookSpec, "picture", t, choices=start.pictures(network))
    brought = kind in ("drawn", "uploaded")
with third:
    controls.control("lenet", LookSpec, "form" if brought else "digit", t, disabled=kind == "text")
with fourth:
    choice.control(t, network, mine)
with fifth:
    controls.control("lenet", LookSpec, "seed", t, disabled=start.is_text())
spec = controls.read("lenet", LookSpec)
inspector.keep()
say.changed(t, LookSpec, changed)
if spec.start == "text":
    start.note(t)
if kind == "uploaded":
    uploading.refusal(t)
left, right = st.columns([1, 3])
with left:
    paper = drawing.paper(t) if kind == "drawn" else uploading.paper(t) if kind == "uploaded" else None
try:
    seen = look(spec, choice.raw(spec.weights), paper)
except SpecError as error:
    say.refused(t, error)
    if network not in LENETS:
        page_link("train", t("architecture.train"), network=network)
    st.stop()

names = [start.name(t, spec), choice.label(t, spec.weights)]
with left:
    answers.asked(t, seen)
with right:
    answers.draw(t, seen, spec, names)
if seen.picture == "drawn":
    ready.draw(t, seen, paper)
if seen.picture == "text":
    answers.raw(seen, names)
st.subheader(t("lenet.inside"), anchor=False)
st.caption(t("lenet.inside_help"))
inspector.draw(t, seen, names)
surgery.draw(t, seen, names[1])
attention.draw(t, seen, names)
st.subheader(t("lenet.architecture"), anchor=False)
architecture.diagram(t, network)
with deeper(t, "lenet") as is_open:
    if is_open:
        architecture.work(t, seen)
        kernels.draw(t, seen, names)
        calls.draw(t, seen, network)
with fold(t("lenet.misfits"), "lenet.misfits", ":material/report:") as is_open:
    if is_open:
        architecture.misfits(t, seen, network)
net = MODELS[network].build if network in MODELS else EditedLeNet
source.show(t, "lenet", net, see, trace, layers, conv2d, max_pool2d, linear, call_and_forward)
