"""What an expression may use. Nothing else can be reached: one more function or method = one line here and an example in its test.

The second word of a Function lists the keywords that may be named. None of them changes a tensor, names a device or takes text.
Left out on purpose: torch.empty (shows old memory), torch.bincount and the like (their size depends on large values), F.dropout (takes no
generator), F.batch_norm (changes its running statistics), whatever ends in "_" or reads and writes files.
"""

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Generator, Tensor, linalg
from torch.nn import functional as F

from core.errors import SpecError

PIECES = 1000                                        # parts into which one operation may cut a tensor


@dataclass(frozen=True)
class Function:
    """What runs under a name, the keywords that may be named, and whether it draws from the expression's generator."""

    run: Callable
    keywords: str = ""
    draws: bool = False


def rand_like(x: Tensor, dtype: torch.dtype | None = None, *, generator: Generator) -> Tensor:
    """torch.rand_like with a generator, which not every version takes; in x's own order of memory, as there."""
    return torch.empty_like(x, dtype=dtype).uniform_(generator=generator)


def randn_like(x: Tensor, dtype: torch.dtype | None = None, *, generator: Generator) -> Tensor:
    return torch.empty_like(x, dtype=dtype).normal_(generator=generator)


def tensor(data: object, dtype: torch.dtype | None = None) -> Tensor:
    """torch.tensor; a copy of a tensor is made as PyTorch advises, so without its warning."""
    if isinstance(data, Tensor):
        return data.detach().clone().to(data.dtype if dtype is None else dtype)
    return torch.tensor(data, dtype=dtype)


def to(x: Tensor, *kind: object) -> Tensor:
    """x.to(torch.float64) or x.to(y); a number would mean a device."""
    if len(kind) != 1 or not isinstance(kind[0], (torch.dtype, Tensor)):
        raise SpecError("expression_not_available", value=f"to({', '.join(map(str, kind))})", known="to(torch.float64), to(y)")
    return x.to(kind[0])


def view(x: Tensor, *size: object) -> Tensor:
    """x.view(2, 3). With a dtype it would read the same bytes as other numbers, which can be no numbers of that dtype."""
    if any(isinstance(item, torch.dtype) for item in size):
        raise SpecError("expression_not_available", value=f"view({size[0]})", known="view(2, 3), to(torch.float64)")
    return x.view(*size)


