"""An answer that was typed: a shape or a number, however it is written."""

import re
import unicodedata

from core.errors import SpecError

MOST_AXES = 6
LONGEST = 60


def read(text: str, ask: str = "shape") -> str:
    """ "1 x 6 x 28 x 28" or "torch.Size([1, 6, 28, 28])" -> "(1, 6, 28, 28)"; asked for "features", "400" -> "400".

    Raises SpecError("answer_missing", "shape_unreadable", "size_negative", "shape_too_long", "number_wanted").
    """
    plain = unicodedata.normalize("NFKC", text).strip()[:LONGEST]          # full-width digits, commas and brackets too
    if not plain:
        raise SpecError("answer_missing")
    words = re.sub(r"torch\.Size|[\[\]()【】]", " ", plain, flags=re.IGNORECASE)
    numbers = [number for number in re.split(r"[\s,;xX×*·、]+", words) if number]
    empty = re.fullmatch(r"(torch\.Size)?[\[(]+[\])]+", plain.replace(" ", ""), flags=re.IGNORECASE)
    if not all(re.fullmatch(r"-?\d{1,9}", number) for number in numbers) or not (numbers or empty):
        raise SpecError("shape_unreadable", value=text)
    shape = tuple(map(int, numbers))
    if any(n < 0 for n in shape):
        raise SpecError("size_negative", value=text)
    if len(shape) > MOST_AXES:
        raise SpecError("shape_too_long", value=len(shape), limit=MOST_AXES)
    if ask != "features":
        return str(shape)
    if len(shape) != 1:
        raise SpecError("number_wanted", value=text)
    return str(shape[0])
