"""Follow the gradient: through an expression, through several calls, through the rules, and down into a valley."""

from core.descent import DescendSpec
from core.gradient.accumulate import AccumulateSpec
from core.gradient.rules import RuleSpec
from core.gradient.specs import GradientViewSpec, GraphSpec
from ui import views
from ui.autograd import accumulate, descend, graph, rules
from ui.frame import open_page, under_app

PARTS = {
    "graph": (GraphSpec, graph.draw),
    "accumulate": (AccumulateSpec, accumulate.draw),
    "rules": (RuleSpec, rules.draw),
    "descend": (DescendSpec, descend.draw),
}

under_app()
t = open_page("autograd")
views.show(t, "autograd", GradientViewSpec, PARTS, lambda view: t(f"autograd.{view}.question"), wide={"expression": 2.5},
           later=("step",))
