"""Create tensors, combine them, compute with them, repeat chance, and take any expression apart."""

from core import tensors
from core.expression.explore import ExpressionSpec
from core.ops.catalogue import CatalogueSpec
from ui import views
from ui.frame import open_page, under_app
from ui.tensors import catalogue, combine, compute, create, expression, seed

PARTS = {
    "create": (tensors.CreateSpec, create.draw),
    "combine": (tensors.CombineSpec, combine.draw),
    "compute": (tensors.ComputeSpec, compute.draw),
    "seed": (tensors.SeedSpec, seed.draw),
    "expression": (ExpressionSpec, expression.draw),
    "catalogue": (CatalogueSpec, catalogue.draw),
}

under_app()
t = open_page("tensors")
views.show(t, "tensors", tensors.ViewSpec, PARTS, lambda view: t(f"tensors.{view}.question"), wide={"text": 3},
           offered={"catalogue": {"op": catalogue.offered}})
