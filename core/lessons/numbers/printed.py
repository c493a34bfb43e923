"""One value that a text prints, how it is computed today, and what comes of comparing the two."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

GRAD_FN = re.compile(r"grad_fn=<\w+>")
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?")
DIGITS = 5e-5                                        # half of the last of four printed digits


@dataclass(frozen=True)
class Exact:
    """Letter for letter, but for the spaces between numbers. A grad_fn that has another name today is mentioned."""

    def __call__(self, printed: str, value: object) -> tuple[str, tuple[str, ...]]:
        said, is_ = tidy(printed), tidy(str(value))
        if said == is_:
            return "exact", ("same",)
        if GRAD_FN.sub("grad_fn", said) == GRAD_FN.sub("grad_fn", is_):
            return "exact", ("same", "renamed")
        return "failed", ("differs",)


@dataclass(frozen=True)
class Band:
    """Chance plays: low and high are the lowest and the highest of several seeds.

    Today's numbers may leave the band by half its width: another computer rounds differently, and a training carries that on.
    The text's own number may lie anywhere; whether it lies in the band is said.
    """

    low: float
    high: float

    def __call__(self, printed: str, value: object) -> tuple[str, tuple[str, ...]]:
        margin = (self.high - self.low) / 2
        if not all(self.low - margin <= number <= self.high + margin for number in _numbers(value)):
            return "failed", ("left_band",)
        text = _read(printed)
        return "band", ("seeds" if all(self.low <= number <= self.high for number in text) else "outside",)


@dataclass(frozen=True)
class LogProbs:
    """A row of logarithms of probabilities: each in the band, and the probabilities, printed or today's, add up to 1."""

    band: Band

    def __call__(self, printed: str, value: object) -> tuple[str, tuple[str, ...]]:
        totals = [torch.tensor(logs).exp().sum().item() for logs in (_read(printed), _numbers(value))]
        return self.band(printed, value) if all(abs(total - 1) < 1e-3 for total in totals) else ("failed", ("differs",))


@dataclass(frozen=True)
class Dropped:
    """Which cells a Dropout drops differs from build to build; each cell, printed or today's, is 0 or x / (1 - p)."""

    x: Callable[[], Tensor]
    p: float

    def __call__(self, printed: str, value: object) -> tuple[str, tuple[str, ...]]:
        kept = (self.x() / (1 - self.p)).flatten()
        text = torch.tensor(_read(printed))
        holds = all(_dropped(cells, kept) for cells in (text, torch.tensor(_numbers(value))))
        return ("band", ("mask",)) if holds else ("failed", ("differs",))


@dataclass(frozen=True)
class Residue:
    """What rounding leaves of a sum that is 0 on paper: the same letters, or at least as little as `most`.

    Processors add in another order, so its digits are the processor's. With AVX2 the text's come out, without it others.
    """

    most: float

    def __call__(self, printed: str, value: object) -> tuple[str, tuple[str, ...]]:
        found, why = Exact()(printed, value)
        if found == "failed" and all(abs(number) < self.most for number in _numbers(value)):
            return "band", ("residue",)
        return found, why


@dataclass(frozen=True)
class Never:
    """Nothing that runs here can bring it back; why is a code of REASONS."""

    why: str

    def __call__(self, printed: str, value: object) -> tuple[str, tuple[str, ...]]:
        return "never", (self.why,)


@dataclass(frozen=True)
class Perhaps:
    """Exact where it comes out; otherwise nobody can say more than why."""

    why: str

    def __call__(self, printed: str, value: object) -> tuple[str, tuple[str, ...]]:
        return ("exact", ("same",)) if tidy(printed) == tidy(str(value)) else ("never", (self.why,))


Judge = Exact | Band | LogProbs | Dropped | Residue | Never | Perhaps


@dataclass(frozen=True)
class Printed:
    """A value of one text: s0 to s4. place: what is printed there, as code says it; section: under which heading.

    needs: a key of SOURCES, "" for nothing; chain: a key of CHAINS, the training that it is read from; note: one more reason.
    """

    text: str
    section: str
    place: str
    printed: str
    compute: Callable[[], object] | None
    judge: Judge = Exact()
    needs: str = ""
    chain: str = ""
    note: str = ""


@dataclass(frozen=True)
class Verdict:
    """What came of one. now: today's value as PyTorch prints it, "" for none; why: codes of REASONS."""

    text: str
    section: str
    place: str
    printed: str
    now: str
    verdict: str
    why: tuple[str, ...]


def verdict(row: Printed) -> Verdict:
    """Compute and compare. What it needs must be here; the global generator is left as it was."""
    with torch.random.fork_rng(devices=[]):
        value = row.compute() if row.compute else None
    found, why = row.judge(row.printed, value)
    return told(row, found, *why, *filter(None, [row.note]), now="" if value is None else written(value))


def told(row: Printed, found: str, *why: str, now: str = "") -> Verdict:
    return Verdict(row.text, row.section, row.place, row.printed, now, found, why)


def written(value: object) -> str:
    """As Python prints it; a number that chance made to four digits, as the texts do."""
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def tidy(words: str) -> str:
    """Spaces and line ends as one printer of tensors sets them, and another does not, make no difference."""
    return re.sub(r"\s*([\[\](),:=])\s*", r"\1", " ".join(words.split()))


def _dropped(cells: Tensor, kept: Tensor) -> bool:
    """Some are 0, and all others are what a kept one becomes."""
    gone = cells == 0
    return len(cells) == len(kept) and 0 < gone.sum() < len(kept) and (gone | ((cells - kept).abs() < 2 * DIGITS)).all().item()


def _read(printed: str) -> list[float]:
    return [float(number) for number in NUMBER.findall(GRAD_FN.sub("", printed))]


def _numbers(value: object) -> list[float]:
    return value.detach().flatten().tolist() if isinstance(value, Tensor) else [float(value)]
