"""The table for a terminal and as a file: one line for each value, and sums that no reader can misread."""

import csv
import io
from collections.abc import Iterable

from core.lessons.numbers.check import counts
from core.lessons.numbers.printed import Verdict
from core.lessons.numbers.reasons import REASONS

WORDS = {"exact": "exact", "band": "in band", "never": "not repr.", "needs": "needs data", "later": "not run", "failed": "FAILED"}
PLACE, VALUE = 38, 34                                # letters of a column


def line(verdict: Verdict) -> str:
    why = "; ".join(REASONS[code] for code in verdict.why if code != "same")
    cells = (f"{verdict.text:<3}", f"{short(verdict.place, PLACE):<{PLACE}}", f"{short(verdict.printed, VALUE):<{VALUE}}",
             f"{short(verdict.now, VALUE):<{VALUE}}", f"{WORDS[verdict.verdict]:<10}", why)
    return "  ".join(cells).rstrip()


def head() -> str:
    return f"{'':<3}  {'what is printed':<{PLACE}}  {'printed':<{VALUE}}  {'now':<{VALUE}}  verdict"


def sums(verdicts: Iterable[Verdict]) -> list[str]:
    """What the sums hide, then the sums; the last line is all that a program needs to read."""
    verdicts = list(verdicts)
    found, apart = counts(verdicts), outside(verdicts)
    return [f"of those in band, {apart} where today's value lies in it and the text's own does not",
            f"not judged: {found['needs']} need data that is not here, {found['later']} need a long training that was not asked for",
            f"exact {found['exact']}, in band {found['band']}, not reproducible {found['never']}, failed {found['failed']}"]


def outside(verdicts: Iterable[Verdict]) -> int:
    """Values that chance decides, and whose text was luckier, or less lucky, than all our seeds."""
    return sum("outside" in verdict.why for verdict in verdicts)


def as_csv(verdicts: Iterable[Verdict]) -> str:
    """For a spreadsheet, with the codes of the program."""
    file = io.StringIO()
    write = csv.writer(file)
    write.writerow(("text", "section", "place", "printed", "now", "verdict", "why"))
    for verdict in verdicts:
        write.writerow((verdict.text, verdict.section, verdict.place, verdict.printed, verdict.now, verdict.verdict, " ".join(verdict.why)))
    return file.getvalue()


def short(words: str, letters: int) -> str:
    """On one line, the middle left out where it is long."""
    words = " ".join(words.split()).replace("[ ", "[")
    return words if len(words) <= letters else f"{words[:letters - 9]} … {words[-6:]}"
