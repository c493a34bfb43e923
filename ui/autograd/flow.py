"""What a graph's views share: examples, the question, the steps back, where a derivative is missing, and the program to take home."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache

import streamlit as st

from content.text import Text
from core.errors import SpecError
from core.expression.table import FUNCTIONS
from core.gradient import check, follow
from core.gradient.check import Difference, differences, spoiled
from core.gradient.follow import LEAVES, Graph, Node, Tensor
from core.gradient.specs import GraphSpec, TensorGraphSpec, leaves
from core.gradient.ways import way
from figures import gradient as figure
from figures.node import number
from ui import examples, picture, predict, say, source, underlined
from ui.fold import deeper
from ui.link import key_of

MOST = 4                                             # terms that are worth reading
PICTURE = ("alt", "leaf", "constant", "operation", "again")

Spec = GraphSpec | TensorGraphSpec


def offer(t: Text, page: str, known: Mapping[str, tuple]) -> None:
    """Examples with their numbers, seen from the start."""
    fields = {text: dict(zip(LEAVES, given, strict=True)) for text, given in known.items()}
    examples.offer(t, page, {text: {"expression": text, "step": 0, **numbers} for text, numbers in fields.items()})


def forward(spec: Spec) -> Spec:
    """What the question is about: the same, however many gradients have come back."""
    return replace(spec, step=0)


def followed(t: Text, page: str, spec: Spec) -> Graph | None:
    """None after its refusal has been shown."""
    try:
        return _followed(forward(spec))
    except SpecError as error:
        underlined.show(t, spec.expression, error, f"{page}.refused")
        return None


@lru_cache(maxsize=128)
def _followed(spec: Spec) -> Graph:
    return follow.follow(spec.expression, leaves(spec))


@lru_cache(maxsize=128)
def checked(spec: Spec) -> tuple[Difference, ...]:
    """Of a spec as `forward` gives it."""
    return differences(_followed(spec), leaves(spec))


def asked(t: Text, page: str, spec: Spec, found: Graph, question: str, options: dict[str, str],
          compare: Callable[[str, tuple[Difference, ...]], None]) -> tuple[Difference, ...] | None:
    """The question and the graph, whose gradients are shown once it is answered. None before.

    compare: shows an answer beside what was checked.
    """
    given = predict.ask(t, forward(spec), question, options, page)
    if given is None:
        _draw(t, page, found, 0)
        return None
    differences = checked(forward(spec))
    compare(given, differences)
    step = _step(t, page, len(found.order))
    _draw(t, page, found, step)
    st.markdown(told(t, found, step))
    if any(each.unchecked for each in differences):
        st.caption(t("autograd.graph.unchecked"))
    return differences


def _step(t: Text, page: str, count: int) -> int:
    key = key_of(page, "step")
    st.session_state[key] = min(st.session_state[key], count)
    return st.slider(t("fields.step.label"), 0, count, key=key, help=t("fields.step.help"), persist_state="session")


def _draw(t: Text, page: str, found: Graph, step: int) -> None:
    picture.show(figure.graph(found, step, {name: t(f"autograd.graph.{name}") for name in PICTURE}), page)


def folded(t: Text, page: str, spec: Spec, found: Graph, legend: str) -> None:
    """Below the answer: how to read the picture, the program, what was saved, and the source."""
    st.caption(legend)
    with deeper(t, page) as is_open:
        if is_open:
            st.code(_program(spec, found))
            st.markdown(_kept(t, found))
            st.markdown(t("autograd.graph.deeper"))
    source.show(t, page, follow.follow, check.back, check.sides)


def told(t: Text, found: Graph, step: int) -> str:
    """What the step multiplied and added."""
    if step == 0:
        return t("autograd.graph.forward")
    at = found.order[step - 1]
    node, count = found.nodes[at], len(found.order)
    if at == found.order[0]:
        return t("autograd.graph.first", step=step, count=count, node=node.label)
    sent = [(user, place) for user in found.nodes for place, edge in enumerate(user.edges)
            if edge.source == at and edge.passed is not None]
    terms = [(user.gradient, user.edges[place].local) for user, place in sent]
    facts = {"step": step, "count": count, "node": node.label}
    if len(terms) > MOST:
        return t("autograd.graph.step_many", parts=len(terms), gradient=number(node.gradient), **facts)
    if all(local is not None for _, local in terms):
        written = " + ".join(f"{number(flows)} · {number(local)}" for flows, local in terms)
        return t("autograd.graph.step", sum=written, gradient=number(node.gradient), **facts)
    ways = [_way(t, found, user, place) for user, place in sent]
    lines = ways if len(ways) == 1 else [t("autograd.graph.ways_add", parts=len(ways)), *(f"\n* {each}" for each in ways)]
    return say.together(t, t("autograd.graph.step_shape", shape=shape(node.value), **facts), *lines)


def _way(t: Text, found: Graph, user: Node, place: int) -> str:
    """What one operation sent back, in whole tensors."""
    sent, operand = way(found, user, place), found.nodes[user.edges[place].source]
    facts = {"user": user.label, "operand": operand.label, "formula": sent.formula, "shapes": sent.shapes, "g": shape(user.gradient),
             "shape": shape(operand.value)}
    words = [t(f"autograd.graph.ways.{sent.kind}", **facts)]
    if sent.stretched:
        axes, several = ", ".join(map(str, sent.stretched)), len(sent.stretched) > 1
        words.append(t(f"autograd.graph.ways.stretched{'_axes' if several else ''}", axes=axes, out=shape(user.value), **facts))
    return say.together(t, *words)


def shape(x: Tensor) -> str:
    return str(tuple(x.shape))


def warnings(t: Text, found: Graph, checked: tuple[Difference, ...], leaf: str) -> str:
    """Where the learner stands on a kink or a jump, and where a gradient is inf or nan; of several elements one, the asked leaf's first."""
    words = []
    rough = [each for each in checked if each.rough and each.autograd is not None and math.isfinite(each.autograd)]
    if rough:
        first = min(rough, key=lambda each: each.leaf != leaf)
        facts = {"element": element(first), "left": number(first.left), "right": number(first.right),
                 "autograd": number(first.autograd), "finite": number(first.finite)}
        words.append(t(f"autograd.graph.rough.{first.rough}", **facts))
        if more := sum(each.rough == first.rough for each in rough) - 1:
            words.append(t(f"autograd.graph.rough.{'more' if more > 1 else 'one_more'}", more=more))
    if begins := spoiled(found):
        words.append(_spoiled(t, found, *begins))
    return say.together(t, *words)


