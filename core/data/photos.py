"""Five real colour photos, from the scikit-image package: three of NASA and SpaceX in the public domain, two given away under CC0."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

FILE = Path(__file__).with_name("photos.png")        # side by side; remake: python -m core.data.make_photos
SIDE = 256                                           # pixels
PHOTOS = {                                           # our key: scikit-image's name
    "astronaut": "astronaut",                        # NASA
    "cat": "chelsea",                                # Stefan van der Walt, CC0
    "coffee": "coffee",                              # Rachel Michetti, CC0
    "rocket": "rocket",                              # SpaceX
    "galaxies": "hubble_deep_field",                 # NASA
}


@lru_cache(maxsize=1)
def load() -> Tensor:
    """All photos, in the order of PHOTOS, shared and never changed: (5, 3, SIDE, SIDE) uint8."""
    with Image.open(FILE, formats=("PNG",)) as sheet:
        pixels = torch.from_numpy(np.array(sheet))                         # (SIDE, 5 · SIDE, 3)
    return pixels.view(SIDE, len(PHOTOS), SIDE, 3).permute(1, 3, 0, 2).contiguous()
