"""How many multiplications and additions an operation takes, written as products of its sizes.

Every number that a matrix product gives is a sum of products: n multiplications and about n additions count 2·n, as
torch.utils.flop_counter counts. Like there, adding a bias, activation functions, pooling and normalisation count 0. For single vectors
(mv, dot) and in place (addmm_), which that counter leaves out, the same rule is kept here.
"""

from collections.abc import Callable
from math import prod

from torch import Tensor

Sizes = tuple[int, ...]
Products = tuple[tuple[Sizes, Sizes], ...]           # of each part: sizes of what comes out, sizes of what each number adds up
Rule = Callable[[dict, list[Tensor], Sizes], Products]


def products(name: str, arguments: dict, tensors: list[Tensor], out: Sizes) -> Products:
    """Of one call: its arguments by name (by position where core.trace.ARGUMENTS has no name), all tensors in them, the output's shape."""
    rule = RULES.get(name.rstrip("_"))               # addmm_ multiplies as addmm does
    return rule(arguments, tensors, out) if rule else ()


def total(parts: Products) -> int:
    return sum(2 * prod(outer) * prod(inner) for outer, inner in parts)


def written(parts: Products) -> str:
    """ "2·6·28·28·(1·5·5) = 235,200": for each of 6·28·28 numbers, 1·5·5 products. A batch of one is left out. """
    return " + ".join(_part(*part) for part in parts) + f" = {total(parts):,}" if parts else ""


def _part(outer: Sizes, inner: Sizes) -> str:
    numbers = outer[1:] if outer[:1] == (1,) else outer
    summed = "·".join(map(str, inner))
    return "·".join(["2", *map(str, numbers), f"({summed})" if len(inner) > 1 else summed])


def _convolution(arguments: dict, tensors: list[Tensor], out: Sizes) -> Products:
    return ((out, tuple(arguments["weight"].shape[1:])),)                # weight (out, in / groups, K, K)


def _transposed(arguments: dict, tensors: list[Tensor], out: Sizes) -> Products:
    """Each number that goes in is multiplied with a whole kernel. weight (in, out / groups, K, K)."""
    return ((tuple(arguments["input"].shape), tuple(arguments["weight"].shape[1:])),)


def _matmul(arguments: dict, tensors: list[Tensor], out: Sizes) -> Products:
    return ((out, (tensors[0].shape[-1],)),)                             # (..., m, k) @ (..., k, n) -> (..., m, n)


def _add_matmul(arguments: dict, tensors: list[Tensor], out: Sizes) -> Products:
    return _matmul(arguments, tensors[1:], out)                          # the first tensor is added


def _einsum(arguments: dict, tensors: list[Tensor], out: Sizes) -> Products:
    """Two tensors, whose shared letters that the result does not name are summed over; more tensors are not counted."""
    if len(tensors) != 2:
        return ()
    terms, arrow, result = arguments["equation"].replace(" ", "").partition("->")
    sizes, letters = {}, [set(term) - {"."} for term in terms.split(",")]
    for term, tensor in zip(terms.split(","), tensors, strict=True):
        before, _, behind = term.partition("...")
        sizes |= dict(zip(before, tensor.shape, strict=False)) | dict(zip(reversed(behind), reversed(tensor.shape), strict=False))
    summed = sorted(letter for letter in letters[0] & letters[1] if not arrow or letter not in result)
    return ((out, tuple(sizes[letter] for letter in summed)),) if summed else ()


def _recurrent(arguments: dict, tensors: list[Tensor], out: Sizes) -> Products:
    """At every step each weight matrix is applied once. Shapes: input (T, B, in) or packed (steps, in), weights (gates·H, in or H)."""
    steps = tuple(tensors[0].shape[:-1])
    return tuple(((*steps, len(w)), (w.shape[1],)) for w in tensors[1:] if w.ndim == 2)


def _cell(arguments: dict, tensors: list[Tensor], out: Sizes) -> Products:
    weights = (arguments["w_ih"], arguments["w_hh"])
    return tuple(((*out[:-1], len(w)), (w.shape[1],)) for w in weights)


def _attention(arguments: dict, tensors: list[Tensor], out: Sizes) -> Products:
    """Scores of every query with every key, then the mean of the values. Shapes: query (..., T, d), key (..., S, d), value (..., S, v)."""
    query, key = arguments["query"].shape, arguments["key"].shape
    return ((*query[:-1], key[-2]), (query[-1],)), (out, (key[-2],))


def _multi_head_attention(arguments: dict, tensors: list[Tensor], out: Sizes) -> Products:
    """Project queries, keys and values, attend in each head, project once more. Shapes: query (T, B, E), key and value (S, B, E)."""
    query, key, value = (tuple(arguments[name].shape) for name in ("query", "key", "value"))
    wide, heads = query[-1], arguments["num_heads"]
    source = key[0] + (arguments.get("bias_k") is not None) + arguments.get("add_zero_attn", False)
    project = [((*size[:-1], wide), (size[-1],)) for size in (query, key, value)]
    return *project, ((*query[:-1], heads, source), (wide // heads,)), (query, (source,)), (query, (wide,))


RULES: dict[str, Rule] = {
    **{f"conv{n}d": _convolution for n in (1, 2, 3)},
    **{f"conv_transpose{n}d": _transposed for n in (1, 2, 3)},
    "linear": _matmul,
    **dict.fromkeys(("matmul", "mm", "bmm", "mv", "dot"), _matmul),
    "rmatmul": lambda arguments, tensors, out: _matmul(arguments, tensors[::-1], out),
    **dict.fromkeys(("addmm", "baddbmm", "addmv"), _add_matmul),
    "einsum": _einsum,
    **dict.fromkeys(("lstm", "gru", "rnn_tanh", "rnn_relu"), _recurrent),
    **dict.fromkeys(("lstm_cell", "gru_cell", "rnn_tanh_cell", "rnn_relu_cell"), _cell),
    "scaled_dot_product_attention": _attention,
    "multi_head_attention_forward": _multi_head_attention,
}
