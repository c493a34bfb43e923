"""An expression over several lines, broken where a reader would break it."""

import re

TOKEN = re.compile(r"\d[\w.]*(?:(?<=[eE])[+-]\d+)?|\w+|\*\*|//|[<>=!]=|\s+|.", re.DOTALL)
AFTER = {",", "(", "["}
BEFORE = dict.fromkeys(("&", "|", "^", "<", ">", "<=", ">=", "==", "!="), 0.1) | dict.fromkeys("+-", 0.2)
BEFORE |= dict.fromkeys(("*", "/", "//", "%", "@", "**"), 0.4) | {".": 1.5}      # as bad as a break so many brackets deeper
SHORTEST = 0.4                                       # of a full line: rather that than a break deep in brackets


def lines(text: str, most: int) -> list[tuple[int, int]]:
    """From which to which letter each line goes, at most so many letters."""
    places, found, start = _breaks(text), [], 0
    while len(text) - start > most:
        near = [(bad, -place) for place, bad in places if start + SHORTEST * most < place <= start + most]
        end = -min(near)[1] if near else start + most
        found.append((start, end))
        start = end
    return [*found, (start, len(text))]


def _breaks(text: str) -> list[tuple[int, float]]:
    """Where a line may begin, and how bad that is: by the brackets that are open there, and by what is torn apart."""
    places, depth, last = [], 0, ""
    for token in TOKEN.finditer(text):
        word = token[0]
        if last in AFTER and not word.isspace():
            places.append((token.start(), depth))
        elif word in BEFORE and (word != "." or last in (")", "]")):
            places.append((token.start(), depth + BEFORE[word]))
        depth += (word in "([") - (word in ")]")
        last = last if word.isspace() else word
    return places
