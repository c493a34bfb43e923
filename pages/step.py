"""One training step, frozen after each of its five lines."""

from core.one_step import StepSpec
from core.one_step.lenet import LeNetSpec
from core.one_step.points import PointsSpec
from ui import learner, views
from ui.frame import compact, open_page, under_app
from ui.one_step import lenet, points

PARTS = {"points": (PointsSpec, points.draw), "lenet": (LeNetSpec, lenet.draw)}
LATER = {"points": points.LATER, "lenet": lenet.LATER}

under_app()
t = open_page("step")
compact()
learner.remember()
views.show(t, "step", StepSpec, PARTS, lambda view: t(f"step.question.{view}"), later=LATER)
