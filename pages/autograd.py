"""Follow the gradient: through numbers and tensors, through several calls, through the rules, and down into a valley."""

from core.descent import DescendSpec
from core.gradient.accumulate import AccumulateSpec
from core.gradient.rules import RuleSpec
from core.gradient.specs import GradientViewSpec, GraphSpec, TensorGraphSpec
from ui import views
from ui.autograd import accumulate, descend, graph, rules, tensors
from ui.frame import open_page, under_app

PARTS = {
    "graph": (GraphSpec, graph.draw),
    "tensors": (TensorGraphSpec, tensors.draw),
    "accumulate": (AccumulateSpec, accumulate.draw),
    "rules": (RuleSpec, rules.draw),
    "descend": (DescendSpec, descend.draw),
}

under_app()
t = open_page("autograd")
views.show(t, "autograd", GradientViewSpec, PARTS, lambda view: t(f"autograd.{view}.question"), wide={"expression": 2.0},
           later={"graph": ("step",), "tensors": ("step",)})