def chunk(x: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    if isinstance(chunks, int) and chunks > PIECES:  # of an empty tensor PyTorch makes as many as asked for
        raise SpecError("expression_too_many_pieces", limit=PIECES)
    return torch.chunk(x, chunks, dim)


def tolist(x: Tensor) -> list | float:
    if torch.Size(max(n, 1) for n in x.shape).numel() > PIECES:          # (n, 0) gives n empty lists
        raise SpecError("expression_too_many_pieces", limit=PIECES)
    return x.tolist()


FUNCTIONS: dict[str, Function] = {
    # made out of nothing
    "torch.tensor": Function(tensor, "dtype"),
    "torch.zeros": Function(torch.zeros, "size dtype"),
    "torch.ones": Function(torch.ones, "size dtype"),
    "torch.full": Function(torch.full, "size fill_value dtype"),
    "torch.arange": Function(torch.arange, "start end step dtype"),
    "torch.linspace": Function(torch.linspace, "start end steps dtype"),
    "torch.logspace": Function(torch.logspace, "start end steps base dtype"),
    "torch.eye": Function(torch.eye, "n m dtype"),
    "torch.zeros_like": Function(torch.zeros_like, "dtype"),
    "torch.ones_like": Function(torch.ones_like, "dtype"),
    "torch.full_like": Function(torch.full_like, "fill_value dtype"),
    # drawn at random
    "torch.rand": Function(torch.rand, "size dtype", draws=True),
    "torch.randn": Function(torch.randn, "size dtype", draws=True),
    "torch.randint": Function(torch.randint, "low high size dtype", draws=True),
    "torch.randperm": Function(torch.randperm, "n dtype", draws=True),
    "torch.rand_like": Function(rand_like, "dtype", draws=True),
    "torch.randn_like": Function(randn_like, "dtype", draws=True),
    "torch.normal": Function(torch.normal, "mean std size", draws=True),
    "torch.bernoulli": Function(torch.bernoulli, draws=True),
    "torch.multinomial": Function(torch.multinomial, "num_samples replacement", draws=True),
    # element by element
    "torch.abs": Function(torch.abs),
    "torch.neg": Function(torch.neg),
    "torch.sign": Function(torch.sign),
    "torch.exp": Function(torch.exp),
    "torch.exp2": Function(torch.exp2),
    "torch.expm1": Function(torch.expm1),
    "torch.log": Function(torch.log),
    "torch.log2": Function(torch.log2),
    "torch.log10": Function(torch.log10),
    "torch.log1p": Function(torch.log1p),
    "torch.sqrt": Function(torch.sqrt),
    "torch.rsqrt": Function(torch.rsqrt),
    "torch.square": Function(torch.square),
    "torch.reciprocal": Function(torch.reciprocal),
    "torch.sin": Function(torch.sin),
    "torch.cos": Function(torch.cos),
    "torch.tan": Function(torch.tan),
    "torch.asin": Function(torch.asin),
    "torch.acos": Function(torch.acos),
    "torch.atan": Function(torch.atan),
    "torch.atan2": Function(torch.atan2),
    "torch.sinh": Function(torch.sinh),
    "torch.cosh": Function(torch.cosh),
    "torch.tanh": Function(torch.tanh),
    "torch.sigmoid": Function(torch.sigmoid),
    "torch.logit": Function(torch.logit, "eps"),
    "torch.relu": Function(torch.relu),
    "torch.erf": Function(torch.erf),
    "torch.floor": Function(torch.floor),
    "torch.ceil": Function(torch.ceil),
    "torch.round": Function(torch.round, "decimals"),
    "torch.trunc": Function(torch.trunc),
    "torch.frac": Function(torch.frac),
    "torch.clamp": Function(torch.clamp, "min max"),
    "torch.nan_to_num": Function(torch.nan_to_num, "nan posinf neginf"),
    "torch.isnan": Function(torch.isnan),
    "torch.isinf": Function(torch.isinf),
    "torch.isfinite": Function(torch.isfinite),
    "torch.logical_not": Function(torch.logical_not),
    # two tensors, element by element
    "torch.add": Function(torch.add, "alpha"),
    "torch.sub": Function(torch.sub, "alpha"),
    "torch.mul": Function(torch.mul),
    "torch.div": Function(torch.div),
    "torch.pow": Function(torch.pow),
    "torch.floor_divide": Function(torch.floor_divide),
    "torch.remainder": Function(torch.remainder),
    "torch.fmod": Function(torch.fmod),
    "torch.maximum": Function(torch.maximum),
    "torch.minimum": Function(torch.minimum),
    "torch.hypot": Function(torch.hypot),
    "torch.eq": Function(torch.eq),
    "torch.ne": Function(torch.ne),
    "torch.lt": Function(torch.lt),
    "torch.le": Function(torch.le),
    "torch.gt": Function(torch.gt),
    "torch.ge": Function(torch.ge),
    "torch.logical_and": Function(torch.logical_and),
    "torch.logical_or": Function(torch.logical_or),
    "torch.logical_xor": Function(torch.logical_xor),
    "torch.isclose": Function(torch.isclose, "rtol atol equal_nan"),
    "torch.allclose": Function(torch.allclose, "rtol atol equal_nan"),
    "torch.equal": Function(torch.equal),
    "torch.where": Function(torch.where),
    "torch.lerp": Function(torch.lerp, "weight"),
    # many numbers become few
    "torch.sum": Function(torch.sum, "dim keepdim dtype"),
    "torch.mean": Function(torch.mean, "dim keepdim dtype"),
    "torch.std": Function(torch.std, "dim correction unbiased keepdim"),
    "torch.var": Function(torch.var, "dim correction unbiased keepdim"),
    "torch.std_mean": Function(torch.std_mean, "dim correction unbiased keepdim"),
    "torch.var_mean": Function(torch.var_mean, "dim correction unbiased keepdim"),
    "torch.max": Function(torch.max, "dim keepdim"),
    "torch.min": Function(torch.min, "dim keepdim"),
    "torch.amax": Function(torch.amax, "dim keepdim"),
    "torch.amin": Function(torch.amin, "dim keepdim"),
    "torch.argmax": Function(torch.argmax, "dim keepdim"),
    "torch.argmin": Function(torch.argmin, "dim keepdim"),
    "torch.prod": Function(torch.prod, "dim keepdim dtype"),
    "torch.any": Function(torch.any, "dim keepdim"),
    "torch.all": Function(torch.all, "dim keepdim"),
    "torch.norm": Function(torch.norm, "p dim keepdim dtype"),
    "torch.median": Function(torch.median, "dim keepdim"),
    "torch.quantile": Function(torch.quantile, "q dim keepdim"),
    "torch.logsumexp": Function(torch.logsumexp, "dim keepdim"),
    "torch.count_nonzero": Function(torch.count_nonzero, "dim"),
    "torch.nansum": Function(torch.nansum, "dim keepdim dtype"),
    "torch.nanmean": Function(torch.nanmean, "dim keepdim dtype"),
    "torch.histc": Function(torch.histc, "bins min max"),
    # along an axis
    "torch.cumsum": Function(torch.cumsum, "dim dtype"),
    "torch.cumprod": Function(torch.cumprod, "dim dtype"),
    "torch.diff": Function(torch.diff, "n dim prepend append"),
    "torch.softmax": Function(torch.softmax, "dim dtype"),
    "torch.log_softmax": Function(torch.log_softmax, "dim dtype"),
    "torch.sort": Function(torch.sort, "dim descending stable"),
    "torch.argsort": Function(torch.argsort, "dim descending stable"),
    "torch.topk": Function(torch.topk, "k dim largest sorted"),
    "torch.unique": Function(torch.unique, "sorted return_inverse return_counts dim"),
    # the same numbers in another shape or order
    "torch.reshape": Function(torch.reshape, "shape"),
    "torch.flatten": Function(torch.flatten, "start_dim end_dim"),
    "torch.permute": Function(torch.permute, "dims"),
    "torch.transpose": Function(torch.transpose, "dim0 dim1"),
    "torch.t": Function(torch.t),
    "torch.movedim": Function(torch.movedim, "source destination"),
    "torch.squeeze": Function(torch.squeeze, "dim"),
    "torch.unsqueeze": Function(torch.unsqueeze, "dim"),
    "torch.broadcast_to": Function(torch.broadcast_to, "size"),
    "torch.broadcast_tensors": Function(torch.broadcast_tensors),
    "torch.tile": Function(torch.tile, "dims"),
    "torch.repeat_interleave": Function(torch.repeat_interleave, "repeats dim"),
    "torch.flip": Function(torch.flip, "dims"),
    "torch.roll": Function(torch.roll, "shifts dims"),
    "torch.rot90": Function(torch.rot90, "k dims"),
    "torch.cat": Function(torch.cat, "tensors dim"),
    "torch.stack": Function(torch.stack, "tensors dim"),
    "torch.hstack": Function(torch.hstack, "tensors"),
    "torch.vstack": Function(torch.vstack, "tensors"),
    "torch.split": Function(torch.split, "split_size_or_sections dim"),
    "torch.chunk": Function(chunk, "chunks dim"),
    "torch.unbind": Function(torch.unbind, "dim"),
    "torch.narrow": Function(torch.narrow, "dim start length"),
    "torch.gather": Function(torch.gather, "dim index"),
    "torch.index_select": Function(torch.index_select, "dim index"),
    "torch.take_along_dim": Function(torch.take_along_dim, "indices dim"),
    "torch.masked_select": Function(torch.masked_select, "mask"),
    "torch.masked_fill": Function(torch.masked_fill, "mask value"),
    "torch.nonzero": Function(torch.nonzero, "as_tuple"),
    "torch.tril": Function(torch.tril, "diagonal"),
    "torch.triu": Function(torch.triu, "diagonal"),
    "torch.diag": Function(torch.diag, "diagonal"),
    "torch.diagonal": Function(torch.diagonal, "offset dim1 dim2"),
    "torch.diag_embed": Function(torch.diag_embed, "offset dim1 dim2"),
    # linear algebra
    "torch.matmul": Function(torch.matmul),
    "torch.mm": Function(torch.mm),
    "torch.mv": Function(torch.mv),
    "torch.bmm": Function(torch.bmm),
    "torch.dot": Function(torch.dot),
    "torch.outer": Function(torch.outer),
    "torch.kron": Function(torch.kron),
    "torch.addmm": Function(torch.addmm, "beta alpha"),
    "torch.cdist": Function(torch.cdist, "p"),
    "torch.cov": Function(torch.cov, "correction"),
    "torch.corrcoef": Function(torch.corrcoef),
    "torch.trace": Function(torch.trace),
    "torch.det": Function(torch.det),
    "torch.inverse": Function(torch.inverse),
    "torch.svd": Function(torch.svd, "some compute_uv"),
    "torch.linalg.inv": Function(linalg.inv),
    "torch.linalg.det": Function(linalg.det),
    "torch.linalg.solve": Function(linalg.solve),
    "torch.linalg.svd": Function(linalg.svd, "full_matrices"),
    "torch.linalg.svdvals": Function(linalg.svdvals),
    "torch.linalg.eigh": Function(linalg.eigh),
    "torch.linalg.eig": Function(linalg.eig),
    "torch.linalg.eigvals": Function(linalg.eigvals),
    "torch.linalg.eigvalsh": Function(linalg.eigvalsh),
    "torch.linalg.qr": Function(linalg.qr),
    "torch.linalg.cholesky": Function(linalg.cholesky),
    "torch.linalg.pinv": Function(linalg.pinv),
    "torch.linalg.matrix_rank": Function(linalg.matrix_rank),
    "torch.linalg.matrix_power": Function(linalg.matrix_power, "n"),
    "torch.linalg.norm": Function(linalg.norm, "ord dim keepdim dtype"),
    "torch.linalg.vector_norm": Function(linalg.vector_norm, "ord dim keepdim dtype"),
    # layers without weights of their own
    "F.relu": Function(F.relu),
    "F.leaky_relu": Function(F.leaky_relu, "negative_slope"),
    "F.elu": Function(F.elu, "alpha"),
    "F.gelu": Function(F.gelu),
    "F.silu": Function(F.silu),
    "F.softplus": Function(F.softplus, "beta threshold"),
    "F.tanh": Function(F.tanh),
    "F.sigmoid": Function(F.sigmoid),
    "F.softmax": Function(F.softmax, "dim dtype"),
    "F.log_softmax": Function(F.log_softmax, "dim dtype"),
    "F.normalize": Function(F.normalize, "p dim eps"),
    "F.layer_norm": Function(F.layer_norm, "normalized_shape weight bias eps"),
    "F.linear": Function(F.linear, "weight bias"),
    "F.conv1d": Function(F.conv1d, "weight bias stride padding dilation groups"),
    "F.conv2d": Function(F.conv2d, "weight bias stride padding dilation groups"),
    "F.conv_transpose2d": Function(F.conv_transpose2d, "weight bias stride padding output_padding groups dilation"),
    "F.max_pool1d": Function(F.max_pool1d, "kernel_size stride padding dilation ceil_mode"),
    "F.max_pool2d": Function(F.max_pool2d, "kernel_size stride padding dilation ceil_mode"),
    "F.avg_pool2d": Function(F.avg_pool2d, "kernel_size stride padding ceil_mode count_include_pad"),
    "F.adaptive_avg_pool2d": Function(F.adaptive_avg_pool2d, "output_size"),
    "F.unfold": Function(F.unfold, "kernel_size dilation padding stride"),
    "F.pad": Function(F.pad, "pad value"),
    "F.interpolate": Function(F.interpolate, "size scale_factor"),
    "F.embedding": Function(F.embedding, "weight padding_idx"),
    "F.one_hot": Function(F.one_hot, "num_classes"),
    # losses
    "F.cross_entropy": Function(F.cross_entropy, "weight ignore_index label_smoothing"),
    "F.nll_loss": Function(F.nll_loss, "weight ignore_index"),
    "F.mse_loss": Function(F.mse_loss),
    "F.l1_loss": Function(F.l1_loss),
    "F.smooth_l1_loss": Function(F.smooth_l1_loss, "beta"),
    "F.huber_loss": Function(F.huber_loss, "delta"),
    "F.binary_cross_entropy": Function(F.binary_cross_entropy, "weight"),
    "F.binary_cross_entropy_with_logits": Function(F.binary_cross_entropy_with_logits, "weight pos_weight"),
    "F.cosine_similarity": Function(F.cosine_similarity, "dim eps"),
    "F.pairwise_distance": Function(F.pairwise_distance, "p eps keepdim"),
}

METHODS: dict[str, Function] = {
    # what a tensor says about itself
    "size": Function(Tensor.size, "dim"),
    "dim": Function(Tensor.dim),
    "numel": Function(Tensor.numel),
    "stride": Function(Tensor.stride, "dim"),
    "element_size": Function(Tensor.element_size),
    "is_contiguous": Function(Tensor.is_contiguous),
    "item": Function(Tensor.item),
    "tolist": Function(tolist),
    # another dtype
    "to": Function(to),
    "float": Function(Tensor.float),
    "double": Function(Tensor.double),
    "half": Function(Tensor.half),
    "int": Function(Tensor.int),
    "long": Function(Tensor.long),
    "bool": Function(Tensor.bool),
    "type_as": Function(Tensor.type_as),
    # the same numbers in another shape or order
    "view": Function(view),
    "view_as": Function(Tensor.view_as),
    "reshape": Function(Tensor.reshape, "shape"),
    "flatten": Function(Tensor.flatten, "start_dim end_dim"),
    "permute": Function(Tensor.permute, "dims"),
    "transpose": Function(Tensor.transpose, "dim0 dim1"),
    "t": Function(Tensor.t),
    "movedim": Function(Tensor.movedim, "source destination"),
    "squeeze": Function(Tensor.squeeze, "dim"),
    "unsqueeze": Function(Tensor.unsqueeze, "dim"),
    "expand": Function(Tensor.expand, "size"),
    "expand_as": Function(Tensor.expand_as),
    "repeat": Function(Tensor.repeat, "repeats"),
    "repeat_interleave": Function(Tensor.repeat_interleave, "repeats dim"),
    "tile": Function(Tensor.tile, "dims"),
    "flip": Function(Tensor.flip, "dims"),
    "roll": Function(Tensor.roll, "shifts dims"),
    "split": Function(Tensor.split, "split_size dim"),
    "chunk": Function(chunk, "chunks dim"),
    "unbind": Function(Tensor.unbind, "dim"),
    "unfold": Function(Tensor.unfold, "dimension size step"),
    "narrow": Function(Tensor.narrow, "dim start length"),
    "contiguous": Function(Tensor.contiguous),
    "clone": Function(Tensor.clone),
    "gather": Function(Tensor.gather, "dim index"),
    "index_select": Function(Tensor.index_select, "dim index"),
    "scatter": Function(Tensor.scatter, "dim index src value"),
    "masked_select": Function(Tensor.masked_select, "mask"),
    "masked_fill": Function(Tensor.masked_fill, "mask value"),
    "nonzero": Function(Tensor.nonzero, "as_tuple"),
    "where": Function(Tensor.where),
    "tril": Function(Tensor.tril, "diagonal"),
    "triu": Function(Tensor.triu, "diagonal"),
    "diag": Function(Tensor.diag, "diagonal"),
    "diagonal": Function(Tensor.diagonal, "offset dim1 dim2"),
    # element by element
    "abs": Function(Tensor.abs),
    "neg": Function(Tensor.neg),
    "sign": Function(Tensor.sign),
    "exp": Function(Tensor.exp),
    "log": Function(Tensor.log),
    "sqrt": Function(Tensor.sqrt),
    "square": Function(Tensor.square),
    "reciprocal": Function(Tensor.reciprocal),
    "sin": Function(Tensor.sin),
    "cos": Function(Tensor.cos),
    "tanh": Function(Tensor.tanh),
    "sigmoid": Function(Tensor.sigmoid),
    "relu": Function(Tensor.relu),
    "floor": Function(Tensor.floor),
    "ceil": Function(Tensor.ceil),
    "round": Function(Tensor.round, "decimals"),
    "clamp": Function(Tensor.clamp, "min max"),
    "isnan": Function(Tensor.isnan),
    "isfinite": Function(Tensor.isfinite),
    "add": Function(Tensor.add, "alpha"),
    "sub": Function(Tensor.sub, "alpha"),
    "mul": Function(Tensor.mul),
    "div": Function(Tensor.div),
    "pow": Function(Tensor.pow),
    "eq": Function(Tensor.eq),
    "ne": Function(Tensor.ne),
    "lt": Function(Tensor.lt),
    "le": Function(Tensor.le),
    "gt": Function(Tensor.gt),
    "ge": Function(Tensor.ge),
    "equal": Function(Tensor.equal),
    "allclose": Function(Tensor.allclose, "rtol atol equal_nan"),
    # many numbers become few, or along an axis
    "sum": Function(Tensor.sum, "dim keepdim dtype"),
    "mean": Function(Tensor.mean, "dim keepdim dtype"),
    "std": Function(Tensor.std, "dim correction unbiased keepdim"),
    "var": Function(Tensor.var, "dim correction unbiased keepdim"),
    "max": Function(Tensor.max, "dim keepdim"),
    "min": Function(Tensor.min, "dim keepdim"),
    "amax": Function(Tensor.amax, "dim keepdim"),
    "amin": Function(Tensor.amin, "dim keepdim"),
    "argmax": Function(Tensor.argmax, "dim keepdim"),
    "argmin": Function(Tensor.argmin, "dim keepdim"),
    "prod": Function(Tensor.prod, "dim keepdim dtype"),
    "any": Function(Tensor.any, "dim keepdim"),
    "all": Function(Tensor.all, "dim keepdim"),
    "norm": Function(Tensor.norm, "p dim keepdim dtype"),
    "median": Function(Tensor.median, "dim keepdim"),
    "quantile": Function(Tensor.quantile, "q dim keepdim"),
    "logsumexp": Function(Tensor.logsumexp, "dim keepdim"),
    "count_nonzero": Function(Tensor.count_nonzero, "dim"),
    "cumsum": Function(Tensor.cumsum, "dim dtype"),
    "cumprod": Function(Tensor.cumprod, "dim dtype"),
    "softmax": Function(Tensor.softmax, "dim dtype"),
    "log_softmax": Function(Tensor.log_softmax, "dim dtype"),
    "sort": Function(Tensor.sort, "dim descending stable"),
    "argsort": Function(Tensor.argsort, "dim descending stable"),
    "topk": Function(Tensor.topk, "k dim largest sorted"),
    "unique": Function(Tensor.unique, "sorted return_inverse return_counts dim"),
    # linear algebra
    "matmul": Function(Tensor.matmul),
    "mm": Function(Tensor.mm),
    "mv": Function(Tensor.mv),
    "bmm": Function(Tensor.bmm),
    "dot": Function(Tensor.dot),
    "outer": Function(Tensor.outer),
    "trace": Function(Tensor.trace),
    "det": Function(Tensor.det),
    "inverse": Function(Tensor.inverse),
    "svd": Function(Tensor.svd, "some compute_uv"),
}

ATTRIBUTES = ("T", "mT", "shape", "dtype", "ndim", "itemsize", "nbytes")
FIELDS = ("values", "indices", "U", "S", "V", "Vh", "Q", "R", "eigenvalues", "eigenvectors")     # of results with several parts

DTYPES = ("float32", "float", "float64", "double", "float16", "half", "bfloat16", "int64", "long", "int32", "int", "int16", "int8",
          "uint8", "bool")
CONSTANTS = {f"torch.{name}": getattr(torch, name) for name in (*DTYPES, "pi", "e", "inf", "nan")}

BINARY: dict[type, tuple[str, Callable]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.FloorDiv: ("//", operator.floordiv),
    ast.Mod: ("%", operator.mod),
    ast.Pow: ("**", operator.pow),
    ast.MatMult: ("@", operator.matmul),
    ast.BitAnd: ("&", operator.and_),
    ast.BitOr: ("|", operator.or_),
    ast.BitXor: ("^", operator.xor),
}
UNARY: dict[type, tuple[str, Callable]] = {
    ast.USub: ("-", operator.neg),
    ast.UAdd: ("+", operator.pos),
    ast.Invert: ("~", operator.invert),
}
COMPARISONS: dict[type, tuple[str, Callable]] = {
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
}
SYMBOLS = tuple(dict.fromkeys(symbol for table in (BINARY, UNARY, COMPARISONS) for symbol, _ in table.values()))


def dotted(node: ast.expr) -> str:
    """The name of a function or constant, "torch.linalg.inv"; "" for anything that does not begin with torch or F."""
    if isinstance(node, ast.Name):
        return node.id if node.id in ("torch", "F") else ""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""
