"""Arrays as PNG pictures that an SVG can hold."""

import base64
import io

import numpy as np
from PIL import Image


def png(image: np.ndarray) -> bytes:
    """Shapes: (H, W) or (H, W, 3), uint8."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG", compress_level=1)
    return file.getvalue()


def data_uri(image: np.ndarray) -> str:
    return "data:image/png;base64," + base64.b64encode(png(image)).decode()


def channels_last(image: np.ndarray) -> np.ndarray:
    """(1, H, W) -> (H, W); (3, H, W) -> (H, W, 3), the order in which pictures are stored and shown."""
    return image[0] if len(image) == 1 else image.transpose(1, 2, 0)
