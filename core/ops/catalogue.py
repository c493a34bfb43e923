"""Which operation is looked at, and what else is computed for some of them."""

from dataclasses import dataclass

from core import fields
from core.expression.budget import tensors_in
from core.expression.evaluate import Evaluation, evaluate
from core.ops import OPS, QUESTIONS

MANY: dict[str, str] = {                             # so many draws show how often chance draws what
    "rand": "torch.rand(5000)",
    "randn": "torch.randn(5000)",
    "randint": "torch.randint(0, 10, (5000,))",
    "bernoulli": "torch.bernoulli(torch.full((5000,), 0.3))",
    "multinomial": "torch.multinomial(torch.tensor([1., 1., 8.]), 5000, replacement=True)",
}
BACK: dict[str, tuple[str, str]] = {                 # the way back to what the example began with, and the names of its last tensors
    "svd": ("U @ torch.diag(S) @ V.T", "U S V"),
    "eigh": ("Q @ torch.diag(L) @ Q.T", "L Q"),
    "inv": ("A @ X", "A X"),
    "solve": ("A @ x", "A b x"),
}


@dataclass(frozen=True)
class CatalogueSpec:
    """An operation out of those of one question, or out of those that the words find."""

    ask: str = fields.choice("memory", QUESTIONS)
    find: str = fields.words("")
    op: str = fields.choice("view", OPS)


def back(key: str, done: Evaluation) -> Evaluation:
    """BACK[key] over what the example gave."""
    text, names = BACK[key]
    names = names.split()
    made = tensors_in([step.value for step in done.steps])
    return evaluate(text, dict(zip(names, made[-len(names):], strict=True)))
