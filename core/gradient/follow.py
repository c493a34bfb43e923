"""Follow the gradient through a typed expression: the graph that PyTorch records, what each operation passes back, and in which order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from core.errors import SpecError
from core.expression.budget import tensors_in
from core.expression.evaluate import Evaluation, Step, evaluate

LEAVES = ("x", "w", "y")
LEAF_ELEMENTS = 12
ELEMENTS = 400                                       # of any tensor on the way
OPERATIONS = 25


@dataclass(frozen=True)
class Edge:
    """One use of a value by an operation.

    local: the operation's own derivative with respect to that value, where both are single numbers. passed: the gradient that flows
    back along this edge, of the value's shape. ones: what would flow back if the gradient of the result were 1 everywhere; of an
    element-wise operation that is its derivative at each element. None where no gradient flows, as through a comparison.
    """

    source: int                                      # index of the node whose value is used
    local: float | None
    passed: Tensor | None
    ones: Tensor | None = None


@dataclass(frozen=True)
class Node:
    """A tensor of the graph: a named one, which is one node however often it is used, or the result of an operation."""

    operation: str                                   # "*", ".sigmoid", or the name of a tensor
    label: str                                       # the operation with "·" for each result of another: "· + y"
    text: str                                        # the whole part of the expression
    value: Tensor
    edges: tuple[Edge, ...]                          # its operands, from left to right
    grad_fn: str                                     # "MulBackward0", "" if PyTorch recorded nothing
    saved: tuple[tuple[str, Tensor | float], ...]    # what grad_fn keeps for the way back
    is_leaf: bool
    requires_grad: bool
    gradient: Tensor | None                          # of the result with respect to this value, None if none flows here


@dataclass(frozen=True)
class Graph:
    """nodes in the order in which they were computed, the result last; order: indices of nodes as their gradients become complete."""

    text: str
    nodes: tuple[Node, ...]
    order: tuple[int, ...]


def follow(text: str, leaves: dict[str, Tensor], seed: int = 0) -> Graph:
    """Compute an expression in the leaves, then `.backward()` from its result.

    leaves: at most x, w and y, floating, of at most 12 elements each.
    Raises SpecError as `evaluate` does, and "gradient_leaf", "gradient_complex", "gradient_too_large", "gradient_too_many_operations",
    "gradient_refused", "gradient_not_scalar" or "gradient_no_graph"; start and end say where.
    """
    _check_leaves(leaves)
    evaluation = evaluate(text, leaves, seed, grad=leaves)
    _check(evaluation)
    steps = _tensors_once(evaluation.steps)
    recorded = {i: _recorded(step.value) for i, step in steps.items()}       # before backward(), which lets the saved values go
    gradients = _flow_back(evaluation, steps)
    nodes, places = [], {i: place for place, i in enumerate(steps)}
    for i, step in steps.items():
        operands = _operands(evaluation.steps, step)
        sources = [evaluation.steps[used] for used in operands]
        indices = [places[_first(evaluation.steps, used)] for used in operands]
        grad_fn, saved = recorded[i]
        nodes.append(Node(step.operation, _label(step, sources), step.text, step.value.detach(),
                          _edges(step, sources, indices, gradients.get(i), seed), grad_fn, saved,
                          step.value.is_leaf, step.value.requires_grad, gradients.get(i)))
    return Graph(evaluation.text, tuple(nodes), tuple(places[i] for i in gradients))


def _flow_back(evaluation: Evaluation, steps: dict[int, Step]) -> dict[int, Tensor]:
    """The gradient of each step's value, in the order in which PyTorch completes them: a hook on each tensor hears of it."""
    gradients: dict[int, Tensor] = {}

    def hear(i: int, gradient: Tensor) -> None:
        gradients[i] = gradient.clone()

    for i, step in reversed(steps.items()):          # a step may pass its operand on as it is: the later step hears first
        if step.value.requires_grad:
            step.value.register_hook(partial(hear, i))
    try:
        evaluation.value.backward()
    except RuntimeError as refused:                  # some operations have no derivative, or none here
        raise _refusal(evaluation.steps[-1], str(refused)) from None
    return gradients


def _edges(step: Step, sources: Sequence[Step], indices: list[int], gradient: Tensor | None, seed: int) -> tuple[Edge, ...]:
    """Do the operation alone, on copies of its operands that are cut off from the rest, and go back through it, and no further."""
    names = [f"_{i}" for i in range(len(sources))]
    copies = {name: source.value.detach() for name, source in zip(names, sources, strict=True)}
    followed = [name for name, source in zip(names, sources, strict=True) if source.value.requires_grad]
    if gradient is None or not followed:
        return tuple(Edge(index, None, None) for index in indices)
    done = evaluate(_cut(step, sources, names), copies, seed, grad=followed)
    inputs = [next(s.value for s in done.steps if s.operation == name) for name in followed]
    back = [torch.autograd.grad(done.value, inputs, to_send, retain_graph=True, allow_unused=True)
            for to_send in (torch.ones_like(done.value), gradient)]
    ones, passed = (dict(zip(followed, each, strict=True)) for each in back)
    single = done.value.numel() == 1
    return tuple(Edge(index, ones[name].item() if single and ones.get(name) is not None and ones[name].numel() == 1 else None,
                      passed.get(name), ones.get(name)) for name, index in zip(names, indices, strict=True))


