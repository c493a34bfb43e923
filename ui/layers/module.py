"""What does a module find of the things that are assigned to it?"""

import streamlit as st

from content.text import Text
from core.layers import module as layer
from core.layers import sequence
from core.layers.chain import TinyModel, chain
from core.layers.module import ModuleSpec
from figures import module as figure
from ui import controls, picture, predict, say, source
from ui.fold import deeper, fold

PAGE = "layers.module"
LATER = ("start_dim",)
COUNTS = {str(count): str(count) for count in (0, 3, 12, 24)}          # among them the true one of every way


def draw(t: Text, spec: ModuleSpec) -> None:
    held, line = spec.held, layer.line(spec.held)
    given = predict.ask(t, held, t("module.predict", line=line), COUNTS, PAGE)
    if given is not None:
        _found(t, spec, given)
    _tiny(t)
    _sequence(t, spec)
    source.show(t, PAGE, layer.WAYS[held], layer.tree, layer.walk, TinyModel)


def _found(t: Text, spec: ModuleSpec, given: str) -> None:
    rows, held = layer.tree(spec), spec.held
    st.code(layer.line(held))
    picture.show(figure.tree(rows, {name: t(f"module.tree.{name}") for name in ("name", "total", "alt", "found", "lost")}), PAGE)
    modules = [row for row in rows if row.training is not None]
    reached = [row for row in modules if row.name or not row.level]
    call = "net.train()" if spec.training else "net.eval()"
    mode = t("module.mode", call=call, mode=spec.training, reached=len(reached), all=len(modules))
    st.markdown(say.together(t, t("module.dashed") if any(row.level and not row.name for row in rows) else "", mode))
    predict.compare(t, given, str(sum(row.count or 0 for row in rows)), COUNTS, t(f"module.why_{held}"), PAGE)
    st.markdown(t("module.use"))
    st.code(layer.module(spec).code)
    with deeper(t, PAGE) as is_open:
        if is_open:
            st.markdown(t("module.deeper"))


def _tiny(t: Text) -> None:
    """The text's first network, printed as it prints it."""
    with fold(t("module.tiny.title"), f"{PAGE}.tiny", ":material/account_tree:") as is_open:
        if is_open:
            tiny = chain().tiny
            st.code(f">>> print(tinymodel)\n{tiny}\n\n>>> print(tinymodel.linear2)\n{tiny.linear2}")
            lines = [t("layers.row", name=name, shape=str(tuple(p.shape)), count=f"{p.numel():,}") for name, p in tiny.named_parameters()]
            total = f"{sum(p.numel() for p in tiny.parameters()):,}"
            st.markdown("\n".join([t("layers.head"), *lines, t("layers.total", count=total)]))
            st.markdown(t("module.tiny.sum", total=total))
            st.code(f">>> tinymodel.linear2.bias\n{tiny.linear2.bias}")
            st.markdown(t("module.tiny.layer"))


def _sequence(t: Text, spec: ModuleSpec) -> None:
    """Shapes from step to step, up to one that refuses."""
    with fold(t("module.sequence.title"), f"{PAGE}.sequence", ":material/linear_scale:") as is_open:
        if is_open:
            controls.control(PAGE, ModuleSpec, "start_dim", t)
            links, y = sequence.chain_of(spec.start_dim)
            words = {name: t(f"module.sequence.{name}") for name in ("alt", "parameters", "refused")}
            picture.show(figure.steps((2, 16), links, words), f"{PAGE}.sequence")
            if y is None:
                st.error(f"`{links[-1].error}`", icon=":material/block:")
            st.markdown(t("module.sequence.told"))
            st.code(sequence.program(spec.start_dim))
