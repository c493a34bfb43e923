"""What an operation sends back, as a formula in whole tensors.

The name of the operation says which formula holds. It is then computed, and told only if it gives what PyTorch sent, since a keyword may
change what an operation does. The other way round equal numbers prove no formula: 2 · g is what x ** 2 sends back at 1, and only there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from core.broadcast import align
from core.expression.misfit import BY_ELEMENT
from core.gradient.follow import Edge, Graph, Node

PRODUCTS = ("@", "matmul", "mm", "mv", "dot")
UNARY = {"relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "sigmoid", "tanh", "exp", "log", "sqrt", "square", "abs", "sin", "cos",
         "neg", "reciprocal", "clamp"}
PLACED = {"[]", "T", "mT", "view", "reshape", "flatten", "unsqueeze", "squeeze", "transpose", "permute", "t", "contiguous", "clone"}
CONSTANT = {"+", "-", "*", "add", "sub", "mul"}      # with one tensor, whose derivative is then the same wherever it stands
QUOTIENT = "DivBackward0"                            # so is that of x / 2; 2 / x is recorded as a product with x.reciprocal()
LONGEST = 14                                         # letters of an operand in a formula


@dataclass(frozen=True)
class Way:
    """kind: "product", "same" (g as it is), "element" (by element), "derivative" (times that of each element), "sum", "place", or "shape",
    which is said where nothing more is known.

    formula: with g for the gradient of the operation's result. shapes: what becomes what. stretched: axes of the result along which the
    operand was repeated by broadcasting, and along which what goes back is then summed.
    """

    kind: str
    formula: str = ""
    shapes: str = ""
    stretched: tuple[int, ...] = ()


def way(graph: Graph, user: Node, place: int) -> Way:
    """How an operation's edge, which has sent something back, came to its gradient."""
    sent, operand = user.edges[place].passed, graph.nodes[user.edges[place].source]
    for found, gives in _candidates(graph, user, place):
        gives = _summed(gives, sent.shape) if found.stretched else gives
        if gives.shape == sent.shape and torch.allclose(gives.to(sent.dtype), sent, equal_nan=True):
            return found
    by_element = user.operation.rpartition(".")[2] in BY_ELEMENT
    return Way("shape", stretched=_stretched(operand.value, user.value) if by_element else ())


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
            yield from _matmul("g", g, f"{n}ᵀ", b.T)
        case 0, 2, 1:
            yield from _matmul("g[:, None]", g[:, None], f"{n}[None, :]", b[None, :])
        case 0, 1, 2:
            yield from _matmul(n, b, "g", g)
        case 1, 2, _:
            yield from _matmul(f"{m}ᵀ", a.T, "g", g)
        case 1, 1, 2:
            yield from _matmul(f"{m}[:, None]", a[:, None], "g[None, :]", g[None, :])
        case _, 1, 1:
            yield from _times(g, *((n, b) if place == 0 else (m, a)))


def _linear(others: list[Node], place: int, g: Tensor) -> Iterator[tuple[Way, Tensor]]:
    """out = x @ weightᵀ + bias."""
    x, weight = others[0], others[1]
    if place == 0:
        yield from _matmul("g", g, _name(weight), weight.value)
    elif place == 1 and x.value.ndim == g.ndim == 2:
        yield from _matmul("gᵀ", g.T, _name(x), x.value)
    elif place == 1 and x.value.ndim == g.ndim == 1:
        yield from _matmul("g[:, None]", g[:, None], f"{_name(x)}[None, :]", x.value[None, :])
    elif place == 2:
        yield Way("same", "g", _arrow(g, others[2].value), _stretched(others[2].value, g)), g


def _by_element(name: str, user: Node, operand: Node, edge: Edge, others: list[Node], place: int) -> Iterator[tuple[Way, Tensor]]:
    g, stretched = user.gradient, _stretched(operand.value, user.value)
    shapes = _arrow(g, operand.value)
    sign = -1 if name in ("-", "sub") and place == 1 else 1
    if name in ("+", "-", "add", "sub"):
        yield (Way("same", "g", shapes, stretched) if sign > 0 else Way("element", "−g", shapes, stretched)), sign * g
    if len(others) == 2 and name in ("*", "mul"):
        for found, gives in _times(g, _name(others[1 - place]), others[1 - place].value):
            yield replace(found, stretched=stretched), gives
    if len(others) == 2 and place == 0 and name in ("/", "div") and _fit(g, others[1].value):
        gives = g / others[1].value
        yield Way("element", f"g / {_name(others[1])}", f"{_shape(g)} / {_shape(others[1].value)} → {_shape(gives)}", stretched), gives
    if edge.ones is not None and edge.ones.shape == g.shape:               # then these are the derivatives themselves
        constant = len(others) == 1 and (name in CONSTANT or user.grad_fn == QUOTIENT) and edge.ones.numel() > 0
        yield _factor(edge.ones.flatten()[0].item(), shapes) if constant else Way("derivative", shapes=shapes), g * edge.ones


def _factor(factor: float, shapes: str) -> Way:
    if factor == 1:
        return Way("same", "g", shapes)
    return Way("element", "−g" if factor == -1 else f"{factor:.4g} · g".replace("-", "−"), shapes)


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


def _matmul(left_name: str, left: Tensor, right_name: str, right: Tensor) -> Iterator[tuple[Way, Tensor]]:
    """Nothing where the shapes do not fit, as when a keyword changes the order of operands."""
    if left.ndim and right.ndim and left.shape[-1] == right.shape[max(right.ndim - 2, 0)]:
        gives = left @ right
        yield Way("product", f"{left_name} @ {right_name}", f"{_shape(left)} @ {_shape(right)} → {_shape(gives)}"), gives


def _times(g: Tensor, right_name: str, right: Tensor) -> Iterator[tuple[Way, Tensor]]:
    """Nothing where the shapes do not fit, as when the operand is a number that was made of a tensor."""
    if _fit(g, right):
        gives = g * right
        yield Way("element", f"g * {right_name}", f"{_shape(g)} * {_shape(right)} → {_shape(gives)}"), gives


def _fit(x: Tensor, y: Tensor) -> bool:
    return all(axis.fits for axis in align(tuple(x.shape), tuple(y.shape)))


def _summed(gives: Tensor, shape: torch.Size) -> Tensor:
    """Over the axes along which a tensor of this shape was stretched; as it is where it was not."""
    axes = align(tuple(gives.shape), tuple(shape))
    return gives.sum_to_size(shape) if all(axis.a is not None and axis.b in (None, 1, axis.a) for axis in axes) else gives


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