def _spoiled(t: Text, found: Graph, at: int, place: int) -> str:
    user = found.nodes[at]
    edge = user.edges[place]
    facts = {"user": user.label, "operand": found.nodes[edge.source].label, "value": number(found.nodes[edge.source].value)}
    if not user.value.isfinite().all():
        return t("autograd.graph.spoiled.forward", result=number(user.value), **facts)
    if edge.local is None:
        return t("autograd.graph.spoiled.tensor", **facts)
    return t("autograd.graph.spoiled.number", flows=number(user.gradient), local=number(edge.local), passed=number(edge.passed), **facts)


def compared(each: Difference) -> tuple[str, str, str]:
    """Cells of a table: autograd, finite difference, and what lies between them."""
    autograd = "None" if each.autograd is None else number(each.autograd, 10)
    return (autograd, "–", "–") if each.finite is None else (autograd, number(each.finite, 10), number(each.error, 2))


def element(each: Difference) -> str:
    """ "x" or "x[0, 1]"."""
    return each.leaf + (f"[{', '.join(map(str, each.index))}]" if each.index else "")


def _program(spec: Spec, found: Graph) -> str:
    """The same at home."""
    used = {node.operation: node.value for node in found.nodes if node.operation in LEAVES}
    lines = ["import torch", "from torch.nn import functional as F", ""] if "F." in found.text else ["import torch", ""]
    lines += [f"{name} = torch.tensor({used[name].tolist()}, dtype=torch.float64, requires_grad=True)" for name in LEAVES if name in used]
    if any(FUNCTIONS[node.operation].draws for node in found.nodes if node.operation in FUNCTIONS):
        lines.append("torch.manual_seed(0)")
    grads = ", ".join(f"{name}.grad" for name in LEAVES if name in used)
    return "\n".join([*lines, f"out = {found.text}", "out.backward()", f"print({grads})"])


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
