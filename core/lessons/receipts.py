"""The teacher's table of a folder of receipts from the bug clinic: python -m core.lessons.receipts FOLDER"""

import argparse
import csv
import hashlib
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from unicodedata import east_asian_width

from core.lessons.clinic.answers import Answer, score
from core.lessons.clinic.card import KINDS, TRIES
from core.lessons.clinic.cards import CARDS

FORMAT, VERSION = "firstlight-receipt", 1
LONGEST = 40                                         # letters of a nickname
MOST_BYTES, MOST_FILES = 100_000, 500                # a receipt of all cards has about 5,000 bytes
SKIPPED = "just shown"
VISIT = re.compile(r"[0-9a-f]{6}")
FORMULA = ("=", "+", "-", "@")                       # with which a spreadsheet begins to compute
LEGEND = """\
cards            answered, of those in the deck
foreseen         predicted right, of what was predicted
just shown       answered without a prediction
mended at once   the first repair that was chosen mends it, of the cards with something to mend
it is            syntax: a SyntaxError; error: it stops with an exception; warning; wrong: it runs, and is wrong; right: nothing to mend
often taken for  the wrong prediction that was made most often"""


@dataclass(frozen=True)
class Receipt:
    """visit: six hexadecimal digits by chance, which tell apart two learners with one nickname. of: how many cards they were given.

    intact: whether the checksum fits; it guards against slips, not against cheating. file: where it was read, "" for nowhere.
    """

    nickname: str
    visit: str
    deck: int
    of: int
    answers: tuple[Answer, ...]
    intact: bool = True
    file: str = field(default="", compare=False)


@dataclass(frozen=True)
class Folder:
    """What a folder holds; left_out: the name of a file, and why."""

    receipts: tuple[Receipt, ...]
    left_out: tuple[tuple[str, str], ...]


def tidy(nickname: str) -> str:
    """One line of at most LONGEST letters that a terminal only shows: an escape character would be obeyed by it."""
    return "".join(c for c in nickname if c.isprintable()).strip()[:LONGEST].strip()


def file_name(nickname: str, deck: int, visit: str) -> str:
    """Letters and digits only: of a nickname of emoji nothing is left but the visit."""
    safe = "".join(c if c.isalnum() else "-" for c in tidy(nickname)).strip("-")
    return "-".join(filter(None, ("firstlight-receipt", safe, str(deck), visit))) + ".json"


def written(receipt: Receipt) -> str:
    """As JSON. foresaw and at_once are for people who read the file; `read` finds them out itself."""
    cards = [{"card": one.card, "said": one.said, "foresaw": one.foresaw, "tries": list(one.tries), "mended": one.mended,
              "at_once": one.at_once} for one in receipt.answers]
    content = {"format": FORMAT, "version": VERSION, "nickname": tidy(receipt.nickname), "visit": receipt.visit,
               "deck": receipt.deck, "of": receipt.of, "cards": cards}
    return json.dumps(content | {"checksum": _checksum(content)}, ensure_ascii=False, indent=1)


def read(raw: bytes) -> Receipt:
    """Raises ValueError with the reason for what is no receipt."""
    if len(raw) > MOST_BYTES:
        raise ValueError(f"larger than {MOST_BYTES // 1000} KB")
    found, checksum = _parsed(raw)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ValueError("no receipt of the bug clinic")
    if found.get("version") != VERSION:
        raise ValueError("from another version of the clinic")
    nickname, visit, deck, of, cards = (found.get(name) for name in ("nickname", "visit", "deck", "of", "cards"))
    named = isinstance(nickname, str) and isinstance(visit, str) and VISIT.fullmatch(visit)
    if not (named and _count(deck) and _count(of) and isinstance(cards, list)):
        raise ValueError("incomplete")
    answers = tuple(map(_answer, cards))
    if len({one.card for one in answers}) < len(answers):
        raise ValueError("a card is in it twice")
    return Receipt(tidy(nickname), visit, deck, of, answers, found.get("checksum") == checksum)


def collect(folder: Path) -> Folder:
    """All *.json of a folder; of several states of one visit the last. Two learners with one nickname both stay."""
    files = sorted(path for path in folder.glob("*.json") if path.is_file())
    left_out = [(path.name, f"more than {MOST_FILES} files") for path in files[MOST_FILES:]]
    found: list[Receipt] = []
    for path in files[:MOST_FILES]:
        try:
            found.append(replace(read(_start_of(path)), file=path.name))
        except OSError as error:
            left_out.append((path.name, error.strerror or "unreadable"))
        except ValueError as error:
            left_out.append((path.name, str(error)))
    kept, earlier = _last_of_each(found)
    return Folder(kept, (*left_out, *earlier))


def _last_of_each(found: list[Receipt]) -> tuple[tuple[Receipt, ...], list[tuple[str, str]]]:
    """The receipts that stay, and the files that do not, with the reason."""
    kept, earlier = [], []
    for i, one in enumerate(found):
        later = next((other for j, other in enumerate(found) if _before(one, other) and (i < j or not _before(other, one))), None)
        if later is None:
            kept.append(one)
        else:
            earlier.append((one.file, f"an earlier state of {tidy_name(later.file)}"))
    return tuple(sorted(kept, key=lambda one: (one.nickname, one.deck, one.file))), earlier


def _before(one: Receipt, other: Receipt) -> bool:
    """Whether the other is of the same visit and has all that this one has, perhaps more."""
    if (one.visit, one.deck) != (other.visit, other.deck):
        return False
    known = {answer.card: answer for answer in other.answers}
    return all(_grown(answer, known.get(answer.card)) for answer in one.answers)


def _grown(before: Answer, after: Answer | None) -> bool:
    return after is not None and before.said == after.said and before.tries == after.tries[:len(before.tries)]


