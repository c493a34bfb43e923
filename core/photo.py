"""From a photo of a digit, dark on light paper or chalk on a board, to what the networks learned from: ink 255 on 0."""

import torch
from torch import Tensor

from core.centre import ready
from core.images import Fitted, rgb_to_grey

FAINT = 24                                           # of 255: what differs less from the paper is no ink
TRACE = 0.4                                          # of the strongest ink: less is noise, or a shadow with an edge


def fit_photo(image: Tensor, form: str) -> Fitted:
    """What becomes of an uploaded picture, step by step. Shapes: (C, H, W) uint8 -> as_drawn (C, S, S), else (1, h, w)."""
    if form == "as_drawn":
        return square(image)
    steps: list[tuple[str, int, int]] = []
    if len(image) == 3:
        image = rgb_to_grey(image[None], 3, 1)[0]
        steps.append(("rgb_to_grey", 3, 1))
    found = ink(image[0])
    made = ready(found.images, form)
    return Fitted(made.images, (*steps, *found.steps, *made.steps))


def square(image: Tensor) -> Fitted:
    """Nothing is cut off: the shorter side grows on both ends, in the border's own colour. Shapes: (C, H, W) -> (C, S, S)."""
    channels, high, wide = image.shape
    side = max(high, wide)
    if high == wide:
        return Fitted(image, ())
    sheet = image[:, border(high, wide)].median(1).values[:, None, None].repeat(1, side, side)         # (C, S, S)
    top, left = (side - high) // 2, (side - wide) // 2
    sheet[:, top:top + high, left:left + wide] = image
    return Fitted(sheet, (("square", min(high, wide), side),))


def ink(grey: Tensor) -> Fitted:
    """How far each pixel is from the paper, darker or lighter, whichever is stronger; the strongest becomes 255. (H, W) uint8 both."""
    sheet = paper(grey)
    steps = [("paper", round(float(sheet.mean())), 0)]
    away = sheet - grey
    darker, lighter = float(away.max()), float(-away.min())
    strongest = max(darker, lighter)
    if strongest < FAINT:
        return Fitted(torch.zeros_like(grey), (*steps, ("no_ink", round(strongest), FAINT)))
    if darker >= lighter:
        steps.append(("invert", 0, 255))
    else:
        away = -away
    share = away / strongest
    steps.append(("stretch", round(strongest), 255))
    return Fitted(torch.where(share < TRACE, 0.0, share).mul(255).round().byte(), tuple(steps))


def paper(grey: Tensor) -> Tensor:
    """How bright the empty paper would be: a surface of second degree through the border's pixels. (H, W) both.

    Light often falls from one side, and a lens makes the corners darker.
    """
    high, wide = grey.shape
    rows, columns = torch.meshgrid(torch.linspace(-1, 1, high), torch.linspace(-1, 1, wide), indexing="ij")
    terms = torch.stack([torch.ones(high, wide), rows, columns, rows * columns, rows**2, columns**2], -1)              # (H, W, 6)
    edge = border(high, wide)
    factors = torch.linalg.lstsq(terms[edge], grey[edge].float().unsqueeze(1)).solution                # (edge, 6), (edge, 1) -> (6, 1)
    return (terms @ factors)[..., 0]


def border(high: int, wide: int) -> Tensor:
    """Which pixels lie at the edge. Shape: (H, W) bool."""
    edge = torch.ones(high, wide, dtype=torch.bool)
    edge[1:-1, 1:-1] = False
    return edge
