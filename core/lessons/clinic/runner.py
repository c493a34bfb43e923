"""Runs the cards' programs, and nothing else: what is asked for is a card's key and the name of a change, never code."""

import builtins
import linecache
import traceback
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType

from core.errors import SpecError
from core.lessons.clinic.card import TRIES, Card
from core.lessons.clinic.cards import CARDS
from core.seeded import seeded
from core.warned import heard

SEED = 0
MODULE = "core.lessons.clinic.snippet"               # the name under which they run; core/warned.py knows it


@dataclass(frozen=True)
class Outcome:
    """What came of a program. error: the type of what was raised, "" if nothing was; line: where in the program, 0 for nowhere.

    trace: what Python prints of it, without the frames inside PyTorch. holds: the card's check, None where it was not reached.
    """

    printed: tuple[str, ...] = ()
    error: str = ""
    message: str = ""
    line: int = 0
    trace: str = ""
    warnings: tuple[str, ...] = ()
    holds: bool | None = None
    began: bool = True                               # False: nothing ran, since Python could not read the program

    @property
    def kind(self) -> str:
        """syntax, the type of the exception, warning, wrong or right."""
        if self.error:
            return self.error if self.began else "syntax"
        if self.warnings:
            return "warning"
        return "right" if self.holds else "wrong"


@lru_cache(maxsize=512)
def run(key: str, name: str = "") -> Outcome:
    """Run a card's program as it stands, or with one of TRIES made, as if `torch.manual_seed(SEED)` stood before it.

    Raises SpecError("unknown_key") for what is no card and no change of one.
    """
    if key not in CARDS or name not in ("", *TRIES):
        raise SpecError("unknown_key", field="card", value=f"{key}.{name}", known=", ".join(CARDS))
    return seeded(SEED, lambda: compiled(CARDS[key], CARDS[key].program(name), f"{key}.py"))


def compiled(card: Card, program: str, file: str) -> Outcome:
    """What Python cannot read never runs."""
    try:
        code = compile(program, file, "exec")
    except SyntaxError as error:
        said = "".join(traceback.format_exception_only(error)).rstrip()
        return Outcome((), type(error).__name__, error.msg, error.lineno or 0, said, began=False)
    return executed(card, code, program, file)


def executed(card: Card, code: CodeType, program: str, file: str) -> Outcome:
    """Its own names, and a `print` that keeps the lines: the process's own output is shared by all threads."""
    printed: list[str] = []
    names = {"__name__": MODULE, "__builtins__": builtins, "print": lambda *what: printed.append(" ".join(map(str, what)))}
    with heard() as warnings:
        try:
            exec(code, names)
            holds = bool(eval(card.check, names))
        except Exception as error:
            return raised(error, tuple(printed), tuple(warnings), program, file)
    return Outcome(tuple(printed), warnings=tuple(warnings), holds=holds)


def raised(error: Exception, printed: tuple[str, ...], warnings: tuple[str, ...], program: str, file: str) -> Outcome:
    """The report as a terminal shows it, of the program's own lines only."""
    linecache.cache[file] = (len(program), None, program.splitlines(keepends=True), file)     # where Python looks lines up for its report
    report = traceback.TracebackException.from_exception(error)
    report.stack = traceback.StackSummary.from_list([frame for frame in report.stack if frame.filename == file])
    trace = "".join(report.format(chain=False)).rstrip()
    linecache.cache.pop(file, None)
    return Outcome(printed, type(error).__name__, str(error), report.stack[-1].lineno if report.stack else 0, trace, warnings)
