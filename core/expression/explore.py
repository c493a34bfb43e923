"""What the tensors page computes of a typed expression: its two tensors, what its shape could be taken for, and what each part is."""

from dataclasses import dataclass

from torch import Tensor

from core import fields
from core.expression.budget import tensors_in
from core.expression.evaluate import Evaluation, evaluate
from core.expression.parse import LONGEST
from core.tensors import LARGEST, counting, parse_size, write_size

EXAMPLES = ("a @ b.T + torch.rand(4)", "(a - a.mean()) / a.std()", "a[:, 1:] * 10", "b[b > 50]",
            "torch.cat([a, b]).sum(dim=0, keepdim=True)", "torch.rand(2, 3) + torch.rand(3, 2)")
GUESSES = 5
WORDS = 26                                           # characters of a shape or of a value that is no tensor
MOST = 20                                            # parts of a value that are written
PRINTED = 20_000                                     # numbers: repr of more takes long and says no more
AXES = 64                                            # numpy's limit


@dataclass(frozen=True)
class ExpressionSpec:
    """An expression over a and b, which count as in `core.tensors.combine`."""

    text: str = fields.words(EXAMPLES[0], LONGEST)
    a_size: str = fields.words("2, 3")
    b_size: str = fields.words("4, 3")
    seed: int = fields.number(1729, 0, 9999)


def explore(spec: ExpressionSpec) -> Evaluation:
    """Raises SpecError as `parse_size` and `evaluate` do."""
    return evaluate(spec.text, counting(parse_size(spec.a_size), parse_size(spec.b_size)), spec.seed)


def outcome(done: Evaluation) -> str:
    """What came of it, as one of `outcomes`: "error", a shape, "several" tensors, or "other" for what is no tensor."""
    if done.failure:
        return "error"
    if isinstance(done.value, Tensor):
        return write_size(tuple(done.value.shape))
    return "several" if tensors_in(done.value) else "other"


def outcomes(done: Evaluation) -> list[str]:
    """Answers to "which shape comes out?": the right one among the shapes on the way and the usual mistakes, then "error"."""
    right = outcome(done)
    shapes = [tuple(step.value.shape) for step in done.steps if isinstance(step.value, Tensor)]
    turned = [shape[::-1] for shape in shapes[-2:]]
    wrong = [write_size(shape) for shape in (*shapes[::-1], *turned, (), (1,)) if write_size(shape) != right]
    return [*sorted({*dict.fromkeys(wrong[:GUESSES - 1]), right} - {"error"}), "error"]


def written(value: object) -> str:
    """The shape of a tensor, of each of several, or the value itself."""
    several = isinstance(value, tuple | list) and tensors_in(value)
    shape = write_size(tuple(value.shape)) if isinstance(value, Tensor) else ""
    words = shape or (", ".join(map(written, value[:MOST])) if several else str(value))
    return words if len(words) <= WORDS and not (several and len(value) > MOST) else words[:WORDS - 1] + "…"


def printed(value: object) -> str:
    """As Python prints it; of more than PRINTED numbers a corner, of more than MOST parts the first."""
    if isinstance(value, Tensor):
        return repr(value if value.numel() <= PRINTED else corner(value, LARGEST))
    if isinstance(value, tuple | list) and (len(value) > MOST or sum(x.numel() for x in tensors_in(value)) > PRINTED):
        return "\n".join([*(printed(part) for part in value[:MOST]), f"… {len(value)}"])
    return repr(value)


def shares(done: Evaluation, step: int) -> int | None:
    """The step, of those that went into this one, whose memory its tensor (or the first of several) reads; None for one with its own."""
    made = tensors_in(done.steps[step].value)
    if not made or not made[0].numel():
        return None
    memory = made[0].untyped_storage().data_ptr()
    for used in done.steps[step].uses:
        given = done.steps[used].value
        if isinstance(given, Tensor) and given.untyped_storage().data_ptr() == memory:
            return used
    return None


def overwrite(done: Evaluation, number: float) -> None:
    """Put a number into the first place of the first named tensor, behind the back of all later steps: views show it, copies do not."""
    named = next(step.value for step in done.steps if not step.uses and isinstance(step.value, Tensor))
    named.view(-1)[0] = number


def corner(x: Tensor, most: int) -> Tensor:
    """The first rows and columns, at most `most` elements of a tensor: what a picture with readable numbers holds."""
    if x.ndim > AXES:
        x = x.flatten(0, -3)
    if x.numel() <= most:
        return x
    side = int(most**0.5)
    while x.ndim > 2:
        x = x[0]
    return x[:most] if x.ndim == 1 else x[:side, :side]
