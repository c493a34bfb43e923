"""Create tensors, combine them, compute with them, find them in memory, repeat chance, and take any expression apart."""

from core import tensors
from core.dtypes import DtypeSpec
from core.expression.explore import ExpressionSpec
from core.layout import LayoutSpec
from core.memory import MemorySpec
from core.ops.catalogue import CatalogueSpec
from ui import views
from ui.frame import open_page, under_app
from ui.tensors import catalogue, combine, compute, create, dtype, expression, layout, memory, seed

PARTS = {
    "create": (tensors.CreateSpec, create.draw),
    "dtype": (DtypeSpec, dtype.draw),
    "combine": (tensors.CombineSpec, combine.draw),
    "compute": (tensors.ComputeSpec, compute.draw),
    "memory": (MemorySpec, memory.draw),
    "layout": (LayoutSpec, layout.draw),
    "seed": (tensors.SeedSpec, seed.draw),
    "expression": (ExpressionSpec, expression.draw),
    "catalogue": (CatalogueSpec, catalogue.draw),
}

under_app()
t = open_page("tensors")
views.show(t, "tensors", tensors.ViewSpec, PARTS, lambda view: t(f"tensors.{view}.question"), wide={"text": 3},
           later={"dtype": ("values", "to"), "memory": ("element",)}, offered={"catalogue": {"op": catalogue.offered}})
