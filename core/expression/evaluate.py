"""Compute a typed expression part by part, as Python would, and keep the value of every part. Nothing but the tables can be reached."""

import ast
import operator
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass

from torch import Generator, Tensor

from core.errors import SpecError
from core.expression.budget import Budget, tensors_in
from core.expression.misfit import Misfit, Shape, misfit
from core.expression.parse import LARGEST_NUMBER, parse, place
from core.expression.table import ATTRIBUTES, BINARY, COMPARISONS, CONSTANTS, FIELDS, FUNCTIONS, METHODS, UNARY, Function, dotted
from core.warned import heard

LARGEST_EXPONENT = 64                                # of numbers: 2**10**10 would be a number of three gigabytes


@dataclass(frozen=True)
class Failure:
    """Why an operation gave nothing: PyTorch's own words, the shapes of the tensors that went in, and the axes that do not fit."""

    kind: str                                        # "RuntimeError"
    message: str
    shapes: tuple[Shape, ...]
    misfit: Misfit | None


@dataclass(frozen=True)
class Step:
    """One part of an expression: a named tensor or an operation. Numbers, and lists and slices of them, are no steps."""

    text: str                                        # evaluation.text[start:end]
    start: int
    end: int
    operation: str                                   # "@", "torch.rand", ".sum", "[]", or the name of a tensor
    value: object                                    # tensor, number, shape, dtype, or several in a tuple or list; None if it failed
    uses: tuple[int, ...]                            # indices of the steps whose values went in
    failure: Failure | None = None
    warned: tuple[str, ...] = ()                     # what PyTorch said although it computed it


@dataclass(frozen=True)
class Evaluation:
    """The steps in the order in which they were computed. The last is the whole expression, or the operation that failed."""

    text: str                                        # what was typed, without the spaces around it
    steps: tuple[Step, ...]

    @property
    def value(self) -> object:
        return self.steps[-1].value

    @property
    def failure(self) -> Failure | None:
        return self.steps[-1].failure


def evaluate(text: str, tensors: dict[str, Tensor], seed: int = 0, grad: Collection[str] = (),
             budget: Budget | None = None) -> Evaluation:
    """What real PyTorch gives for the text after `torch.manual_seed(seed)`, with every value on the way. The tensors stay as they are.

    Tensors are on the CPU. Gradients are followed to copies of the tensors, of a floating dtype, that grad names; then the steps' values
    have a grad_fn. What PyTorch refuses ends in a step with a failure. budget: what is left for this and others; None: a whole one.
    Raises SpecError for what is not allowed, before anything is computed (see `parse`), and for what asks for too much (see `Budget`),
    "expression_exponent", "expression_wrong_kind" or "expression_not_available" (arguments of `to` and `view`), before that operation is
    computed, and "expression_number_too_large" after it; start and end say where.
    """
    expression = parse(text, tensors)
    interpreter = _Interpreter(expression.text, tensors, seed, grad, budget or Budget())
    with suppress(_Refused):
        interpreter.whole(expression.tree)
    return Evaluation(expression.text, tuple(interpreter.steps))


class _Refused(Exception):
    """PyTorch refused; the last step says why."""


