"""The network drawn from its own forward pass, and what happens when the input does not fit."""

from functools import cache, lru_cache
from math import prod

import streamlit as st

from content.text import Text
from core import look
from core.look import Look, some_batch
from core.models import LENETS, fresh, parameter_count
from core.receptive import receptive_fields
from core.refusal import refused_product
from core.trace import Trace, trace
from figures import lenet, refusal
from ui import controls, link, picture, save, say

KEY = "lenet.diagrams"
SHOWN = ("one", "four")                              # which networks are drawn


def diagram(t: Text, network: str) -> None:
    """The classic figure, of this network or of all four; then every operation with its output shape."""
    link.forgets("lenet", KEY)
    st.fragment(_figure)(t, network)
    _, _, words, chain = _one(t, network)
    st.markdown(words)
    picture.show(chain, "lenet.operations")


def work(t: Text, seen: Look) -> None:
    """What each operation costs, and how much of the picture one of its numbers sees."""
    ops = seen.fresh.traced.ops
    rows = []
    for op, field in zip(ops, receptive_fields(ops), strict=True):
        cells = (f"`{op.name}`", op.path and f"`{op.path}`", lenet.shape(op.out_shape), op.arithmetic or "–", op.flops_arithmetic or "0",
                 f"{op.out_bytes:,}", lenet.shape(field.size), lenet.shape(field.stride) if any(field.stride) else "–")
        rows.append(f"| {' | '.join(cells)} |")
    st.markdown("\n".join([t("lenet.work", flops=f"{sum(op.flops for op in ops):,}"), *rows]))


def misfits(t: Text, seen: Look, network: str) -> None:
    """What PyTorch says when the input does not fit, where in the chain, and where the two numbers of its message come from."""
    fits = seen.fresh.traced
    for key, tried in look.misfits(seen.fresh.model, network).items():
        what = t(f"lenet.misfit.what.{key}", shape=tried.in_shape)
        st.markdown(say.together(t, what, _why(t, key, tried, fits)))
        if not tried.error:
            continue
        picture.show(_chain(t, tried, fits), f"lenet.misfit.{key}")
        st.code(f"RuntimeError: {tried.error}", language=None, wrap_lines=True)
        if found := refused_product(tried, fits):
            st.markdown(t("lenet.misfit.read", **vars(found)))


def _figure(t: Text, network: str) -> None:
    """A choice between the two draws this part alone again."""
    words = {which: t(f"lenet.diagrams.{which}") for which in SHOWN}
    which = st.segmented_control(t("lenet.diagrams.label"), SHOWN, format_func=lambda key: words.get(key, key), key=KEY, required=True,
                                 persist_state="session", default=SHOWN[0])
    about, drawn = _four(t) if which == "four" else _one(t, network)[:2]
    st.markdown(about)
    picture.show(drawn, "lenet.diagram")
    save.above(t, "lenets" if which == "four" else network, "lenet.diagram.save")


@lru_cache(maxsize=64)
def _one(t: Text, network: str) -> tuple[str, str, str, str]:
    """Its figure and its operations, in words and drawn. Nothing in it depends on weights or picture."""
    model = fresh(network, seed=0)
    traced = trace(model, some_batch(network, 1))
    source = t(f"lenet.source.{network}") if t.has(f"lenet.source.{network}") else t("lenet.source.edited")
    about = t("lenet.diagram", total=f"{parameter_count(model):,}", source=source)
    drawn = lenet.diagram(traced, {"input": t("lenet.input_word"), "alt": t("lenet.diagram_alt")})
    return about, drawn, t("lenet.operations", count=len(traced.ops)), lenet.operations(traced, t("lenet.operations_alt"))


@cache
def _four(t: Text) -> tuple[str, str]:
    """What differs between the four networks, in words and drawn. Nothing in it depends on the learner."""
    names = {key: controls.option(t, "network", key) for key in LENETS}
    models = {key: fresh(key, seed=0) for key in LENETS}
    traces = {key: trace(model, some_batch(key, 1)) for key, model in models.items()}
    facts = {f"{key}_{what}": value for key in LENETS for what, value in {"name": names[key], **_facts(traces[key])}.items()}
    first = names[LENETS[0]]
    words = {"input": t("lenet.input_word"), "alt": t("lenet.diagrams.alt"),
             "differs": t("lenet.diagrams.differs", first=first), "shared": t("lenet.diagrams.shared", first=first)}
    totals = {key: t("lenet.diagrams.total", total=f"{parameter_count(model):,}") for key, model in models.items()}
    drawn = lenet.compared([(names[key], totals[key], traces[key]) for key in LENETS], words)
    return "\n\n".join((t("lenet.diagrams.about", first=first), t("lenet.diagrams.differences", **facts))), drawn


def _facts(traced: Trace) -> dict[str, str]:
    """The numbers in which the four networks differ."""
    first, second = (op for op in traced.ops if op.name == "conv2d")
    view = next(op for op in traced.ops if op.name == "view")
    return {"channels": str(traced.in_shape[1]), "size": lenet.shape(traced.in_shape[2:]), "first": lenet.factors(first.weight.shape[1:]),
            "second": lenet.shape(second.window.size), "flat": _product(view.in_shape[1:])}


def _why(t: Text, key: str, tried: Trace, fits: Trace) -> str:
    if not tried.error:
        return t("lenet.misfit.why.taken")
    found = refused_product(tried, fits)
    if found is None:
        return t("lenet.misfit.why.earlier", name=fits.ops[len(tried.ops)].name)
    return t(f"lenet.misfit.why.{key}", rows=found.rows, path=found.path, came=_product(found.came), wanted=_product(found.wanted),
             fits=lenet.shape(fits.in_shape))


def _chain(t: Text, tried: Trace, fits: Trace) -> str:
    found = refused_product(tried, fits)
    words = {"alt": t("lenet.misfit.alt", name=fits.ops[len(tried.ops)].name)}
    if found:
        facts = vars(found)
        words |= {"gets": t("lenet.misfit.gets"), "wants": t("lenet.misfit.wants"), "arrives": t("lenet.misfit.arrives"),
                  "batch": t("lenet.misfit.batch", **facts), "each": t("lenet.misfit.each", **facts),
                  "alt": say.together(t, words["alt"], t("lenet.misfit.alt_product", **facts))}
    return refusal.chain(tried, fits, words)


def _product(size: tuple[int, ...]) -> str:
    return f"{lenet.factors(size)}\u00a0=\u00a0{prod(size):,}"            # on one line
