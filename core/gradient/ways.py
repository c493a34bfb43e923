"""What an operation sends back, as a formula in whole tensors. Each is computed, and told only if it gives what PyTorch sent."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from core.expression.misfit import BY_ELEMENT
from core.gradient.follow import Edge, Graph, Node

PRODUCTS = ("@", "matmul", "mm", "mv", "dot")
UNARY = {"relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "sigmoid", "tanh", "exp", "log", "sqrt", "square", "abs", "sin", "cos",
         "neg", "reciprocal", "clamp"}
PLACED = {"[]", "T", "mT", "view", "reshape", "flatten", "unsqueeze", "squeeze", "transpose", "permute", "t", "contiguous", "clone"}
LONGEST = 14                                         # letters of an operand in a formula


@dataclass(frozen=True)
class Way:
    """kind: "product", "same" (g as it is), "element" (by element), "derivative" (times that of each element), "sum", "place", or "shape".

    The last is said where nothing more is known.

    formula: with g for the gradient of the operation's result. shapes: what becomes what. stretched: axes of the result along which the
    operand was repeated by broadcasting, and along which the formula's result is then summed.
    """

    kind: str
    formula: str = ""
    shapes: str = ""
    stretched: tuple[int, ...] = ()


def way(graph: Graph, user: Node, place: int) -> Way:
    """How an operation's edge, which has sent something back, came to its gradient."""
    sent = user.edges[place].passed
    try:
        for found, gives in _candidates(graph, user, place):
            gives = gives.sum_to_size(sent.shape) if found.stretched else gives
            if gives.shape == sent.shape and torch.allclose(gives, sent, equal_nan=True):
                return found
    except RuntimeError:                             # the formula is of other shapes, as when a keyword changes the order of operands
        pass
    return Way("shape")


def _candidates(graph: Graph, user: Node, place: int) -> Iterator[tuple[Way, Tensor]]:
    """Formulas with what they give, before the sum over stretched axes."""
    name, g, edge = user.operation.rpartition(".")[2], user.gradient, user.edges[place]
    operand, others = graph.nodes[edge.source], [graph.nodes[each.source] for each in user.edges]
    if name in PRODUCTS and len(others) == 2:
        yield from _product(others, place, g)
    if name == "linear":
        yield from _linear(others, place, g)
    if name in BY_ELEMENT | UNARY:
        yield from _by_element(name, user, operand, edge, others, place)
    if name in ("sum", "mean"):
        yield from _reduced(name, g, operand)
    if name in PLACED and edge.ones is not None and bool(((edge.ones == 0) | (edge.ones == 1)).all()):
        yield Way("place"), edge.passed


def _product(others: list[Node], place: int, g: Tensor) -> Iterator[tuple[Way, Tensor]]:
    """out = a @ b, of at most two axes each."""
    (a, b), (m, n) = (node.value for node in others), map(_name, others)
    match place, a.ndim, b.ndim:
        case 0, 2, 2:
            yield _matmul("g", g, f"{n}ᵀ", b.T)
        case 0, 2, 1:
            yield _matmul("g[:, None]", g[:, None], f"{n}[None, :]", b[None, :])
        case 0, 1, 2:
            yield _matmul(n, b, "g", g)
        case 1, 2, _:
            yield _matmul(f"{m}ᵀ", a.T, "g", g)
        case 1, 1, 2:
            yield _matmul(f"{m}[:, None]", a[:, None], "g[None, :]", g[None, :])
        case _, 1, 1:
            yield _times("g", g, *((n, b) if place == 0 else (m, a)))


def _linear(others: list[Node], place: int, g: Tensor) -> Iterator[tuple[Way, Tensor]]:
    """out = x @ weightᵀ + bias."""
    x, weight = others[0], others[1]
    if place == 0:
        yield _matmul("g", g, _name(weight), weight.value)
    elif place == 1 and x.value.ndim == g.ndim == 2:
        yield _matmul("gᵀ", g.T, _name(x), x.value)
    elif place == 1 and x.value.ndim == g.ndim == 1:
        yield _matmul("g[:, None]", g[:, None], f"{_name(x)}[None, :]", x.value[None, :])
    elif place == 2:
        yield Way("same", "g", _arrow(g, others[2].value), _stretched(others[2].value, g)), g


def _by_element(name: str, user: Node, operand: Node, edge: Edge, others: list[Node], place: int) -> Iterator[tuple[Way, Tensor]]:
    g, stretched = user.gradient, _stretched(operand.value, user.value)
    shapes = _arrow(g, operand.value)
    sign = -1 if name in ("-", "sub") and place == 1 else 1
    if name in ("+", "-", "add", "sub"):
        yield (Way("same", "g", shapes, stretched) if sign > 0 else Way("element", "−g", shapes, stretched)), sign * g
    if len(others) == 2 and name in ("*", "mul"):
        found, gives = _times("g", g, _name(others[1 - place]), others[1 - place].value)
        yield Way("element", found.formula, found.shapes, stretched), gives
    if len(others) == 2 and place == 0 and name in ("/", "div"):
        yield Way("element", f"g / {_name(others[1])}", f"{_shape(g)} / {_shape(others[1].value)}", stretched), g / others[1].value
    if edge.ones is not None and edge.ones.shape == g.shape:               # then these are the derivatives themselves
        first = edge.ones.flatten()[0].item() if edge.ones.numel() else 0.0
        constant = bool((edge.ones == first).all()) and name not in UNARY
        factor = "−g" if first == -1 else f"{first:.4g} · g".replace("-", "−")
        yield Way("same", "g", shapes) if constant and first == 1 else Way("element", factor, shapes) if constant else Way(
            "derivative", shapes=shapes), g * edge.ones


def _reduced(name: str, g: Tensor, operand: Node) -> Iterator[tuple[Way, Tensor]]:
    """Over all elements or along one axis: each element gets what its sum or mean got, a mean's share of it."""
    x = operand.value
    axes = range(x.ndim) if g.ndim else (None,)
    for axis in axes:
        count = x.numel() if axis is None else x.shape[axis]
        if axis is not None and g.numel() * count != x.numel():
            continue
        spread = g if axis is None else g.reshape(*x.shape[:axis], 1, *x.shape[axis + 1:])
        share = count if name == "mean" else 1
        yield Way("sum", "g" if share == 1 else f"g / {share}", _arrow(g, x)), (spread / share).expand_as(x)


def _matmul(left_name: str, left: Tensor, right_name: str, right: Tensor) -> tuple[Way, Tensor]:
    gives = left @ right
    return Way("product", f"{left_name} @ {right_name}", f"{_shape(left)} @ {_shape(right)} → {_shape(gives)}"), gives


def _times(left_name: str, left: Tensor, right_name: str, right: Tensor) -> tuple[Way, Tensor]:
    gives = left * right
    return Way("element", f"{left_name} * {right_name}", f"{_shape(left)} * {_shape(right)} → {_shape(gives)}"), gives


def _stretched(x: Tensor, out: Tensor) -> tuple[int, ...]:
    """Axes of the result that the operand lacks, or of which it has one where the result has more."""
    missing = out.ndim - x.ndim
    return tuple(axis for axis in range(out.ndim) if axis < missing or (x.shape[axis - missing] == 1 and out.shape[axis] != 1))


def _name(node: Node) -> str:
    text = node.text if len(node.text) <= LONGEST else node.text[:LONGEST - 1] + "…"
    return text if text.isidentifier() else f"({text})"


def _arrow(g: Tensor, x: Tensor) -> str:
    return f"{_shape(g)} → {_shape(x)}"


def _shape(x: Tensor) -> str:
    return str(tuple(x.shape))
