"""The tensor operations, in teaching order. One more operation = one line here; content/ops.toml says what it does and how it is found."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import torch

from core.ops import combine, create


@dataclass(frozen=True)
class Op:
    """An operation under the name that PyTorch gives it.

    reference: where PyTorch has it. example: an expression over a (2, 3) and b (4, 3) of `core.tensors.counting` that uses it.
    kind: the view of the tensors page that offers it with settings too, and so what `run` takes: a size ("create"), two tensors
    ("combine"), one matrix ("compute"); "" for what PyTorch's own function takes.
    """

    run: Callable
    reference: str
    example: str
    question: str                                    # of QUESTIONS
    kind: str = ""


QUESTIONS = ("make", "number", "pick", "memory", "join", "each", "axis", "product", "matrix", "chance")
DOCUMENTATION = "https://docs.pytorch.org/docs/stable/"


def _torch(reference: str, example: str, question: str, kind: str = "") -> Op:
    return Op(reduce(getattr, reference.split(".")[1:], torch), reference, example, question, kind)


OPS: dict[str, Op] = {
    "zeros": Op(create.zeros, "torch.zeros", "torch.zeros(2, 3)", "make", "create"),
    "ones": Op(create.ones, "torch.ones", "torch.ones(2, 3)", "make", "create"),
    "full": Op(create.full, "torch.full", "torch.full((2, 3), 7)", "make", "create"),
    "rand": Op(create.rand, "torch.rand", "torch.rand(2, 3)", "chance", "create"),
    "randn": Op(create.randn, "torch.randn", "torch.randn(2, 3)", "chance", "create"),
    "arange": Op(create.arange, "torch.arange", "torch.arange(6)", "make", "create"),
    "eye": Op(create.eye, "torch.eye", "torch.eye(3)", "make", "create"),
    "tensor": _torch("torch.tensor", "torch.tensor([[1, 2], [3, 4]])", "make"),
    "linspace": _torch("torch.linspace", "torch.linspace(0, 1, 5)", "make"),
    "zeros_like": _torch("torch.zeros_like", "torch.zeros_like(a)", "make"),
    "one_hot": _torch("torch.nn.functional.one_hot", "F.one_hot(torch.tensor([2, 0]), 3)", "make"),

    "to": _torch("torch.Tensor.to", "a.to(torch.int64)", "number"),
    "half": _torch("torch.Tensor.half", "(a / 3).half()", "number"),
    "long": _torch("torch.Tensor.long", "(a / 2).long()", "number"),
    "float": _torch("torch.Tensor.float", "(a > 2).float()", "number"),
    "round": _torch("torch.round", "torch.round(a / 2)", "number"),
    "bool": _torch("torch.Tensor.bool", "a.bool()", "number"),
    "gt": _torch("torch.gt", "torch.gt(a, 2)", "number"),
    "eq": _torch("torch.eq", "torch.eq(a, 2)", "number"),
    "isnan": _torch("torch.isnan", "torch.isnan(a / a)", "number"),
    "item": _torch("torch.Tensor.item", "a[0, 1].item()", "number"),
    "size": _torch("torch.Tensor.size", "a.size()", "number"),
    "numel": _torch("torch.Tensor.numel", "a.numel()", "number"),

    "index": Op(torch.Tensor.__getitem__, "torch.Tensor", "a[0, 1:]", "pick"),
    "narrow": _torch("torch.narrow", "torch.narrow(b, 0, 1, 2)", "pick"),
    "index_select": _torch("torch.index_select", "torch.index_select(b, 0, torch.tensor([2, 0]))", "pick"),
    "masked_select": _torch("torch.masked_select", "torch.masked_select(a, a > 2)", "pick"),
    "where": _torch("torch.where", "torch.where(a > 2, a, -a)", "pick"),
    "gather": _torch("torch.gather", "torch.gather(a, 1, torch.tensor([[0], [2]]))", "pick"),
    "nonzero": _torch("torch.nonzero", "torch.nonzero(a > 2)", "pick"),
    "topk": _torch("torch.topk", "torch.topk(a, 2)", "pick"),
    "sort": _torch("torch.sort", "torch.sort(-a)", "pick"),
    "argsort": _torch("torch.argsort", "torch.argsort(-a)", "pick"),
    "unique": _torch("torch.unique", "torch.unique(a // 2)", "pick"),
    "diag": _torch("torch.diag", "torch.diag(b)", "pick"),
    "tril": _torch("torch.tril", "torch.tril(b)", "pick"),
    "triu": _torch("torch.triu", "torch.triu(b)", "pick"),

    "view": _torch("torch.Tensor.view", "a.view(3, 2)", "memory"),
    "reshape": _torch("torch.reshape", "torch.reshape(a.T, (6,))", "memory"),
    "flatten": _torch("torch.flatten", "torch.flatten(a)", "memory"),
    "transpose": _torch("torch.transpose", "torch.transpose(a, 0, 1)", "memory"),
    "permute": _torch("torch.permute", "torch.permute(a.view(1, 2, 3), (2, 0, 1))", "memory"),
    "movedim": _torch("torch.movedim", "torch.movedim(a.view(1, 2, 3), 2, 0)", "memory"),
    "unsqueeze": _torch("torch.unsqueeze", "torch.unsqueeze(a, 0)", "memory"),
    "squeeze": _torch("torch.squeeze", "torch.squeeze(a[:1])", "memory"),
    "expand": _torch("torch.Tensor.expand", "a[:1].expand(4, 3)", "memory"),
    "contiguous": _torch("torch.Tensor.contiguous", "a.T.contiguous()", "memory"),
    "clone": _torch("torch.clone", "a.clone()", "memory"),

    "cat": _torch("torch.cat", "torch.cat([a, b])", "join"),
    "stack": _torch("torch.stack", "torch.stack([a, a * 10])", "join"),
    "split": _torch("torch.split", "torch.split(b, 2)", "join"),
    "chunk": _torch("torch.chunk", "torch.chunk(a, 3, dim=1)", "join"),
    "unbind": _torch("torch.unbind", "torch.unbind(a)", "join"),
    "repeat": _torch("torch.Tensor.repeat", "a.repeat(2, 1)", "join"),
    "flip": _torch("torch.flip", "torch.flip(a, [1])", "join"),
    "roll": _torch("torch.roll", "torch.roll(a, 1, dims=1)", "join"),

    "add": Op(combine.add, "torch.add", "torch.add(a, b[0])", "each", "combine"),
    "sub": Op(combine.sub, "torch.sub", "torch.sub(a, b[0])", "each", "combine"),
    "mul": Op(combine.mul, "torch.mul", "torch.mul(a, b[:2])", "each", "combine"),
    "div": Op(combine.div, "torch.div", "torch.div(b, 3)", "each", "combine"),
    "abs": _torch("torch.abs", "torch.abs(a - 3)", "each", "compute"),
    "asin": _torch("torch.asin", "torch.asin(a / 5)", "each", "compute"),
    "pow": _torch("torch.pow", "torch.pow(a, 2)", "each"),
    "sqrt": _torch("torch.sqrt", "torch.sqrt(a)", "each"),
    "exp": _torch("torch.exp", "torch.exp(a)", "each"),
    "log": _torch("torch.log", "torch.log(b)", "each"),
    "sin": _torch("torch.sin", "torch.sin(a)", "each"),
    "cos": _torch("torch.cos", "torch.cos(a)", "each"),
    "clamp": _torch("torch.clamp", "torch.clamp(a, 1, 4)", "each"),
    "floor": _torch("torch.floor", "torch.floor(a / 2)", "each"),
    "minimum": _torch("torch.minimum", "torch.minimum(a, 5 - a)", "each"),
    "maximum": _torch("torch.maximum", "torch.maximum(a, 5 - a)", "each"),
    "relu": _torch("torch.relu", "torch.relu(a - 3)", "each"),
    "sigmoid": _torch("torch.sigmoid", "torch.sigmoid(a - 3)", "each"),
    "tanh": _torch("torch.tanh", "torch.tanh(a - 3)", "each"),

    "sum": _torch("torch.sum", "torch.sum(a, dim=0)", "axis"),
    "mean": _torch("torch.mean", "torch.mean(a, dim=1)", "axis"),
    "max": _torch("torch.max", "torch.max(a)", "axis", "compute"),
    "min": _torch("torch.min", "torch.min(a)", "axis"),
    "argmax": _torch("torch.argmax", "torch.argmax(b, dim=0)", "axis"),
    "argmin": _torch("torch.argmin", "torch.argmin(b, dim=0)", "axis"),
    "median": _torch("torch.median", "torch.median(b)", "axis"),
    "std": _torch("torch.std", "torch.std(a, dim=1)", "axis"),
    "var": _torch("torch.var", "torch.var(a, dim=1)", "axis"),
    "std_mean": _torch("torch.std_mean", "torch.std_mean(a)", "axis", "compute"),
    "prod": _torch("torch.prod", "torch.prod(b, dim=1)", "axis"),
    "any": _torch("torch.any", "torch.any(a > 4, dim=1)", "axis"),
    "all": _torch("torch.all", "torch.all(a > 2, dim=1)", "axis"),
    "vector_norm": _torch("torch.linalg.vector_norm", "torch.linalg.vector_norm(a, dim=1)", "axis"),
    "cumsum": _torch("torch.cumsum", "torch.cumsum(a, dim=1)", "axis"),
    "softmax": _torch("torch.softmax", "torch.softmax(a, dim=1)", "axis"),
    "mse_loss": _torch("torch.nn.functional.mse_loss", "F.mse_loss(a, a + 2)", "axis"),
    "cross_entropy": _torch("torch.nn.functional.cross_entropy", "F.cross_entropy(a, torch.tensor([2, 0]))", "axis"),

    "matmul": _torch("torch.matmul", "torch.matmul(a, b.T)", "product"),
    "mv": _torch("torch.mv", "torch.mv(a, b[0])", "product"),
    "dot": _torch("torch.dot", "torch.dot(a[0], a[1])", "product"),
    "outer": _torch("torch.outer", "torch.outer(a[0], b[:, 0])", "product"),
    "bmm": _torch("torch.bmm", "torch.bmm(torch.stack([a, a]), torch.stack([b.T, b.T]))", "product"),
    "linear": _torch("torch.nn.functional.linear", "F.linear(a, b, torch.tensor([1., 2., 3., 4.]))", "product"),
    "cdist": _torch("torch.cdist", "torch.cdist(a, b)", "product"),

    "det": _torch("torch.det", "torch.det(torch.tensor([[3., 0.], [4., 5.]]))", "matrix", "compute"),
    "inv": _torch("torch.linalg.inv", "torch.linalg.inv(torch.tensor([[3., 0.], [4., 5.]]))", "matrix"),
    "solve": _torch("torch.linalg.solve", "torch.linalg.solve(torch.tensor([[3., 0.], [4., 5.]]), torch.tensor([6., 23.]))", "matrix"),
    "svd": _torch("torch.svd", "torch.svd(torch.tensor([[3., 0.], [4., 5.]]))", "matrix", "compute"),
    "eigh": _torch("torch.linalg.eigh", "torch.linalg.eigh(torch.tensor([[2., 1.], [1., 2.]]))", "matrix"),
    "eigvals": _torch("torch.linalg.eigvals", "torch.linalg.eigvals(torch.tensor([[0., -1.], [1., 0.]]))", "matrix"),
    "eig": _torch("torch.linalg.eig", "torch.linalg.eig(torch.tensor([[0., -1.], [1., 0.]]))", "matrix"),
    "matrix_rank": _torch("torch.linalg.matrix_rank", "torch.linalg.matrix_rank(b)", "matrix"),
    "trace": _torch("torch.trace", "torch.trace(torch.tensor([[3., 0.], [4., 5.]]))", "matrix"),

    "randint": _torch("torch.randint", "torch.randint(0, 10, (2, 3))", "chance"),
    "randperm": _torch("torch.randperm", "torch.randperm(6)", "chance"),
    "bernoulli": _torch("torch.bernoulli", "torch.bernoulli(torch.full((2, 3), 0.3))", "chance"),
    "multinomial": _torch("torch.multinomial", "torch.multinomial(torch.tensor([1., 1., 8.]), 6, replacement=True)", "chance"),
}


def of_kind(kind: str) -> tuple[str, ...]:
    return tuple(key for key, op in OPS.items() if op.kind == kind)


def of_question(question: str) -> tuple[str, ...]:
    return tuple(key for key, op in OPS.items() if op.question == question)


def documentation(key: str) -> str:
    """The address of its page in PyTorch's documentation."""
    reference = OPS[key].reference
    return DOCUMENTATION + ("tensors.html" if reference == "torch.Tensor" else f"generated/{reference}.html")
