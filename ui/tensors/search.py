"""Find operations by name, by what somebody wants to do, in either language, or by their explanation."""

from functools import lru_cache

from content.text import LANGUAGES, Text
from core.ops import OPS

NAMED, NOWHERE = 1, 6
SHORTEST = {True: 4, False: 2}                       # letters of a search word in a longer one: "average" in "averages", 平均 in 求平均值


@lru_cache(maxsize=256)
def found(t: Text, text: str) -> tuple[str, ...]:
    """Keys of the operations that every word of the text fits, the best first; equals stay in teaching order.

    If there are none, those of which at least one word is the name or a search word: "sum of rows".
    """
    wanted = text.lower().split()
    if not wanted:
        return ()
    ranks = {key: [_rank(t, key, word) for word in wanted] for key in OPS}
    fitting = [key for key in OPS if NOWHERE not in ranks[key]] or [key for key in OPS if min(ranks[key]) <= NAMED]
    return tuple(sorted(fitting, key=lambda key: (min(ranks[key]), sum(ranks[key]))))


def _rank(t: Text, key: str, word: str) -> int:
    """0 is the name itself, 1 a search word, 2 and 3 the beginning and another part of the name, 4 and 5 parts of words and explanation."""
    words = [one for language in LANGUAGES for one in _words(key, Text(language))]
    fits = (
        word == key,
        word in words,
        any(part.startswith(word) for part in (key, *key.split("_"))),
        word in OPS[key].reference.lower(),
        any(word in one or _begins(one, word) for one in (key, *words)),
        word in t(f"ops.{key}").lower(),
    )
    return fits.index(True) if any(fits) else NOWHERE


@lru_cache(maxsize=1024)
def _words(key: str, t: Text) -> list[str]:
    return t(f"ops.words.{key}").lower().split()


def _begins(one: str, word: str) -> bool:
    """A learner bends words, and Chinese puts no space between them."""
    return len(one) >= SHORTEST[one.isascii()] and (word.startswith(one) if one.isascii() else one in word)
