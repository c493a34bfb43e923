"""How much an expression may make and compute, checked before it happens.

Every operation of PyTorch consists of inner ones (matmul: expand, clone, bmm). Each is first done on the `meta` device, where tensors have
shapes and no numbers, and is then allowed to run, or refused.
"""

from collections.abc import Callable
from math import prod

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from core.errors import SpecError
from core.expression.table import PIECES
from core.tensors import align

ELEMENTS = 10**6                                     # of one tensor
BYTES = 64 * 10**6                                   # of everything that the expression makes, kept or not
MULTIPLY_ADDS = 10**9
CALLS = 2000                                         # inner operations: each takes some 0.05 ms, however small its tensors

KNOWN = 4096                                         # operations with their shapes whose results' shapes are remembered

Rule = Callable[[tuple, Tensor], int]                # from the arguments and the (first) result to a number of multiply-adds

PER_ELEMENT = 10                                     # weights that make 10**9 take at most 0.8 s, measured on one core
PER_SORTED = 300
PER_SORTED_ROW = 2000
PER_COMPARED = 2
PER_POWER = 20
PER_FACTOR = 30                                      # an SVD of (n, n) takes about 20·n³
PER_EIGEN = 100                                      # and twice to five times as long where nothing is symmetric
PER_MATRIX = 10_000                                  # to begin one, however small
PER_PRODUCT = {torch.float16: 4, torch.int64: 2, torch.int32: 2, torch.int16: 2}


def _matrices(first: int) -> Rule:
    """(..., m, k) @ (..., k, n) takes m·k·n each; the matrices are arguments number first and first + 1."""
    return lambda args, out: PER_PRODUCT.get(out.dtype, 1) * args[first].numel() * args[first + 1].shape[-1]


def _convolution(args: tuple, out: Tensor) -> int:
    transposed = args[6]
    return PER_PRODUCT.get(out.dtype, 1) * (args[0] if transposed else out).numel() * prod(args[1].shape[1:])


def _pooling(args: tuple, out: Tensor) -> int:
    kernel = args[1]                                 # [K, K], or [K] for a square
    return PER_COMPARED * out.numel() * (prod(kernel) if len(kernel) == 2 else kernel[0]**2)


def _factors(args: tuple, out: Tensor) -> int:
    return PER_FACTOR * args[0].numel() * min(args[0].shape[-2:]) + PER_MATRIX * prod(args[0].shape[:-2])


def _eigen(args: tuple, out: Tensor) -> int:
    return PER_EIGEN * args[0].numel() * args[0].shape[-1] + PER_MATRIX * prod(args[0].shape[:-2])


def _broadcast(x: Tensor, y: Tensor) -> int:
    axes = align(tuple(x.shape), tuple(y.shape))
    return prod(axis.out for axis in axes) if all(axis.fits for axis in axes) else 0   # 0: PyTorch will refuse


WORK: dict[str, Rule] = {                            # inner operations that take more than a few multiply-adds per element
    "mm": _matrices(0),
    "bmm": _matrices(0),
    "addmm": _matrices(1),
    "convolution": _convolution,
    "_euclidean_dist": lambda args, out: args[0].numel() * args[1].shape[-2],      # a product of matrices, where cdist is large
    "_cdist_forward": lambda args, out: PER_POWER * out.numel() * args[0].shape[-1],
    **dict.fromkeys(("max_pool2d_with_indices", "avg_pool2d"), _pooling),
    **dict.fromkeys(("_linalg_svd", "_linalg_eigh", "_linalg_det", "_linalg_solve_ex", "linalg_inv_ex", "linalg_qr",
                     "linalg_cholesky_ex", "linalg_pinv"), _factors),
    "linalg_eig": _eigen,
    **dict.fromkeys(("sort", "topk", "median", "_unique2"), lambda args, out: PER_SORTED * args[0].numel()),
    "unique_dim": lambda args, out: PER_SORTED_ROW * args[0].numel(),
}
SIZED_BY_DATA: dict[str, Callable[..., float]] = {     # whose results `meta` cannot foresee: at most so many elements each
    "_local_scalar_dense": lambda x: 1,
    "equal": lambda x, y: 1,
    "allclose": lambda x, y, *more: _broadcast(x, y),
    "nonzero": lambda x: x.numel() * x.ndim,
    "masked_select": lambda x, mask: _broadcast(x, mask),
    "_unique2": lambda x, *more: x.numel(),
    "unique_dim": lambda x, *more: x.numel(),
    "repeat_interleave": lambda repeats, **more: repeats.double().sum().item(),     # whole numbers could overflow
}


