"""The programs as text: their lines counted, and what differs from one rung to the next."""

import ast
import io
import tokenize
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from core.ladder import RUNGS

NO_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
NAMED = 2                                            # a file's first line says what it is, the second is blank
HOME = """

if __name__ == "__main__":
    from torchvision.datasets import MNIST

    pictures = MNIST("data", download=True)
    x, y = pictures.data.flatten(1) / 256, pictures.targets
    torch.manual_seed({seed})
    for what, *numbers in train(x[:50_000], y[:50_000], x[50_000:], y[50_000:], {call}):
        if what != "batch":
            print(what, *(f"{{number:.4f}}" for number in numbers))
"""


@dataclass(frozen=True)
class Line:
    """sign: "+" for one that came, "-" for one that went, " " for one that stayed. number: in the file where it stands."""

    sign: str
    number: int
    text: str


@cache
def text(key: str) -> str:
    """The very file that runs."""
    return Path(__file__).with_name(f"{RUNGS[key].file}.py").read_text("utf-8")


@cache
def code_lines(key: str) -> int:
    """Lines that hold code: no blank ones, no comments, no docstrings."""
    return len(_code(text(key)))


@cache
def train_lines(key: str) -> int:
    """Those of them that stand in `train`, the part that is written anew for every training."""
    train = next(node for node in ast.parse(text(key)).body if isinstance(node, ast.FunctionDef) and node.name == "train")
    return len(_code(text(key)) & set(range(train.lineno, train.end_lineno + 1)))


def before(key: str) -> str | None:
    """The rung below; None for the first."""
    keys = list(RUNGS)
    return keys[keys.index(key) - 1] if key != keys[0] else None


@cache
def diff(key: str) -> tuple[Line, ...]:
    """From the rung below to this one; of the first rung every line came."""
    old, new = (_program(before(key)) if before(key) else []), _program(key)
    found = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found += [Line(" ", at + NAMED + 1, new[at]) for at in range(c, d)]
        else:
            found += [Line("-", at + NAMED + 1, old[at]) for at in range(a, b)]
            found += [Line("+", at + NAMED + 1, new[at]) for at in range(c, d)]
    return tuple(found)


def _program(key: str) -> list[str]:
    """The lines below the file's name."""
    return text(key).splitlines()[NAMED:]


def function(key: str, name: str) -> str:
    """The text of one function of a program."""
    source = text(key)
    found = next(node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == name)
    return ast.get_source_segment(source, found)


def to_take_home(key: str, seed: int) -> str:
    """The program with the lines that run it, on MNIST as torchvision downloads it: it needs nothing else of ours."""
    start = RUNGS[key].start
    call = f"{start}()" if start[0].isupper() else f"*{start}()"
    return text(key) + HOME.format(seed=seed, call=call)


def _code(source: str) -> set[int]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {line for token in tokens if token.type not in NO_CODE for line in range(token.start[0], token.end[0] + 1)} - _docstrings(source)


def _docstrings(source: str) -> set[int]:
    lines = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node, clean=False) is not None:
            lines |= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return lines
