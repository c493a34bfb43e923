"""The layer gallery, in teaching order: key -> the classes of torch.nn that its view shows. The key is also the file's name everywhere."""

from dataclasses import dataclass

from core import fields

LAYERS: dict[str, tuple[str, ...]] = {
    "linear": ("Linear",),
}


@dataclass(frozen=True)
class LayerSpec:
    """Which layer is shown."""

    view: str = fields.choice("linear", LAYERS)
