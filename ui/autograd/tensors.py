"""What shape does a gradient have, and where does each of its numbers come from?"""

from functools import partial

import streamlit as st

from content.text import Text
from core.gradient.check import Difference
from core.gradient.follow import LEAVES, Graph
from core.gradient.specs import TENSOR_EXAMPLES, TensorGraphSpec
from core.gradient.ways import way
from figures.node import number
from ui import predict, say
from ui.autograd import flow
from ui.fold import fold

PAGE = "autograd.tensors"
NONE = "none"


def draw(t: Text, spec: TensorGraphSpec) -> None:
    st.caption(t("autograd.tensors.typing"))
    flow.offer(t, PAGE, TENSOR_EXAMPLES)
    found = flow.followed(t, PAGE, spec)
    if found is None:
        return
    asked = _asked(found)
    leaf = found.nodes[asked]
    options = {key: key for key in _shapes(found, asked)} | {NONE: t("autograd.tensors.none")}
    question = t("autograd.tensors.predict", leaf=leaf.operation, shape=flow.shape(leaf.value))
    checked = flow.asked(t, PAGE, spec, found, question, options, partial(_compare, t, found, asked, options))
    if checked is not None:
        st.markdown(_leaves(t, checked, found))
        with fold(t("autograd.tensors.elements"), f"{PAGE}.elements", ":material/table_rows:") as is_open:
            if is_open:
                st.markdown(_elements(t, checked))
    flow.folded(t, PAGE, spec, found, t("autograd.tensors.legend"))


def _asked(found: Graph) -> int:
    """The leaf that the question is about, as an index of nodes: one that was stretched, else a tensor, else any."""
    named = [i for name in LEAVES for i, node in enumerate(found.nodes) if node.operation == name]
    return min(named, key=lambda i: (not _stretched(found, i), not found.nodes[i].value.ndim))


def _stretched(found: Graph, leaf: int) -> bool:
    return any(way(found, user, place).stretched for user in found.nodes for place, edge in enumerate(user.edges)
               if edge.source == leaf and edge.passed is not None)


def _shapes(found: Graph, asked: int) -> list[str]:
    """Answers: the leaf's own shape, turned round, those of the operations that use it, and that of the result."""
    own = found.nodes[asked].value.shape
    users = [user.value.shape for user in found.nodes if any(edge.source == asked for edge in user.edges)]
    return sorted({str(tuple(shape)) for shape in (own, own[::-1], *users[:2], found.nodes[-1].value.shape)})


def _compare(t: Text, graph: Graph, asked: int, options: dict[str, str], given: str, checked: tuple[Difference, ...]) -> None:
    leaf = graph.nodes[asked]
    name, shape = leaf.operation, flow.shape(leaf.value)
    truth = NONE if leaf.gradient is None else shape
    facts = {"leaf": name, "shape": shape, "count": leaf.value.numel()}
    words = [t("autograd.tensors.why_none", **facts) if leaf.gradient is None else t("autograd.tensors.why", **facts)]
    if leaf.gradient is not None and _stretched(graph, asked):
        words.append(t("autograd.tensors.why_stretched", **facts))
    words.append(flow.warnings(t, graph, checked, name))
    predict.compare(t, given, truth, options, say.together(t, *words), PAGE)


def _leaves(t: Text, checked: tuple[Difference, ...], found: Graph) -> str:
    """A row for each leaf: its shape, its gradient's, and the worst of its elements."""
    rows = [t("autograd.tensors.table")]
    for node in (node for node in found.nodes if node.operation in LEAVES):
        errors = [each.error for each in checked if each.leaf == node.operation and each.error is not None]
        gradient = "None" if node.gradient is None else flow.shape(node.gradient)
        rows.append(f"| `{node.operation}` | {flow.shape(node.value)} | {gradient} | {number(max(errors), 2) if errors else '–'} |")
    return "\n".join(rows)


def _elements(t: Text, checked: tuple[Difference, ...]) -> str:
    return "\n".join([t("autograd.tensors.element_table"),
                      *(f"| `{flow.element(each)}` | {' | '.join(flow.compared(each))} |" for each in checked)])