def table(folder: Folder) -> str:
    """A line for each learner, a line for each card, what the heads of the columns mean, and what was left out."""
    parts = [_aligned([("learner", "deck", "cards", "foreseen", "just shown", "mended at once", "file", ""), *map(_line, folder.receipts)])]
    answers = [one for receipt in folder.receipts for one in receipt.answers]
    parts.append(_aligned([("card", "answers", "foreseen", "just shown", "mended at once", "it is", "often taken for"), *_cards(answers)]))
    parts.append(LEGEND)
    return "\n\n".join(filter(None, [*parts, left_out(folder)]))


def left_out(folder: Folder) -> str:
    """The files that are not in the table, each with the reason; "" for none."""
    return "\n".join(["left out:", *(f"  {tidy_name(name)}: {why}" for name, why in folder.left_out)]) if folder.left_out else ""


def rows(folder: Folder) -> str:
    """For a spreadsheet: a line for each card that a learner answered, separated by commas."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n").writerow
    write(("learner", "file", "deck", "card", "title", "predicted", "it is", "predicted right", "repairs", "mended", "mended at once",
           "unchanged"))
    for receipt in folder.receipts:
        for one in receipt.answers:
            card = CARDS[one.card]
            write((_as_text(receipt.nickname), _as_text(tidy_name(receipt.file)), receipt.deck, one.card, card.about, one.said or SKIPPED,
                   card.kind, int(one.foresaw), " ".join(one.tries), int(one.mended), int(one.at_once), int(receipt.intact)))
    return out.getvalue()


def _as_text(words: str) -> str:
    """A learner's words are no formula."""
    return f"'{words}" if words.startswith(FORMULA) else words


def tidy_name(name: str) -> str:
    """A file's name as a terminal may show it."""
    return "".join(c if c.isprintable() else "?" for c in name)


def _line(receipt: Receipt) -> tuple[str, ...]:
    total = score(receipt.answers)
    note = "" if receipt.intact else "changed after the download: the checksum does not fit"
    return (receipt.nickname or "(no name)", str(receipt.deck), f"{total.answered}/{receipt.of}", _share(total.foreseen, total.predicted),
            str(total.answered - total.predicted), _share(total.at_once, total.to_mend), tidy_name(receipt.file), note)


def _cards(answers: list[Answer]) -> Iterable[tuple[str, ...]]:
    """In teaching order, those that somebody answered."""
    for key, card in CARDS.items():
        mine = [one for one in answers if one.card == key]
        if mine:
            total, wrong = score(mine), Counter(one.said for one in mine if one.said and not one.foresaw)
            often = "{} ({})".format(*wrong.most_common(1)[0]) if wrong else ""
            mended = "" if card.sound else _share(total.at_once, total.to_mend)
            yield (f"{card.about} [{key}]", str(total.answered), _share(total.foreseen, total.predicted),
                   str(total.answered - total.predicted), mended, card.kind, often)


def _share(part: int, whole: int) -> str:
    return f"{part} ({part / whole:.0%})" if whole else "0"


def _aligned(rows: list[tuple[str, ...]]) -> str:
    """Columns as wide as their widest cell; a Chinese letter takes two places."""
    widths = [max(map(_places, column)) for column in zip(*rows, strict=True)]
    padded = [[cell + " " * (width - _places(cell)) for cell, width in zip(row, widths, strict=True)] for row in rows]
    return "\n".join("  ".join(row).rstrip() for row in padded)


def _places(words: str) -> int:
    return sum(1 + (east_asian_width(c) in "WF") for c in words)


def _answer(found: object) -> Answer:
    if not isinstance(found, dict):
        raise ValueError("incomplete")
    card, said, tries = (found.get(name) for name in ("card", "said", "tries"))
    if not isinstance(card, str) or card not in CARDS:
        raise ValueError("about a card that does not exist here")
    if said not in ("", *KINDS) or not isinstance(tries, list) or any(one not in TRIES for one in tries) or len(set(tries)) < len(tries):
        raise ValueError(f"an answer to {card} that cannot be given")
    return Answer(card, said, tuple(tries))


def _count(value: object) -> bool:
    return type(value) is int and 0 <= value <= 9999


def _start_of(path: Path) -> bytes:
    """As much as tells whether it is too large."""
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _parsed(raw: bytes) -> tuple[object, str]:
    """What a file holds, and the checksum that would fit it. Python gives up where it is nested too deep, reading or writing."""
    try:
        found = json.loads(raw.decode("utf-8-sig"))
        content = {name: value for name, value in found.items() if name != "checksum"} if isinstance(found, dict) else {}
        return found, _checksum(content)
    except (ValueError, RecursionError):
        raise ValueError("no JSON") from None


def _checksum(content: dict) -> str:
    """Eight hexadecimal digits over all that a receipt says, however its lines are broken."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:8]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m core.lessons.receipts", description="The teacher's table of the bug clinic.")
    parser.add_argument("folder", type=Path, help="where the receipts lie")
    parser.add_argument("--csv", action="store_true", help="rows for a spreadsheet, a line for each answer, instead of the table")
    asked = parser.parse_args()
    if not asked.folder.is_dir():
        print(f"{asked.folder} is no folder", file=sys.stderr)
        return 1
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")         # a terminal that cannot write a letter of a nickname shows "?"
    found = collect(asked.folder)
    if not found.receipts:
        print("\n".join(filter(None, (f"no receipts found in {asked.folder}", left_out(found)))), file=sys.stderr)
        return 1
    if asked.csv and found.left_out:
        print(left_out(found), file=sys.stderr)
    print(rows(found) if asked.csv else table(found), end="" if asked.csv else "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
