"""Where a tensor's elements lie: one row of numbers in memory, and a rule, offset and stride, that finds each element in it."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core import fields
from core.errors import SpecError
from core.expression.evaluate import Evaluation, evaluate
from core.expression.explore import shares
from core.tensors import counting, parse_size

EXAMPLES = ("a", "a.T", "a[:, 1:]", "a[1]", "a[:, ::2]", "a.view(3, 2)", "a.unsqueeze(0)", "a[:1].expand(4, 3)", "a.T.reshape(6)",
            "a.T.contiguous()", "a[a > 2]", "torch.cat([a, b])", "torch.stack([a, a])")
PLACES = 24                                          # of a memory that can be drawn with readable numbers


@dataclass(frozen=True)
class MemorySpec:
    """An expression over a and b, which count as in `core.tensors.counting`.

    element: which of the result's elements is followed, counted from 1 row by row.
    """

    text: str = fields.words("a.T", 200)
    a_size: str = fields.words("2, 3")
    b_size: str = fields.words("4, 3")
    element: int = fields.number(2, 1, PLACES)


@dataclass(frozen=True)
class Memory:
    """A tensor as PyTorch keeps it. numbers: (n,) everything in its memory; places: of the tensor's shape, where each element lies."""

    numbers: Tensor
    places: Tensor
    shape: tuple[int, ...]
    stride: tuple[int, ...]
    offset: int
    contiguous: bool

    def place(self, index: tuple[int, ...]) -> int:
        """The rule: offset + index · stride. The same as places[index]."""
        return self.offset + sum(i * step for i, step in zip(index, self.stride, strict=True))


def explore(spec: MemorySpec) -> Evaluation:
    """Raises SpecError as `parse_size` and `evaluate` do, "memory_no_tensor", and "memory_too_large" when it cannot be drawn."""
    done = evaluate(spec.text, counting(parse_size(spec.a_size), parse_size(spec.b_size)))
    drawn = [*named(done).values(), *([done.value] if isinstance(done.value, Tensor) else [])]
    largest = max((max(x.numel(), x.untyped_storage().nbytes() // x.itemsize) for x in drawn), default=0)
    if largest > PLACES:
        raise SpecError("memory_too_large", value=largest, limit=PLACES)
    if not done.failure and (not isinstance(done.value, Tensor) or done.value.is_complex()):
        raise SpecError("memory_no_tensor", value=done.text)
    return done


def memory(x: Tensor) -> Memory:
    """Read the whole memory that a tensor lies in, be it its own or that of the tensor it is a view of."""
    numbers = torch.empty(0, dtype=x.dtype).set_(x.untyped_storage())
    places = torch.arange(len(numbers)).as_strided(x.shape, x.stride(), x.storage_offset())
    return Memory(numbers, places, tuple(x.shape), x.stride(), x.storage_offset(), x.is_contiguous())


def named(done: Evaluation) -> dict[str, Tensor]:
    """The tensors that the expression names."""
    return {step.operation: step.value for step in done.steps if not step.uses and step.operation.isidentifier()}


def lent_by(done: Evaluation) -> str:
    """The named tensor whose memory the result reads; "" where it has its own."""
    return next((name for name, x in named(done).items() if same_memory(x, done.value)), "")


def same_memory(x: Tensor, y: Tensor) -> bool:
    return x.untyped_storage().data_ptr() == y.untyped_storage().data_ptr()


def lender(done: Evaluation) -> str:
    """Where the numbers of the result lie: "named" (in a tensor that was given), "on_the_way" (in one that was computed before it),
    "kept" (in a memory of its own, in the order of its operand's) or "own" (of its own, in reading order).
    """
    if lent_by(done):
        return "named"
    if shares(done, len(done.steps) - 1) is not None or done.value.untyped_storage().nbytes() != done.value.nbytes:
        return "on_the_way"
    return "own" if done.value.is_contiguous() else "kept"


def guesses(found: Memory) -> list[str]:
    """Answers to "which stride has it?": the right one, that of a copy, both with their axes the other way round, and only ones."""
    copied = torch.empty(found.shape).stride()
    likely = [copied, found.stride[::-1], copied[::-1], (1,) * len(found.shape), (2,) * len(found.shape), (1,)]
    wrong = [str(stride) for stride in dict.fromkeys(likely) if stride != found.stride]
    return sorted([str(found.stride), *wrong[:3]])