_known: dict[object, tuple] = {}                      # plain numbers: small tensors that stay would keep the heap from shrinking


class Budget(TorchDispatchMode):
    """`with budget.around(values): operation` runs an operation on these values, unless it asks for too much.

    One for each expression, or for all that are computed for one answer.
    Raises SpecError "expression_too_large", "expression_too_many_elements", "expression_too_slow", "expression_too_many_pieces" or
    "expression_in_place". What PyTorch refuses, it refuses in its own words, as without a budget.
    """

    def __init__(self, calls: int = CALLS, multiply_adds: int = MULTIPLY_ADDS) -> None:
        super().__init__()
        self.most_calls, self.most_multiply_adds = calls, multiply_adds
        self.bytes, self.multiply_adds, self.calls = 0, 0, 0
        self.held: set[int] = set()                  # memory that an operation may read, but not change

    def around(self, values: object) -> "Budget":
        self.held = memory_of(values)
        return self

    def __torch_dispatch__(self, func: Callable, types: object, args: tuple = (), kwargs: dict | None = None) -> object:
        kwargs, name = kwargs or {}, func.overloadpacket.__name__
        self.calls += 1
        if self.calls > self.most_calls or _pieces(name, args) > PIECES:
            raise SpecError("expression_too_many_pieces", limit=PIECES)
        if func._schema.is_mutable:
            self._leave_alone(func, args, kwargs)
        if name in SIZED_BY_DATA:
            elements = SIZED_BY_DATA[name](*args, **kwargs)
            self._spend(name, args, args[0], [elements], 24 * elements)    # up to three tensors of int64: torch.unique
        else:
            self._rehearse(func, name, args, kwargs)
        return func(*args, **kwargs)

    def _rehearse(self, func: Callable, name: str, args: tuple, kwargs: dict) -> None:
        """Do it on `meta`. What is refused there is left to PyTorch itself, which says it better, if it is too small to do harm."""
        is_view = any(told.alias_info for told in func._schema.returns)
        try:
            made = _made(func, name, args, kwargs)
        except Exception:                            # any kind: meta's refusals are of many kinds
            if is_view or _asked_for([*args, *kwargs.values()]) <= 4 * ELEMENTS:
                return
            raise
        size = 0 if is_view else sum(tensor.numel() * tensor.element_size() for tensor in made)
        if name == "convolution":
            size += _patches(args, made[0]) * made[0].element_size()
        if made:
            self._spend(name, args, made[0], [_elements(tensor.shape) for tensor in made], size)

    def _spend(self, name: str, args: tuple, out: Tensor, elements: list[float], size: float) -> None:
        if self.bytes + size > BYTES and (size > BYTES or max(elements) <= ELEMENTS):
            raise SpecError("expression_too_large", needs=_written(self.bytes + size), limit=_written(BYTES))
        if max(elements) > ELEMENTS:
            raise SpecError("expression_too_many_elements", value=f"{max(elements):,.0f}", limit=f"{ELEMENTS:,}")
        once = PER_ELEMENT * (sum(elements) + sum(tensor.numel() for tensor in tensors_in(args))) if size else 0    # a view is free
        work = WORK[name](args, out) if name in WORK else once
        if self.multiply_adds + work > self.most_multiply_adds:
            raise SpecError("expression_too_slow", value=f"{self.multiply_adds + work:,}", limit=f"{self.most_multiply_adds:,}")
        self.bytes += size
        self.multiply_adds += work

    def _leave_alone(self, func: Callable, args: tuple, kwargs: dict) -> None:
        """F.relu(a, True) would overwrite a; so would a result that is sent there."""
        told = func._schema.arguments
        values = dict(zip((argument.name for argument in told), args, strict=False)) | kwargs
        written = [values.get(argument.name) for argument in told if argument.alias_info is not None and argument.alias_info.is_write]
        if self.held & memory_of(written):
            raise SpecError("expression_in_place")


