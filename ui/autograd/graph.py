"""How does a gradient find its way back?"""

import math
from functools import partial

import streamlit as st

from content.text import Text
from core.gradient.check import Difference
from core.gradient.follow import LEAVES, Graph
from core.gradient.specs import EXAMPLES, GraphSpec
from figures.node import number
from ui import predict, say
from ui.autograd import flow

PAGE = "autograd.graph"
ANSWERS = ("positive", "negative", "zero")
LONGEST = 60                                         # letters of a sum of products that are worth reading
SOME = 1e-6                                          # more than the rounding of a finite difference


def draw(t: Text, spec: GraphSpec) -> None:
    flow.offer(t, PAGE, EXAMPLES)
    found = flow.followed(t, PAGE, spec)
    if found is None:
        return
    leaf = next(name for name in LEAVES for node in found.nodes if node.operation == name)
    options = {key: t(f"autograd.graph.answers.{key}") for key in ANSWERS}
    compare = partial(_compare, t, found, leaf, options)
    checked = flow.asked(t, PAGE, spec, found, t("autograd.graph.predict", leaf=leaf), options, compare)
    if checked is not None:
        st.markdown(_table(t, checked))
    flow.folded(t, PAGE, spec, found, t("autograd.graph.legend"))


def _compare(t: Text, graph: Graph, leaf: str, options: dict[str, str], given: str, checked: tuple[Difference, ...]) -> None:
    found = next(each for each in checked if each.leaf == leaf)
    value = found.autograd or 0.0
    truth = "nan" if math.isnan(value) else "zero" if value == 0 else "positive" if value > 0 else "negative"
    options = options | {"nan": t("autograd.graph.answers.nan")}
    why = say.together(t, t(f"autograd.graph.{_why(found, truth)}", leaf=leaf, value=number(value), product=_products(found) or "…"),
                       flow.warnings(t, graph, checked, leaf))
    predict.compare(t, given, truth, options, why, PAGE)


def _why(found: Difference, truth: str) -> str:
    """The key of the reason."""
    if found.autograd is None and found.finite is None:
        return "why_unknown"
    if found.autograd is None:
        return "why_cut" if abs(found.finite) > SOME else "why_none"                 # it counts, but no operation recorded it
    if not found.paths:
        return "why_tensor"
    if truth == "nan":
        return "why_nan"
    if truth == "zero":
        return "why_zero" if all(0 in path for path in found.paths) else "why_cancel"
    return "why_paths" if len(found.paths) > 1 else "why_path"


def _products(found: Difference) -> str:
    """Every path's product: "0.1966 · 1 · 2", with a + between the paths; "" when that is long or not known."""
    if not found.paths or len(found.paths) > flow.MOST:
        return ""
    written = " + ".join(" · ".join(map(number, path)) or "1" for path in found.paths)
    return written if len(written) <= LONGEST else ""


def _table(t: Text, checked: tuple[Difference, ...]) -> str:
    rows = [t("autograd.graph.table")]
    for each in checked:
        product, total = _products(each), "–" if each.chain is None else number(each.chain)
        chain = f"{product} = {total}" if product and product != total else total
        rows.append(f"| `{each.leaf}` | {chain} | {' | '.join(flow.compared(each))} |")
    return "\n".join(rows)