def _tensors_once(steps: Sequence[Step]) -> dict[int, Step]:
    """The steps that gave a tensor, each named tensor once, by their places in the evaluation."""
    return {i: step for i, step in enumerate(steps) if isinstance(step.value, Tensor) and _first(steps, i) == i}


def _first(steps: Sequence[Step], i: int) -> int:
    """The place where a named tensor is used first; of an operation its own."""
    return next(k for k in range(i + 1) if steps[k].operation == steps[i].operation) if _is_name(steps[i]) else i


def _is_name(step: Step) -> bool:
    return step.operation.isidentifier()             # operations have a sign or a dot: "*", "[]", ".sum", "torch.sum"


def _operands(steps: Sequence[Step], step: Step) -> list[int]:
    """The tensors that went into an operation; behind a tuple, a list or a shape those that it was made of."""
    found = []
    for i in step.uses:
        found += [i] if isinstance(steps[i].value, Tensor) else _operands(steps, steps[i])
    return found


def _cut(step: Step, sources: Sequence[Step], names: Sequence[str]) -> str:
    """The text of an operation with names for its operands: "(x * w).sin()" -> "(_0).sin()"."""
    text = step.text
    for source, name in sorted(zip(sources, names, strict=True), key=lambda pair: -pair[0].start):
        text = text[:source.start - step.start] + name + text[source.end - step.start:]
    return text


def _label(step: Step, sources: Sequence[Step]) -> str:
    text = _cut(step, sources, [source.operation if _is_name(source) else "·" for source in sources])
    return re.sub(r"(?<![\w\])])\(·\)", "·", text)   # brackets of a call stay


def _recorded(value: Tensor) -> tuple[str, tuple[tuple[str, Tensor | float], ...]]:
    """The name of grad_fn and what it saved."""
    if value.grad_fn is None:
        return "", ()
    names = [name for name in dir(value.grad_fn) if name.startswith("_saved_")]
    saved = [(name.removeprefix("_saved_"), getattr(value.grad_fn, name)) for name in names]
    return value.grad_fn.name(), tuple((name, _kept(it)) for name, it in saved if isinstance(it, (Tensor, int, float)))


def _kept(value: Tensor | float) -> Tensor | float:
    if isinstance(value, Tensor):
        return value.detach().clone()
    return value - 2**64 if value >= 2**63 else value                       # dim=-1 is kept without its sign


def _check_leaves(leaves: dict[str, Tensor]) -> None:
    for name, leaf in leaves.items():
        if name not in LEAVES or not leaf.is_floating_point() or leaf.numel() > LEAF_ELEMENTS:
            raise SpecError("gradient_leaf", name=name, value=leaf.numel(), limit=LEAF_ELEMENTS, known=", ".join(LEAVES))


def _check(evaluation: Evaluation) -> None:
    """Small enough to be drawn, and a single number at the end, which depends on a leaf."""
    steps, last = evaluation.steps, evaluation.steps[-1]
    if evaluation.failure:
        raise _refusal(last, evaluation.failure.message)
    for step in steps:
        largest = max((tensor.numel() for tensor in tensors_in(step.value)), default=0)
        if isinstance(step.value, complex) or any(tensor.is_complex() for tensor in tensors_in(step.value)):
            raise SpecError("gradient_complex", value=step.text, **_place(step))
        if largest > ELEMENTS:
            raise SpecError("gradient_too_large", operation=step.operation, value=largest, limit=ELEMENTS, **_place(step))
    operations = sum(not _is_name(step) for step in steps)
    if operations > OPERATIONS:
        raise SpecError("gradient_too_many_operations", value=operations, limit=OPERATIONS, **_place(last))
    if isinstance(last.value, Tensor) and last.value.numel() != 1:
        raise SpecError("gradient_not_scalar", value=tuple(last.value.shape), **_place(last))
    if not isinstance(last.value, Tensor) or not last.value.requires_grad:
        raise SpecError("gradient_no_graph", value=last.text, **_place(last))


def _refusal(step: Step, message: str) -> SpecError:
    return SpecError("gradient_refused", operation=step.operation, value=message, **_place(step))


def _place(step: Step) -> dict[str, int]:
    return {"start": step.start, "end": step.end}
