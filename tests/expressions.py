"""Expressions for the tests: for each entry of the tables, at random, and hostile ones; and what real PyTorch says to them."""

import random
import re
import string

import torch
from torch import Tensor
from torch.nn import functional as F

from core.expression.table import BINARY, COMPARISONS, UNARY

SEED = 1729


def named() -> dict[str, Tensor]:
    """The tensors of the tests: a, b matrices, v a vector, i indices, m a mask, p positive definite, x pictures, w kernels, s a scalar."""
    drawn = torch.Generator().manual_seed(SEED)
    a, b, v = (torch.rand(size, generator=drawn) for size in ((2, 3), (3, 3), (3,)))
    return {
        "a": a, "b": b, "v": v, "i": torch.tensor([2, 0, 1]), "m": a > 0.5, "p": (b @ b.T + torch.eye(3)).double(),
        "x": torch.rand(1, 2, 6, 6, generator=drawn), "w": torch.rand(4, 2, 3, 3, generator=drawn), "s": torch.tensor(2),
    }


def real(text: str, seed: int = 0) -> tuple[object, Exception | None]:
    """What PyTorch itself gives for a text, which must have been accepted by the parser before."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        try:
            return eval(text, {"__builtins__": {}, "torch": torch, "F": F, **named()}), None     # the reference of the tests
        except Exception as refused:
            return None, refused


def same(ours: object, theirs: object) -> bool:
    """Equal to the last bit, NaN equal to NaN, of the same type, dtype, shape and strides."""
    if isinstance(ours, Tensor) and isinstance(theirs, Tensor):
        if (ours.dtype, ours.shape, ours.stride()) != (theirs.dtype, theirs.shape, theirs.stride()):
            return False
        return bool(((ours == theirs) | (ours != ours) & (theirs != theirs)).all())
    if type(ours) is not type(theirs):
        return False
    if isinstance(ours, (tuple, list)):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return ours == theirs or ours != ours and theirs != theirs


EXAMPLES = """
torch.tensor([[1, 2], [3, 4]])
torch.tensor([1, 0, 2.5], dtype=torch.float64)
torch.tensor(a)
torch.tensor([v[0], v[1].item(), 3])
torch.zeros(2, 3)
torch.zeros(size=(2, 3), dtype=torch.int64)
torch.ones((2, 3))
torch.ones(size=[2], dtype=torch.bool)
torch.full((2, 3), 7)
torch.full(size=(2,), fill_value=v.mean(), dtype=torch.float16)
torch.arange(5)
torch.arange(start=1, end=9, step=2, dtype=torch.float32)
torch.arange(s)
torch.linspace(0, 1, 5)
torch.linspace(start=0, end=1, steps=3, dtype=torch.float64)
torch.logspace(start=0, end=2, steps=3, base=10, dtype=torch.float64)
torch.eye(3)
torch.eye(n=2, m=3, dtype=torch.int32)
torch.zeros_like(a, dtype=torch.uint8)
torch.ones_like(a, dtype=torch.int8)
torch.full_like(a, 3)
torch.full_like(a, fill_value=3, dtype=torch.int16)
torch.rand(2, 3)
torch.rand(size=(3,), dtype=torch.float64) + torch.rand(3)
torch.randn(2, 3)
torch.randn(size=(3,), dtype=torch.float64)
torch.randint(10, (2, 3))
torch.randint(low=2, high=9, size=(4,), dtype=torch.int32)
torch.randperm(10)
torch.randperm(n=4, dtype=torch.int32)
torch.rand_like(b.T)
torch.rand_like(i, dtype=torch.float32)
torch.randn_like(b.T)
torch.randn_like(a, dtype=torch.float64)
torch.normal(0.0, 1.0, (2, 3))
torch.normal(mean=a, std=v)
torch.normal(mean=1.0, std=2.0, size=(20,))
torch.bernoulli(a)
torch.multinomial(v, 2)
torch.multinomial(a, num_samples=4, replacement=True)
torch.abs(-a)
torch.neg(a)
torch.sign(a - 0.5)
torch.exp(a)
torch.exp2(a)
torch.expm1(a)
torch.log(a)
torch.log2(a)
torch.log10(a)
torch.log1p(a)
torch.sqrt(a)
torch.rsqrt(a)
torch.square(a)
torch.reciprocal(a)
torch.sin(a)
torch.cos(a)
torch.tan(a)
torch.asin(a)
torch.acos(a)
torch.atan(a)
torch.atan2(a, v)
torch.sinh(a)
torch.cosh(a)
torch.tanh(a)
torch.sigmoid(a)
torch.logit(a, eps=0.01)
torch.relu(a - 0.5)
torch.erf(a)
torch.floor(a * 3)
torch.ceil(a * 3)
torch.round(a, decimals=1)
torch.trunc(a * 3)
torch.frac(a * 3)
torch.clamp(a, 0.2, 0.8)
torch.clamp(a, min=a * 0, max=v)
torch.nan_to_num(torch.log(a - 0.5), nan=0.0, posinf=1.0, neginf=-1.0)
torch.isnan(torch.log(a - 0.5))
torch.isinf(a / 0)
torch.isfinite(a / 0)
torch.logical_not(m)
torch.add(a, v, alpha=2)
torch.sub(a, v, alpha=2)
torch.mul(a, 2)
torch.div(a, v)
torch.pow(a, 2)
torch.floor_divide(i, 2)
torch.remainder(i, 2)
torch.fmod(i, 2)
torch.maximum(a, v)
torch.minimum(a, v)
torch.hypot(a, v)
torch.eq(a, v)
torch.ne(a, v)
torch.lt(a, v)
torch.le(a, v)
torch.gt(a, v)
torch.ge(a, v)
torch.logical_and(m, a)
torch.logical_or(m, a)
torch.logical_xor(m, a)
torch.isclose(a, v, rtol=0.1, atol=0.1, equal_nan=True)
torch.allclose(a, v, rtol=1, atol=1, equal_nan=True)
torch.equal(a, a + 0)
torch.where(m, a, -1.0)
torch.where(m)
torch.lerp(a, v, weight=0.5)
torch.sum(a)
torch.sum(a, dim=(0, 1), keepdim=True, dtype=torch.float64)
torch.mean(a, dim=1, keepdim=True, dtype=torch.float64)
torch.std(a, dim=1, correction=0, keepdim=True)
torch.std(a, unbiased=False)
torch.var(a, dim=1, correction=0, keepdim=True)
torch.var(a, unbiased=False)
torch.std_mean(a, dim=1, correction=0, keepdim=True)
torch.std_mean(a, unbiased=False)
torch.var_mean(a, dim=1, correction=0, keepdim=True)
torch.var_mean(a, unbiased=False)
torch.max(a)
torch.max(a, v)
torch.max(a, dim=1, keepdim=True).values
torch.min(a, dim=1, keepdim=True).indices
torch.amax(a, dim=(0, 1), keepdim=True)
torch.amin(a, dim=1, keepdim=True)
torch.argmax(a, dim=1, keepdim=True)
torch.argmin(a, dim=1, keepdim=True)
torch.prod(a, dim=1, keepdim=True, dtype=torch.float64)
torch.any(m, dim=1, keepdim=True)
torch.all(m, dim=1, keepdim=True)
torch.norm(a, p=1, dim=1, keepdim=True, dtype=torch.float64)
torch.median(a, dim=1, keepdim=True)
torch.quantile(a, q=0.3, dim=1, keepdim=True)
torch.logsumexp(a, dim=1, keepdim=True)
torch.count_nonzero(a - a[0], dim=1)
torch.nansum(torch.log(a - 0.5), dim=1, keepdim=True, dtype=torch.float64)
torch.nanmean(torch.log(a - 0.5), dim=1, keepdim=True, dtype=torch.float64)
torch.histc(a, bins=4, min=0, max=1)
torch.cumsum(a, dim=1, dtype=torch.float64)
torch.cumprod(a, dim=1, dtype=torch.float64)
torch.diff(v, n=1, dim=0, prepend=v[:1], append=v[1:])
torch.softmax(a, dim=1, dtype=torch.float64)
torch.log_softmax(a, dim=1, dtype=torch.float64)
torch.sort(a, dim=1, descending=True, stable=True).values
torch.argsort(a, dim=1, descending=True, stable=True)
torch.topk(a, k=2, dim=1, largest=False, sorted=True)
torch.unique(i // 2, sorted=True, return_inverse=True, return_counts=True, dim=0)
torch.unique(i // 2)
torch.reshape(a, shape=(3, 2))
torch.flatten(x, start_dim=1, end_dim=2)
torch.permute(x, dims=(1, 0, 3, 2))
torch.transpose(a, dim0=0, dim1=1)
torch.t(a)
torch.movedim(x, source=0, destination=2)
torch.squeeze(x, dim=0)
torch.unsqueeze(a, dim=1)
torch.broadcast_to(v, size=(2, 3))
torch.broadcast_tensors(a, v)
torch.tile(a, dims=(2, 1))
torch.repeat_interleave(a, repeats=2, dim=1)
torch.repeat_interleave(v, i)
torch.flip(a, dims=(0,))
torch.roll(a, shifts=1, dims=0)
torch.rot90(a, k=1, dims=(0, 1))
torch.cat([a, b])
torch.cat(tensors=(a, b), dim=0)
torch.stack([v, v * 2], dim=1)
torch.stack(tensors=[v, v])
torch.hstack(tensors=[a, a])
torch.vstack(tensors=[a, v])
torch.split(a, split_size_or_sections=[1, 2], dim=1)
torch.split(a, 1)
torch.chunk(a, chunks=2, dim=1)
torch.unbind(a, dim=1)
torch.narrow(a, dim=1, start=0, length=2)
torch.gather(a, dim=1, index=torch.tensor([[0], [2]]))
torch.index_select(a, dim=1, index=i)
torch.take_along_dim(a, indices=torch.tensor([[0], [2]]), dim=1)
torch.masked_select(a, mask=m)
torch.masked_fill(a, mask=m, value=0)
torch.nonzero(m, as_tuple=True)
torch.tril(b, diagonal=-1)
torch.triu(b, diagonal=1)
torch.diag(v, diagonal=1)
torch.diagonal(b, offset=1, dim1=0, dim2=1)
torch.diag_embed(a, offset=1, dim1=0, dim2=2)
torch.matmul(a, b)
torch.matmul(x, b.repeat(2, 2))
torch.mm(a, b)
torch.mv(a, v)
torch.bmm(x[0], x[0])
torch.dot(v, v)
torch.outer(v, v)
torch.kron(a, b)
torch.addmm(v, a, b, beta=2, alpha=3)
torch.cdist(a, b, p=1)
torch.cdist(torch.ones(30, 2), torch.ones(30, 2))
torch.cov(a, correction=0)
torch.corrcoef(a)
torch.trace(b)
torch.det(b)
torch.inverse(p)
torch.svd(a, some=False, compute_uv=True).V
torch.svd(a).U
torch.linalg.inv(p)
torch.linalg.det(p)
torch.linalg.solve(p, p[0])
torch.linalg.svd(a, full_matrices=False).Vh
torch.linalg.svdvals(a)
torch.linalg.eigh(p).eigenvectors
torch.linalg.eig(b).eigenvectors
torch.linalg.eig(b - b.T).eigenvalues
torch.linalg.eigvals(b[:2, :2])
torch.linalg.eigh(p).eigenvalues
torch.linalg.eigvalsh(p)
torch.linalg.qr(b).Q @ torch.linalg.qr(b).R
torch.linalg.cholesky(p)
torch.linalg.pinv(a)
torch.linalg.matrix_rank(a)
torch.linalg.matrix_power(b, n=3)
torch.linalg.norm(a, ord=1, dim=(0, 1), keepdim=True, dtype=torch.float64)
torch.linalg.vector_norm(a, ord=1, dim=1, keepdim=True, dtype=torch.float64)
F.relu(a - 0.5)
F.leaky_relu(a - 0.5, negative_slope=0.1)
F.elu(a - 0.5, alpha=2.0)
F.gelu(a)
F.silu(a)
F.softplus(a, beta=2, threshold=1)
F.tanh(a)
F.sigmoid(a)
F.softmax(a, dim=1, dtype=torch.float64)
F.log_softmax(a, dim=1, dtype=torch.float64)
F.normalize(a, p=1, dim=1, eps=0.1)
F.layer_norm(a, normalized_shape=(3,), weight=v, bias=v, eps=0.1)
F.linear(a, weight=b, bias=v)
F.conv1d(x[0], weight=w.reshape(2, 6, 6)[:, :, :2], bias=v[:2], stride=2, padding=1, dilation=2, groups=1)
F.conv2d(x, w)
F.conv2d(x, weight=w[:, :1], bias=v.repeat(2)[:4], stride=2, padding=1, dilation=2, groups=2)
F.conv_transpose2d(x, weight=w[:2], bias=v[:2], stride=2, padding=1, output_padding=1, groups=1, dilation=2)
F.max_pool1d(a[None], kernel_size=2, stride=1, padding=1, dilation=1, ceil_mode=True)
F.max_pool2d(x, 2)
F.max_pool2d(x, kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode=True)
F.avg_pool2d(x, kernel_size=(2, 3), stride=2, padding=1, ceil_mode=True, count_include_pad=False)
F.adaptive_avg_pool2d(x, output_size=(2, 3))
F.unfold(x, kernel_size=3, dilation=1, padding=1, stride=2)
F.pad(a, pad=(1, 2), value=9)
F.interpolate(x, size=(3, 3))
F.interpolate(x, scale_factor=2)
F.embedding(i, weight=b, padding_idx=0)
F.one_hot(i, num_classes=5)
F.one_hot(i)
F.cross_entropy(b, i, weight=v, ignore_index=1, label_smoothing=0.1)
F.nll_loss(b, i, weight=v, ignore_index=1)
F.mse_loss(a, b[:2])
F.l1_loss(a, b[:2])
F.smooth_l1_loss(a, b[:2], beta=0.5)
F.huber_loss(a, b[:2], delta=0.5)
F.binary_cross_entropy(a, b[:2], weight=v)
F.binary_cross_entropy_with_logits(a, b[:2], weight=v, pos_weight=v)
F.cosine_similarity(a, v, dim=1, eps=0.1)
F.pairwise_distance(a, b[:2], p=1, eps=0.1, keepdim=True)
a.size()
a.size(dim=1)
a.dim()
a.numel()
a.stride()
a.stride(dim=0)
a.element_size()
a.T.is_contiguous()
v[0].item()
a.tolist()
a.to(torch.float64)
i.to(a)
i.float()
i.double()
i.half()
a.int()
a.long()
a.bool()
i.type_as(a)
a.view(3, 2)
a.view((3, -1))
a.view_as(b[:2])
a.reshape(shape=(3, 2))
x.flatten(start_dim=1, end_dim=2)
x.permute(dims=(1, 0, 3, 2))
a.transpose(dim0=0, dim1=1)
a.t()
x.movedim(source=0, destination=2)
x.squeeze(dim=0)
a.unsqueeze(dim=1)
v.expand(2, 3)
v.expand(size=(2, 3))
v.expand_as(a)
v.repeat(2, 2)
v.repeat(repeats=(2, 1))
v.repeat_interleave(repeats=2, dim=0)
v.tile(dims=(2,))
a.flip(dims=(1,))
a.roll(shifts=1, dims=1)
a.split(split_size=2, dim=1)
a.chunk(chunks=2, dim=1)
a.unbind(dim=1)
v.unfold(dimension=0, size=2, step=1)
a.narrow(dim=1, start=0, length=2)
a.T.contiguous()
a.clone()
a.gather(dim=1, index=torch.tensor([[0], [2]]))
a.index_select(dim=1, index=i)
v.scatter(dim=0, index=i, src=v)
v.scatter(dim=0, index=i[:2], value=7)
a.masked_select(mask=m)
a.masked_fill(mask=m, value=0)
m.nonzero(as_tuple=False)
a.where(m, v)
b.tril(diagonal=1)
b.triu(diagonal=-1)
b.diag(diagonal=1)
b.diagonal(offset=1, dim1=0, dim2=1)
(-a).abs()
a.neg()
a.sign()
a.exp()
a.log()
a.sqrt()
a.square()
a.reciprocal()
a.sin()
a.cos()
a.tanh()
a.sigmoid()
a.relu()
a.floor()
a.ceil()
a.round(decimals=1)
a.clamp(min=0.2, max=0.8)
a.isnan()
a.isfinite()
a.add(v, alpha=2)
a.sub(v, alpha=2)
a.mul(v)
a.div(v)
a.pow(2)
a.eq(v)
a.ne(v)
a.lt(v)
a.le(v)
a.gt(v)
a.ge(v)
a.equal(a)
a.allclose(v, rtol=1, atol=1, equal_nan=True)
a.sum(dim=1, keepdim=True, dtype=torch.float64)
a.mean(dim=1, keepdim=True, dtype=torch.float64)
a.std(dim=1, correction=0, keepdim=True)
a.std(unbiased=False)
a.var(dim=1, correction=0, keepdim=True)
a.var(unbiased=False)
a.max(dim=1, keepdim=True)
a.min(dim=1, keepdim=True)
a.amax(dim=1, keepdim=True)
a.amin(dim=1, keepdim=True)
a.argmax(dim=1, keepdim=True)
a.argmin(dim=1, keepdim=True)
a.prod(dim=1, keepdim=True, dtype=torch.float64)
m.any(dim=1, keepdim=True)
m.all(dim=1, keepdim=True)
a.norm(p=1, dim=1, keepdim=True, dtype=torch.float64)
a.median(dim=1, keepdim=True)
a.quantile(q=0.3, dim=1, keepdim=True)
a.logsumexp(dim=1, keepdim=True)
a.count_nonzero(dim=1)
a.cumsum(dim=1, dtype=torch.float64)
a.cumprod(dim=1, dtype=torch.float64)
a.softmax(dim=1, dtype=torch.float64)
a.log_softmax(dim=1, dtype=torch.float64)
a.sort(dim=1, descending=True, stable=True)
a.argsort(dim=1, descending=True, stable=True)
a.topk(k=2, dim=1, largest=False, sorted=True)
i.unique(sorted=True, return_inverse=True, return_counts=True, dim=0)
a.matmul(b)
a.mm(b)
a.mv(v)
x[0].bmm(x[0])
v.dot(v)
v.outer(v)
b.trace()
b.det()
p.inverse()
a.svd(some=False, compute_uv=True).S
a.T
x.mT
a.shape
a.dtype == torch.float32
a.ndim
a.itemsize
a.nbytes
a @ b.T + torch.rand(3)
a[0]
a[0, 1:]
a[..., None]
a[:, ::2]
a[a > 0.5]
a[m]
a[i[:2] % 2, i[:2]]
a[[True, False]]
a[[0, 1], [1, 2]]
a[torch.tensor(1)]
a[s - 1:]
a[-1, -2:]
a.shape[0] + a.shape[-1]
a.shape == (2, 3)
torch.max(a, 0)[1][0]
~(a > 0.5) & m | (a < 0.1) ^ m
-a ** 2 // 0.1 % 3
+a - 1 / v
2 ** 10 - 7 // 2 + 7 % 4 * -3
2 ** a
a <= v
a != v
a >= 0.5
1 < 2
True + True
torch.pi * torch.e
torch.tensor([torch.inf, -torch.inf, torch.nan])
[a.sum(), v]
(1, 2.5, None)
...
""".strip().splitlines()

LEAVES = ("a", "b", "v", "i", "m", "p", "s", "x", "w", "0", "1", "2", "-1", "0.5", "3.0", "True", "None", "[0, 1]", "(2, 3)",
          "torch.rand(3)",
          "torch.randn(2, 3)", "torch.arange(6)", "torch.eye(3)", "torch.randint(0, 3, (3,))", "torch.zeros(0, 3)", "torch.int64")
OPERATORS = tuple(symbol for table in (BINARY, COMPARISONS) for symbol, _ in table.values())
INDICES = ("0", "-1", "1:", ":, 0", "..., None", "::2", "[0, 1]", "i", "m", "None", "5", "a > 0.5", "s", "True")

TOKENS = (
    *LEAVES, *(f" {symbol} " for symbol in OPERATORS), *"()[]{},.:;=@#~-*'\\\"", *string.ascii_letters, *string.digits, "__",
    "lambda x: ", " if ", " for ", "10**6", "10**9", "1000", "2**62", "1e300", "torch.", "F.", ".T", ".__class__", ".data", "dim=",
    "torch.ones(1000, 1000)", "torch.rand(10**6)", "size=", "out=a", "True", "*a", "**a", ":=", "f'", "\0", "é", "（",
)
LARGE_NUMBERS = ("0", "1", "-1", "3", "7", "31", "100", "500", "1000", "10**6", "10**9", "2**40", "2**62", "1e12", "1e300", "0.001")
LARGE_TENSORS = (
    "torch.rand(1000, 1000)", "torch.rand(10**6)", "torch.rand(100, 100, 100)", "torch.rand(300, 300)", "torch.rand(1, 1, 1000, 1000)",
    "torch.rand(10, 100, 30, 30)", "torch.rand(100, 10, 30, 30)", "torch.rand(10**6, 1)", "torch.rand(1, 10**6)", "torch.zeros(0, 10**6)",
    "torch.zeros(10**9, 0)", "torch.randint(0, 9, (10**6,))", "torch.randint(10**6, (1000, 1000))", "torch.rand(500, 2000) > 0.5",
    "torch.rand(300, 300).double()", "torch.rand(1000, 1000).half()", "torch.rand(1000, 1000).T", "torch.rand(1).expand(1000, 1000)",
    "torch.rand(10**5, 3, 3)", "torch.rand(2000, 20, 20)", "torch.arange(10**6)", "[0] + [1]", "torch.arange(1000).tolist()",
)


def random_expression(rng: random.Random, depth: int) -> str:
    """Put together from the grammar: most fit, many do not."""
    if depth == 0 or rng.random() < 0.1:
        return rng.choice(LEAVES)
    part = random_expression(rng, depth - 1)
    kind = rng.randrange(6)
    if kind == 0:
        return f"{rng.choice([symbol for symbol, _ in UNARY.values()])}({part})"
    if kind == 1:
        return f"({part})[{rng.choice(INDICES)}]"
    if kind == 2:                                    # an example with another tensor in it
        example = rng.choice(EXAMPLES)
        places = [n for n, letter in enumerate(example) if letter in "abvimpxws" and not _in_word(example, n)]
        if places:
            place = rng.choice(places)
            return f"{example[:place]}({part}){example[place + 1:]}"
    return f"({part} {rng.choice(OPERATORS)} {random_expression(rng, depth - 1)})"


def enlarged(rng: random.Random) -> str:
    """An expression of the grammar with other numbers and far larger tensors in it."""
    text = random_expression(rng, rng.randint(1, 3)) if rng.random() < 0.3 else rng.choice(EXAMPLES)

    def other(found: re.Match) -> str:
        return rng.choice(LARGE_NUMBERS if found[0].isdigit() else LARGE_TENSORS) if rng.random() < 0.5 else found[0]

    return re.sub(r"(?<![\w.])(\d+|[abvimpxws])(?![\w.=])", other, text)


def mutated(rng: random.Random) -> str:
    """An example or a hostile text, damaged in a few places, or two of them put together."""
    text = rng.choice(rng.choice((EXAMPLES, HOSTILE)))
    for _ in range(rng.randint(1, 4)):
        start = rng.randint(0, len(text))
        end = min(start + rng.randint(0, 8), len(text))
        other = rng.choice(rng.choice((EXAMPLES, HOSTILE)))
        text = text[:start] + rng.choice(("", text[start:end] * 2, rng.choice(TOKENS), other, other[start:end])) + text[end:]
    return text


def _in_word(text: str, n: int) -> bool:
    word = string.ascii_letters + string.digits + "_"
    return text[n - 1:n] in (*word, ".") or text[n + 1:n + 2] in (*word,)


FORBIDDEN = """
a.__class__
a.__class__.__bases__[0].__subclasses__()
a.__class__.__mro__
a.__dict__
a.__init__.__globals__
a.__reduce__()
a.__reduce_ex__(4)
a.__getattribute__
a.__setattr__(0, 0)
a.__array__()
a.__dlpack__()
a.__len__()
a._backward_hooks
a._base
a._version
a._typed_storage()
().__class__
[].__class__.__base__
(1).__class__
(1.5).as_integer_ratio()
True.real
a.shape.__class__
a.shape.count(1)
a.shape.index(2)
a.dtype.__class__
a.dtype.itemsize
torch.__dict__
torch.__builtins__
torch.__loader__
torch.__spec__
torch.__path__
torch.__file__
torch._C
torch._C._jit_set_profiling_mode(1)
torch.os
torch.sys
torch.sys.modules
torch.builtins
torch.importlib
torch.ctypes
torch.textwrap
torch.load
torch.load(a)
torch.load('x')
torch.save(a, 'x')
torch.save
torch.ops
torch.ops.load_library('x.so')
torch.ops.aten.mm(a, b)
torch.classes
torch.hub.load('x', 'y')
torch.jit.load('x')
torch.jit.script
torch.package
torch.utils
torch.utils.cpp_extension.load
torch.serialization.load
torch.storage
torch.Tensor
torch.Tensor(3)
torch.FloatTensor(3)
torch.Generator()
torch.device('cuda')
torch.cuda.empty_cache()
torch.cuda.is_available()
torch.backends
torch.set_num_threads(64)
torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
torch.manual_seed(0)
torch.seed()
torch.get_rng_state()
torch.no_grad()
torch.compile(a)
torch.vmap(a)
torch.func
torch.fx
torch.overrides
torch.multiprocessing
torch.distributed
torch.nn
torch.nn.functional.relu(a)
torch.nn.Linear(3, 3)
torch.autograd
torch.from_file('x')
torch.from_numpy(a)
torch.frombuffer(a)
torch.from_dlpack(a)
torch.empty(10)
torch.empty_like(a)
torch.empty_strided((2, 3), (1, 1))
torch.as_strided(a, (9, 9), (1, 1))
torch.bincount(i)
torch.cartesian_prod(v, v)
torch.combinations(v, r=10**9)
torch.tensordot(a, b, torch.tensor(10**9))
torch.einsum('ij->i', a)
torch.tensor_split(a, 10**9)
torch.resize_as_(a, b)
torch.relu_(a)
torch.dropout(a, 0.5, True)
torch.native_dropout(a, 0.5, True)
torch.clone.__self__
torch.linalg
torch.linalg.__builtins__
torch.linalg.lstsq(a, b)
torch
F
F.__globals__
F.relu.__globals__
F.torch
F.warnings
F.os
F.math.exp(1)
F.dropout(a)
F.batch_norm(x, v[:2], v[:2], training=True)
F.handle_torch_function
F.importlib
F.relu(a, True)
F.relu(a, inplace=True)
F.elu(a, 1.0, True)
F.leaky_relu(a, 0.1, True)
F.silu(a, True)
F.normalize(a, 2, 1, 0.1, a)
F.embedding(i, b, None, 0.1)
F.embedding(i, b, max_norm=0.1)
torch.norm(a, 2, 1, False, v)
torch.add(a, a, out=a)
torch.zeros(3, device=0)
torch.zeros(3, requires_grad=True)
torch.zeros(3, pin_memory=True)
torch.zeros(3, layout=None)
torch.rand(3, generator=None)
a.to(0)
a.to('cuda')
a.to(0, torch.float64)
a.cuda()
a.cpu()
a.data
a.grad
a.grad_fn
a.device
a.is_leaf
a.requires_grad
a.requires_grad_()
a.retain_grad()
a.backward()
a.register_hook(0)
a.storage()
a.untyped_storage()
a.data_ptr()
a.numpy()
a.share_memory_()
a.pin_memory()
a.resize_(10**9)
a.resize(10**9)
a.resize_as_(b)
a.set_(b)
a.copy_(b)
a.fill_(0)
a.zero_()
a.add_(1)
a.mul_(0)
a.random_()
a.uniform_()
a.apply_(0)
a.map_(b, 0)
a.index_put_((i,), v)
a.as_strided((10**6, 10**6), (0, 0))
a.as_subclass(0)
a.type('torch.FloatTensor')
a.new_empty(3)
a.new_zeros(10**9)
a.module_load(b)
a.names
a.rename('x')
a.view(torch.bool)
a.view(dtype=torch.bool)
a.view(torch.int32)
a.T.__class__
a.sum.__self__
a.sum().item().__class__
(a @ b).__class__
a[0].__class__
a[a.__class__]
a[lambda: 0]
a[:a.__len__()]
torch.max(a, 0).__class__
torch.max(a, 0)._fields
torch.max(a, 0).count
torch.svd(a).n_fields
__import__('os').system('true')
__import__
__builtins__
__name__
_
eval('1')
exec('1')
open('/etc/passwd')
compile('1', '', 'eval')
globals()
locals()
vars()
dir(a)
getattr(a, 'data')
setattr(a, 'x', 1)
type(a)
print(a)
input()
breakpoint()
help()
exit()
len(a)
range(10)
list(a)
map(a, b)
sum(a)
abs(a)
object
Exception
os
sys
lambda: 0
(lambda: a)()
(lambda x: x)(a)
[x for x in a]
{x for x in a}
{x: x for x in a}
(x for x in a)
[a for a in [1]]
(c := a)
(a := b)
torch.zeros(n := 3)
torch.cat([*a])
torch.cat(*[a, b])
torch.zeros(**a)
torch.zeros(*a.shape)
(*a,)
a if m else b
a if True else b
a and b
a or b
not a
a is b
a is not b
a in b
a not in b
0 < a < 1
a < b < v
a == a == a
await a
yield
yield a
yield from a
f'{a}'
f'{a!r:>{10**9}}'
f"{__import__('os')}"
'%s' % a
'{0.__class__}'.format(a)
'a' * 10**9
'abc'
b'abc'
b'abc'.decode()
"a" "b"
1j
2j * a
...[0]
{}
{1}
{1: 2}
{**a}
a; b
a = b
a += 1
import os
del a
assert a
return a
raise a
pass
a\\
a ! b
a $ b
a ? b
`a`
a.b.c.d
a()
a(1)
a.T()
a.shape()
a()()
1()
(1, 2)()
torch.zeros(2)(3)
torch.zeros()()
torch.float32()
torch.float32(3)
torch.pi()
torch.zeros
a.sum
[torch.zeros]
[a.sum]
torch.zeros(torch.zeros)
""".strip().splitlines()

EXCESSIVE = """
torch.zeros(3e9)
torch.zeros(10**9)
torch.zeros(10**12)
torch.zeros(10**18, 10**18)
torch.zeros(0, 10**18)
torch.zeros(10**6, 0).tolist()
torch.zeros(0).chunk(10**9)
torch.zeros(0).chunk(10**18)
torch.zeros(0, 10**12).unbind(1)
torch.zeros(0, 10**12).split(1, 1)
torch.zeros([10**5] * 2)
torch.zeros(9223372036854775807)
torch.zeros(9223372036854775808)
torch.zeros(-1)
torch.ones(1000, 1000) * torch.ones(1000, 1000, 1)
torch.full((10**5, 10**5), 1)
torch.eye(10**6)
torch.eye(10**9)
torch.eye(10**18)
torch.arange(1e12)
torch.arange(10**12)
torch.arange(0, 1e300)
torch.arange(0, 1, 1e-12)
torch.arange(0, 1, 1e-300)
torch.arange(0, 1, 0)
torch.arange(torch.nan)
torch.arange(torch.inf)
torch.linspace(0, 1, 10**10)
torch.logspace(0, 1, 10**10)
torch.rand(10**10)
torch.randn(10**5, 10**5)
torch.randperm(10**10)
torch.randint(0, 2**63 - 1, (10**10,))
torch.normal(0.0, 1.0, (10**10,))
torch.multinomial(v, 10**10, True)
torch.tril(torch.ones(10**5, 10**5))
torch.diag(torch.arange(10**6))
torch.diag_embed(torch.arange(10**5))
torch.outer(torch.arange(10**6), torch.arange(10**6))
torch.kron(torch.ones(1000, 1000), torch.ones(1000, 1000))
torch.cdist(torch.ones(10**6, 1), torch.ones(10**6, 1))
torch.cdist(torch.ones(1000, 1000), torch.ones(1000, 1000), 1.5)
torch.ones(1000, 1000) @ torch.ones(1000, 1000) @ torch.ones(1000, 1000)
torch.ones(500, 1, 1, 2000) @ torch.ones(1, 500, 2000, 1)
torch.linalg.svd(torch.rand(1000, 1000))
torch.linalg.inv(torch.rand(1000, 1000))
torch.linalg.matrix_power(torch.eye(300), 2**62)
torch.linalg.matrix_power(b, 10**9)
torch.linalg.eig(torch.rand(110000, 3, 3))[0].sum()
torch.linalg.svd(torch.rand(110000, 3, 3))
torch.cdist(torch.ones(1000, 1000), torch.ones(1000, 1000)) @ torch.ones(1000, 1000)
torch.svd(torch.rand(10**6, 1), some=False)
torch.cov(torch.rand(10**6, 1))
torch.histc(a, 10**10)
torch.diff(torch.arange(10**6), 10**5)
torch.tile(a, (10**9,))
torch.repeat_interleave(a, 10**9)
torch.repeat_interleave(v, torch.full((3,), 2**62))
torch.repeat_interleave(torch.tensor([10**9]))
torch.broadcast_to(v, (10**12, 3))
torch.unique(torch.rand(10**6).view(-1, 1), dim=0)
torch.quantile(torch.rand(10**6), torch.rand(10**6))
torch.cat([torch.ones(10**6)] * 100)
torch.cat([torch.ones(10**6), torch.ones(10**6)])
torch.stack([torch.ones(10**6), torch.ones(10**6)])
F.one_hot(torch.tensor([10**12]))
F.one_hot(i, 10**12)
F.pad(a, (10**9, 10**9))
F.pad(a, (-10**9, 0))
F.interpolate(x, scale_factor=1e6)
F.interpolate(x, size=(10**9, 10**9))
F.unfold(torch.ones(1, 1, 1000, 1000), 500)
F.conv2d(torch.ones(1, 1, 1000, 1000), torch.ones(1, 1, 31, 31))
F.conv2d(torch.ones(1, 1, 1000, 1000).double(), torch.ones(1, 1, 31, 31).double())
F.conv2d(x, w, padding=10**9)
F.conv2d(x, w, dilation=10**18)
F.conv2d(x, w, stride=0)
F.conv2d(x, w, groups=0)
F.conv_transpose2d(x, w[:2], stride=10**6)
F.max_pool2d(torch.ones(1, 1000, 1000), 500, 1)
F.max_pool2d(x, 0)
F.max_pool2d(x, 10**18)
F.avg_pool2d(torch.ones(1, 1000, 1000), 500, 1)
F.adaptive_avg_pool2d(x, 10**9)
F.softmax(torch.rand(10**6), 0).tolist()
F.embedding(torch.tensor([10**12]), b)
F.embedding(torch.tensor([-1]), b)
F.cross_entropy(b, torch.tensor([0, 1, 10**12]))
F.nll_loss(b, torch.tensor([0, 1, -5]))
a.repeat(10**9)
a.repeat(10**9, 10**9)
a.repeat([10**6] * 60)
a.expand(10**12, 2, 3)
v.expand(10**18, 3)
a.unfold(0, 1, 0)
torch.ones(10**6).unfold(0, 10**5, 1)
torch.ones(10**6).split(1)
torch.ones(10**6).chunk(10**6)
torch.ones(10**6).unbind()
torch.ones(10**6).tolist()
torch.ones(10**6).sort().values.sort().values.sort().values.sort().values.sort().values.sort().values
a.gather(0, torch.tensor([[10**12]]))
a.index_select(0, torch.tensor([10**12]))
a.scatter(0, torch.tensor([[10**12]]), 1.0)
a.narrow(0, 10**18, 10**18)
a.roll(10**18)
a.transpose(10**18, -10**18)
a[10**18]
a[10**9:10**18:10**18]
a[::0]
a[::-1]
a[[10**12]]
a[torch.tensor([10**12])]
a[None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None]
a['x']
a[b'x']
a[1j]
[1] * 10**9
(1,) * 10**9
[[0] * 10**5] * 10**5
[a] * 10**9
a.shape * 10**9
a.shape + a.shape
2**10**10
2**64
2**65
9**9**9
10**19
(-2)**64
2**-10**10
1 << 10**9
a << 1
2.5**10**10
1e308 * 10
10.0**400
1 / 0
1 // 0
1 % 0
1.0 % 0
i // 0
i % 0
-(2**63 - 1) - 1 - 1
(2**63 - 1) * (2**63 - 1)
9223372036854775807 + 1
~9223372036854775807
999999999999999999999999999999999999999999
0xffffffffffffffffffffff
1e999
1_000_000
0777
1__0
1.e
0x1for x in a
""".strip("\n").splitlines() + [
    "", " ", "\n", "...", "a #", "a # comment", "\t", "(", ")", "[", "]", "()", "[]", ",", ".", "a.", ".a", "a..b",
    "a,", "a b", "@", "a @", "@ b", "a @@ b", "**", "a ** ",
    "a" * 401, "9" * 400, "0" * 400, "9" * 5000, "a" + "+a" * 199,
    "a" + "+a" * 150,
    "-" * 399 + "1", "~" * 40 + "1",
    "(" * 200 + "a" + ")" * 199,
    "(" * 199 + "a" + ")" * 199, "(" * 90 + "a" + ")" * 90, "[" * 200, "[" * 190 + "]" * 190, "a" + "[0]" * 130, "a" + ".T" * 190,
    "a" + ".T" * 20, "[" + "1," * 190 + "]", "torch.zeros(" * 30 + ")" * 30, "2**" * 100 + "2", "-" * 20 + "a", "a" + "@b" * 60,
    "torch.cat([" + "a," * 100 + "])", "torch.sin(" * 25 + "a" + ")" * 25, "a" + ".__class__" * 30, "a[" * 60 + "0" + "]" * 60,
    "\x00", "a\x00", "a\x07", "a\x1b[2J", "\ud800", "a\u200b", "a\u202e", "\ufeffa", "ａ", "а", "ａ＋１", "（a）",
     "a，b", "“a”", "a ＠ b", "ｔｏｒｃｈ.load",
    "torсh.zeros(3)",
    "a.＿＿class＿＿", "a.__ｃlass__", "１２３", "a × b", "a·b", "a²", "π",
    "张量", "😀", "a\n+ b", "a\n\n\n", "a\r\nimport os",
    "(a\n+ b)", "a # x\n+ b", "'''\na'''", "a;\nb", "\\", "a \\\n + b", "%" * 50, "{" * 100, "f'" + "{" * 50, "'" * 7,
    '"', "'\\x", "b'\\xff'",
]

HOSTILE = FORBIDDEN + EXCESSIVE
