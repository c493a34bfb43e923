"""Autograd's rules as small programs that really run: which work, which only warn, and which PyTorch refuses.

Each program is lesson material: the page shows its lines. It prints with the `print` that it is given.
"""

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import torch

from core import fields
from core.warned import heard

Print = Callable[..., None]


def leaf(print: Print) -> None:
    w = torch.tensor(3.0, requires_grad=True)
    loss = w ** 2
    loss.backward()
    print(w.is_leaf, w.grad)


def non_leaf(print: Print) -> None:
    w = torch.tensor(3.0, requires_grad=True)
    h = 2 * w
    loss = h ** 2
    loss.backward()
    print(h.is_leaf, h.grad)


def retain_grad(print: Print) -> None:
    w = torch.tensor(3.0, requires_grad=True)
    h = 2 * w
    h.retain_grad()
    loss = h ** 2
    loss.backward()
    print(h.is_leaf, h.grad)


def not_required(print: Print) -> None:
    w = torch.tensor(3.0)
    loss = w ** 2
    print(loss.requires_grad, loss.grad_fn)
    loss.backward()


def whole_number(print: Print) -> None:
    w = torch.tensor(3, requires_grad=True)
    print(w)


def detach(print: Print) -> None:
    w = torch.tensor(3.0, requires_grad=True)
    loss = w * w.detach()
    loss.backward()
    print(w.grad)


def no_grad(print: Print) -> None:
    w = torch.tensor(3.0, requires_grad=True)
    with torch.no_grad():
        loss = w ** 2
    print(loss)
    loss.backward()


def change_leaf(print: Print) -> None:
    w = torch.tensor(3.0, requires_grad=True)
    w -= 0.1
    print(w)


def change_leaf_no_grad(print: Print) -> None:
    w = torch.tensor(3.0, requires_grad=True)
    loss = w ** 2
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    print(w)


def change_saved(print: Print) -> None:
    w = torch.tensor(3.0, requires_grad=True)
    h = w.exp()
    print(h.grad_fn.name(), h._version)
    h += 1
    print(h.grad_fn.name(), h._version)
    h.backward()


def change_unsaved(print: Print) -> None:
    w = torch.tensor(3.0, requires_grad=True)
    h = 2 * w
    print(h._version)
    h += 1
    print(h._version)
    h.backward()
    print(w.grad)


def twice(print: Print) -> None:
    w = torch.tensor(3.0, requires_grad=True)
    loss = w ** 2
    loss.backward()
    print(w.grad)
    loss.backward()


def twice_retained(print: Print) -> None:
    w = torch.tensor(3.0, requires_grad=True)
    loss = w ** 2
    loss.backward(retain_graph=True)
    print(w.grad)
    loss.backward()
    print(w.grad)


def vector(print: Print) -> None:
    w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    loss = w ** 2
    print(loss)
    loss.backward()


def to_numpy(print: Print) -> None:
    w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    print(w.detach().numpy())
    print(w.numpy())


RULES: dict[str, Callable[[Print], None]] = {function.__name__: function for function in (
    leaf, non_leaf, retain_grad, not_required, whole_number, vector, detach, no_grad, change_leaf, change_leaf_no_grad, change_saved,
    change_unsaved, twice, twice_retained, to_numpy)}
ENDS = ("runs", "warns", "error")


@dataclass(frozen=True)
class RuleSpec:
    rule: str = fields.choice("leaf", RULES)


@dataclass(frozen=True)
class Outcome:
    """How a program ended (a key of ENDS), what it printed until then, and PyTorch's own words: "RuntimeError: ..."."""

    end: str
    printed: tuple[str, ...]
    message: str


@lru_cache
def outcome(rule: str) -> Outcome:
    """Run a program. Nothing in it is drawn at random, so once is enough."""
    printed: list[str] = []
    with heard() as warned:
        try:
            RULES[rule](lambda *values: printed.append(" ".join(map(str, values))))
        except Exception as refused:                 # of whatever kind: it is what the card is about
            return Outcome("error", tuple(printed), f"{type(refused).__name__}: {refused}")
    return Outcome("warns" if warned else "runs", tuple(printed), warned[0] if warned else "")


def program(rule: str) -> str:
    """The lines to try at home."""
    lines = inspect.getsource(RULES[rule]).splitlines()[1:]
    return "import torch\n\n" + textwrap.dedent("\n".join(lines)) + "\n"
