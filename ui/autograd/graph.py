"""How does a gradient find its way back?"""

import math
from dataclasses import replace
from functools import lru_cache

import streamlit as st

from content.text import Text
from core.errors import SpecError
from core.expression.table import FUNCTIONS
from core.gradient import check, follow
from core.gradient.check import Difference, differences
from core.gradient.follow import LEAVES, Graph
from core.gradient.specs import EXAMPLES, GraphSpec, leaves
from figures import gradient as figure
from figures.gradient import number
from ui import picture, predict, source, underlined
from ui.fold import deeper
from ui.link import key_of

PAGE = "autograd.graph"
EXAMPLE = "autograd.graph.example"
ANSWERS = ("positive", "negative", "zero")
LONGEST = 60                                         # letters of a sum of products that are worth reading
MOST = 4                                             # paths
SOME = 1e-6                                          # more than the rounding of a finite difference


def draw(t: Text, spec: GraphSpec) -> None:
    st.pills(t("frame.examples"), EXAMPLES, format_func=lambda text: text, key=EXAMPLE, on_change=_take)
    asked = replace(spec, step=0)
    try:
        found = _followed(asked)
    except SpecError as error:
        underlined.show(t, spec.expression, error, f"{PAGE}.refused")
        return
    leaf = next(node.operation for name in LEAVES for node in found.nodes if node.operation == name)
    options = {key: t(f"autograd.graph.answers.{key}") for key in ANSWERS}
    given = predict.ask(t, asked, t("autograd.graph.predict", leaf=leaf), options, PAGE)
    step = 0
    if given is not None:
        checked = _checked(asked)
        _compare(t, given, next(each for each in checked if each.leaf == leaf), options)
        step = _slider(t, len(found.order))
    words = {name: t(f"autograd.graph.{name}") for name in ("alt", "leaf", "constant", "operation", "again")}
    picture.show(figure.graph(found, step, words), PAGE)
    if given is not None:
        st.markdown(_step(t, found, step))
        st.markdown(_table(t, checked))
    st.caption(t("autograd.graph.legend"))
    with deeper(t, PAGE) as is_open:
        if is_open:
            st.code(_program(spec, found))
            st.markdown(_kept(t, found))
            st.markdown(t("autograd.graph.deeper"))
    source.show(t, PAGE, follow.follow, check.back, check.central)


def _take() -> None:
    """An example becomes the expression, with its numbers; it stays no choice of its own."""
    if text := st.session_state[EXAMPLE]:
        for name, value in zip(("expression", *LEAVES), (text, *EXAMPLES[text]), strict=True):
            st.session_state[key_of(PAGE, name)] = value
        st.session_state[key_of(PAGE, "step")] = 0
    st.session_state[EXAMPLE] = None


@lru_cache(maxsize=128)
def _followed(spec: GraphSpec) -> Graph:
    return follow.follow(spec.expression, leaves(spec))


@lru_cache(maxsize=128)
def _checked(spec: GraphSpec) -> tuple[Difference, ...]:
    return differences(_followed(spec), leaves(spec))


def _compare(t: Text, given: str, found: Difference, options: dict[str, str]) -> None:
    value = found.autograd or 0.0
    truth = "nan" if math.isnan(value) else "zero" if value == 0 else "positive" if value > 0 else "negative"
    options = options | {"nan": t("autograd.graph.answers.nan")}
    facts = {"leaf": found.leaf, "value": number(value)}
    if found.autograd is None or not found.paths:
        cut = abs(found.finite or 0.0) > SOME        # it counts, but no operation recorded it
        none = "autograd.graph.why_cut" if cut else "autograd.graph.why_none"
        why = t(none if found.autograd is None else "autograd.graph.why_tensor", **facts)
    elif truth == "nan":
        why = t("autograd.graph.why_nan", product=_products(found) or "…", **facts)
    elif truth == "zero":
        blocked = all(0 in path for path in found.paths)
        why = t("autograd.graph.why_zero" if blocked else "autograd.graph.why_cancel", product=_products(found) or "…", **facts)
    else:
        why = t("autograd.graph.why_paths" if len(found.paths) > 1 else "autograd.graph.why_path", product=_products(found) or "…", **facts)
    predict.compare(t, given, truth, options, why, PAGE)


def _slider(t: Text, count: int) -> int:
    key = key_of(PAGE, "step")
    st.session_state[key] = min(st.session_state[key], count)
    return st.slider(t("fields.step.label"), 0, count, key=key, help=t("fields.step.help"), persist_state="session")


def _step(t: Text, found: Graph, step: int) -> str:
    """What the step multiplied and added."""
    if step == 0:
        return t("autograd.graph.forward")
    at = found.order[step - 1]
    node, count = found.nodes[at], len(found.order)
    if at == found.order[0]:
        return t("autograd.graph.first", step=step, count=count, node=node.label)
    terms = [(user.gradient, edge.local) for user in found.nodes for edge in user.edges if edge.source == at and edge.passed is not None]
    written = " + ".join(f"{number(flows)} · {number(local)}" for flows, local in terms if local is not None)
    facts = {"step": step, "count": count, "node": node.label, "gradient": number(node.gradient)}
    if any(local is None for _, local in terms) or len(terms) > MOST:
        return t("autograd.graph.step_tensor", parts=len(terms), **facts)
    return t("autograd.graph.step", sum=written, **facts)


def _products(found: Difference) -> str:
    """Every path's product: "0.1966 · 1 · 2", with a + between the paths; "" when that is long or not known."""
    if not found.paths or len(found.paths) > MOST:
        return ""
    written = " + ".join(" · ".join(map(number, path)) or "1" for path in found.paths)
    return written if len(written) <= LONGEST else ""


def _table(t: Text, checked: tuple[Difference, ...]) -> str:
    rows = [t("autograd.graph.table")]
    for each in checked:
        product, total = _products(each), "–" if each.chain is None else number(each.chain)
        chain = f"{product} = {total}" if product and product != total else total
        autograd = "None" if each.autograd is None else number(each.autograd, 10)
        tried = ("–", "–") if each.finite is None else (number(each.finite, 10), number(each.error, 2))
        rows.append(f"| `{each.leaf}` | {chain} | {autograd} | {tried[0]} | {tried[1]} |")
    return "\n".join(rows)


def _program(spec: GraphSpec, found: Graph) -> str:
    """The same at home."""
    used = [name for name in LEAVES if any(node.operation == name for node in found.nodes)]
    lines = ["import torch", "from torch.nn import functional as F", ""] if "F." in found.text else ["import torch", ""]
    lines += [f"{name} = torch.tensor({round(getattr(spec, name), 10)}, dtype=torch.float64, requires_grad=True)" for name in used]
    if any(FUNCTIONS[node.operation].draws for node in found.nodes if node.operation in FUNCTIONS):
        lines.append("torch.manual_seed(0)")
    return "\n".join([*lines, f"out = {found.text}", "out.backward()", f"print({', '.join(f'{name}.grad' for name in used)})"])


def _kept(t: Text, found: Graph) -> str:
    """Of every node what PyTorch recorded."""
    rows = [t("autograd.graph.kept")]
    for node in found.nodes:
        saved = ", ".join(f"{name} = {number(value)}" for name, value in node.saved) or "–"
        yes = t("autograd.graph.yes"), t("autograd.graph.no")
        label = node.label.replace("|", "\\|")       # else it would end the table's cell
        rows.append(f"| `{label}` | {f'`{node.grad_fn}`' if node.grad_fn else 'None'} | {saved} | {yes[not node.is_leaf]} | "
                    f"{yes[not node.requires_grad]} |")
    return "\n".join(rows)