def _made(func: Callable, name: str, args: tuple, kwargs: dict) -> list[Tensor]:
    """The tensors that an operation makes of such arguments, without their numbers. It is found out once: nothing else decides it."""
    if name == "index":                              # a mask says by its values how many it takes
        return tensors_in(func(on_meta(args[0]), *args[1:]))
    asked = (func, described(args), described(tuple(kwargs.items())))
    known = _known.get(asked)                        # once: another thread may clear them
    if known is None:
        placed = {key: on_meta(value) for key, value in kwargs.items()} | ({"device": "meta"} if "device" in kwargs else {})
        known = tuple((tuple(x.shape), x.stride(), x.dtype) for x in tensors_in(func(*on_meta(args), **placed)))
        if len(_known) >= KNOWN:
            _known.clear()
        _known[asked] = known
    return [torch.empty_strided(shape, stride, dtype=dtype, device="meta") for shape, stride, dtype in known]


def described(value: object) -> object:
    """All that decides about shapes: of a tensor not its numbers, of a generator nothing, and of the rest everything.

    1, 1.0 and True are told apart, and so are 0.0 and -0.0; nan is nan.
    """
    if isinstance(value, Tensor):
        return Tensor, tuple(value.shape), value.stride(), value.dtype
    if isinstance(value, torch.Generator):
        return torch.Generator
    if isinstance(value, (tuple, list)):
        return type(value), *map(described, value)
    return type(value), value if isinstance(value, (int, str)) else repr(value)


def tensors_in(value: object) -> list[Tensor]:
    """A tensor itself, or all those in lists and tuples."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, (tuple, list)):
        return [tensor for item in value for tensor in tensors_in(item)]
    return []


def memory_of(value: object) -> set[int]:
    """Where its tensors keep their numbers: equal for a tensor and its views. 0 is the place of no numbers."""
    return {tensor.untyped_storage().data_ptr() for tensor in tensors_in(value)} - {0}


def on_meta(value: object) -> object:
    if isinstance(value, Tensor):
        return torch.empty_strided(value.shape, value.stride(), dtype=value.dtype, device="meta")
    if isinstance(value, (tuple, list)):
        return type(value)(on_meta(item) for item in value)
    return value


def _elements(shape: tuple[int, ...]) -> int:
    """An axis of 0 counts as 1: it makes the product 0, and the others as large as they like."""
    return prod(max(n, 1) for n in shape)


def _pieces(name: str, args: tuple) -> int:
    """How many views split and unbind would make."""
    if name not in ("split", "unbind"):
        return 0
    x, *how = args
    size = how.pop(0) if name == "split" else 1
    dim = how[0] if how else 0
    return x.shape[dim] // max(size, 1) if -x.ndim <= dim < x.ndim else 0


def _patches(args: tuple, out: Tensor) -> int:
    """Numbers in the matrix that a convolution may lay its input out in: for each position a column of all that the kernel covers."""
    x, weight, transposed, groups = args[0], args[1], args[6], args[8]
    over = x if transposed else out                  # (B, C, H, W)
    return over.shape[0] * prod(over.shape[2:]) * prod(weight.shape[1:]) * groups


def _asked_for(values: list) -> float:
    """The numbers multiplied with each other and with the elements that go in: a bound for what small operations can make."""
    numbers = [float(abs(n)) for n in _numbers(values) if abs(n) > 1]      # as floats, which become inf
    return prod(numbers) * sum((tensor.numel() for tensor in tensors_in(values)), start=1)


def _numbers(value: object) -> list[float]:
    if isinstance(value, (int, float)):
        return [value]
    return [number for item in value for number in _numbers(item)] if isinstance(value, (tuple, list)) else []


def _written(size: float) -> str:
    """Bytes as people say them: 4·10**12 -> "4,000 GB"."""
    return f"{size / 1e9:,.0f} GB" if size >= 10**9 else f"{size / 1e6:,.0f} MB"