class _Interpreter:
    def __init__(self, text: str, tensors: dict[str, Tensor], seed: int, grad: Collection[str], budget: Budget) -> None:
        self.text, self.tensors, self.grad, self.budget = text, tensors, grad, budget
        self.copies: dict[str, Tensor] = {}
        self.generator = Generator().manual_seed(seed)
        self.steps: list[Step] = []
        self.unused: list[int] = []                  # steps whose values no later step has taken yet

    def whole(self, node: ast.expr) -> None:
        """All of it is the last step, even if it is no operation: [a, b] or 3."""
        value = self.value(node)
        if not self.steps or (self.steps[-1].start, self.steps[-1].end) != (node.col_offset, node.end_col_offset):
            self.keep(node, "", value, 0)

    def value(self, node: ast.expr | None) -> object:
        """The value of a part. The operations in it become steps, in Python's order: what stands left comes first."""
        match node:
            case None:
                return None
            case ast.Constant(value=value):
                return value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return -value                        # a number with a sign is a number
            case ast.Tuple(elts=parts):
                return tuple(self.value(part) for part in parts)
            case ast.List(elts=parts):
                return [self.value(part) for part in parts]
            case ast.Slice(lower=lower, upper=upper, step=step):
                return slice(self.value(lower), self.value(upper), self.value(step))
            case ast.Attribute() if dotted(node):
                return CONSTANTS[dotted(node)]
        return self.step(node)

    def step(self, node: ast.expr) -> object:
        """The value of a named tensor or of an operation."""
        first, keywords = len(self.unused), {}
        match node:
            case ast.Name(id=name):
                return self.keep(node, name, self.copy(name), first)
            case ast.BinOp(left=left, op=op, right=right):
                operation, run = BINARY[type(op)]
                operands = self.value(left), self.value(right)
                _check_operands(node, operation, operands)
            case ast.UnaryOp(op=op, operand=operand):
                operation, run = UNARY[type(op)]
                operands = (self.value(operand),)
                _check_operands(node, operation, operands)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                operation, run = COMPARISONS[type(op)]
                operands = self.value(left), self.value(right)
            case ast.Subscript(value=holder, slice=index):
                operation, run = "[]", operator.getitem
                operands = self.value(holder), self.value(index)
                _check_kind(node, operation, operands[0], (Tensor, tuple, list))
            case ast.Attribute(value=owner, attr=name):
                operation, run = f".{name}", getattr
                operands = self.value(owner), name
                _check_attribute(node, *operands)
            case ast.Call(func=called):
                operation, function, operands = self.called(called)
                run, operands = function.run, (*operands, *(self.value(argument) for argument in node.args))
                keywords = {keyword.arg: self.value(keyword.value) for keyword in node.keywords}
                keywords |= {"generator": self.generator} if function.draws else {}
        value, warned = self.run(node, first, operation, run, operands, keywords)
        return self.keep(node, operation, value, first, warned=warned)

    def called(self, node: ast.expr) -> tuple[str, Function, tuple]:
        """The name of a function and the function; of a method, its tensor too."""
        if name := dotted(node):
            return name, FUNCTIONS[name], ()
        owner = self.value(node.value)
        _check_kind(node, f".{node.attr}", owner, Tensor)
        return f".{node.attr}", METHODS[node.attr], (owner,)

    def run(self, node: ast.expr, first: int, operation: str, run: Callable, operands: tuple,
            keywords: dict) -> tuple[object, tuple[str, ...]]:
        """Compute, if the budget allows it: the value, and what PyTorch warned of. Raises _Refused when PyTorch refuses.

        It is done twice: PyTorch, when it is watched, goes other ways in places, whose results differ in the last digit.
        """
        given = tensors_in((*operands, *keywords.values()))
        watched = keywords | ({"generator": self.generator.clone_state()} if "generator" in keywords else {})
        try:
            with heard(), self.budget.around(given):
                run(*operands, **watched)
            with heard() as said:
                value = run(*operands, **keywords)
        except SpecError as limit:
            raise SpecError(limit.code, operation=operation, **limit.facts, **place(node)) from None
        except Exception as refused:                 # of whatever kind: it is PyTorch's answer to what the learner typed
            shapes = tuple(tuple(tensor.shape) for tensor in given)
            kind = type(refused).__name__.lstrip("_")
            failure = Failure(kind, str(refused), shapes, misfit(operation, *shapes[:2]) if len(shapes) > 1 else None)
            self.keep(node, operation, None, first, failure)
            raise _Refused from None
        if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
            raise SpecError("expression_number_too_large", limit=f"{LARGEST_NUMBER:,}", **place(node))
        return value, tuple(dict.fromkeys(said))

    def keep(self, node: ast.expr, operation: str, value: object, first: int, failure: Failure | None = None,
             warned: tuple[str, ...] = ()) -> object:
        """A step more, which takes the values of the steps since `first` that are still unused."""
        uses, self.unused[first:] = tuple(self.unused[first:]), [len(self.steps)]
        text = self.text[node.col_offset:node.end_col_offset]
        self.steps.append(Step(text, node.col_offset, node.end_col_offset, operation, value, uses, failure, warned))
        return value

    def copy(self, name: str) -> Tensor:
        if name not in self.copies:
            self.copies[name] = self.tensors[name].detach().clone().requires_grad_(name in self.grad)
        return self.copies[name]


def _check_operands(node: ast.expr, operation: str, operands: tuple) -> None:
    """Tensors and numbers only: [0] * 10**9 would be a list of a thousand million numbers, and 2**10**10 has as many digits."""
    for operand in operands:
        _check_kind(node, operation, operand, (Tensor, int, float, complex))
    if operation == "**" and not tensors_in(operands) and isinstance(operands[1], int) and abs(operands[1]) > LARGEST_EXPONENT:
        raise SpecError("expression_exponent", value=operands[1], limit=LARGEST_EXPONENT, **place(node))


def _check_attribute(node: ast.expr, owner: object, name: str) -> None:
    """x.T of a tensor, or .values of a result with several parts."""
    if not (name in ATTRIBUTES if isinstance(owner, Tensor) else isinstance(owner, tuple) and name in FIELDS and hasattr(owner, name)):
        raise SpecError("expression_wrong_kind", operation=f".{name}", value=type(owner).__name__, **place(node))


def _check_kind(node: ast.expr, operation: str, value: object, kind: type | tuple[type, ...]) -> None:
    if not isinstance(value, kind):
        raise SpecError("expression_wrong_kind", operation=operation, value=type(value).__name__, **place(node))
