"""Review questions, and drills in which a shape is predicted."""

from core.lessons.quiz import QuizSpec
from core.lessons.quiz.drill import DrillSpec
from core.lessons.quiz.review import ReviewSpec
from ui import learner, views
from ui.frame import open_page, under_app
from ui.quiz import drill, review

PARTS = {"review": (ReviewSpec, review.draw), "drill": (DrillSpec, drill.draw)}
LATER = {"review": review.LATER, "drill": drill.LATER}

under_app()
t = open_page("quiz")
views.show(t, "quiz", QuizSpec, PARTS, lambda view: t(f"quiz.question.{view}"), later=LATER)
learner.remember()                                   # last: its element takes a gap
