"""One training step, frozen after each of its five lines."""

import streamlit as st

from core.one_step import StepSpec
from core.one_step.lenet import LeNetSpec
from core.one_step.points import PointsSpec
from ui import learner, views
from ui.frame import open_page, under_app
from ui.one_step import lenet, points

PARTS = {"points": (PointsSpec, points.draw), "lenet": (LeNetSpec, lenet.draw)}
LATER = {"points": points.LATER, "lenet": lenet.LATER}

# so that slider, program and network stand in one view
LOW = ("<style>[data-testid=stMainBlockContainer]{padding-top:2.6rem} h1{padding-bottom:.3rem!important}"
       "[data-testid=stMain] [data-testid=stVerticalBlock]{gap:.6rem}</style>")

under_app()
t = open_page("step")
st.html(LOW)
learner.remember()
views.show(t, "step", StepSpec, PARTS, lambda view: t(f"step.question.{view}"), later=LATER)
