"""A typed expression that is refused: the rule in words, and the letters that break it."""

from content.text import Text
from core.errors import SpecError
from figures import expression
from ui import picture, say


def show(t: Text, typed: str, error: SpecError, key: str) -> None:
    say.refused(t, error)
    start, end = error.facts.get("start"), error.facts.get("end")
    if start is not None:                            # a size that cannot be read has no place in the text
        picture.show(expression.underlined(typed.strip(), start, end, t("frame.refused_alt")), key)
