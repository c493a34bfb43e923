"""The layer gallery: what every building block does to a small input, in numbers."""

from core.layers import LayerSpec
from core.layers.linear import LinearSpec
from ui import views
from ui.frame import open_page, under_app
from ui.layers import linear

PARTS = {
    "linear": (LinearSpec, linear.draw),
}

under_app()
t = open_page("layers")
views.show(t, "layers", LayerSpec, PARTS, lambda view: t(f"{view}.question"))
