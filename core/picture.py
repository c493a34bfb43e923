"""The picture that the networks look at: one of ours or the learner's own, made ready as the pictures were that they learned from."""

import numpy as np
import torch
from torch import Tensor

from core import data
from core.centre import ready
from core.data.strokes import sharp_digit
from core.images import Fitted
from core.introyt1 import text_picture
from core.photo import fit_photo

KINDS = ("sharp", "real", "drawn", "uploaded", "text")
FORMS = ("learned", "centred", "as_drawn", "eight")  # what is done to a drawing or a photo before it is fitted to the network


def picture(kind: str, digit: int, form: str, own: Tensor | np.ndarray | None = None, dataset: str = "mnist") -> Fitted:
    """(C, H, W) uint8, not yet fitted to a network, and what was done to it.

    kind: drawn by us, the first of its class in the embedded test set, the learner's drawing or photo, or the text's noise.
    own: a drawing (28, 28) uint8, ink 255 on 0, or a photo (C, H, W) uint8, C = 1 or 3; None is an empty one.
    dataset: what the trained copy learned from. For digits, sharp digits and those in the form "learned" become 8 x 8 counts as well:
    trained on digits, LeNet-5 knows 10 of our 10 sharp digits that way, and 4 to 6 without (three seeds).
    """
    learned = "eight" if dataset == "digits" else "centred"
    form = learned if form == "learned" else form
    match kind:
        case "sharp":
            image = sharp_digit(digit)
            return ready(image[0], "eight") if learned == "eight" else Fitted(image, ())
        case "real":
            test = data.load("digits", train=False)
            return Fitted(test.images[(test.labels == digit).nonzero()[0, 0]], ())
        case "text":
            return Fitted((text_picture()[0] * 255).round().byte(), ())    # only to be looked at: the network gets the fractions
    if own is None:
        return Fitted(torch.zeros(1, 28, 28, dtype=torch.uint8), ())
    return ready(torch.as_tensor(own), form) if kind == "drawn" else fit_photo(torch.as_tensor(own), form)
