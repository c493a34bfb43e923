"""LeNet with other settings: what must change with them, what no longer fits, and the network to train and to take home."""

from core.architecture.network import EditedLeNet
from core.architecture.plan import plan
from core.architecture.repair import repairs
from core.architecture.spec import SEEDS, ArchitectureSpec, OriginSpec
from core.architecture.steps import steps
from ui import link, say, source
from ui.architecture import current, drawing, guess, result, settings
from ui.frame import open_page, question, under_app

under_app()
t = open_page("architecture")
changed_origin = link.restore("architecture", OriginSpec)
changed = link.restore("architecture", ArchitectureSpec)
question(t("architecture.question"))
guess.draw(t)
spec = current.spec()
settings.draw(t)
link.keep("architecture", OriginSpec(current.origin()), spec)
say.changed(t, OriginSpec, changed_origin)
say.changed(t, ArchitectureSpec, changed)
whole, start = plan(spec), plan(SEEDS[current.origin()])
if whole.misfit:
    result.misfit(t, whole)
drawing.draw(t, whole, start)
result.draw(t, whole, start)
result.code(t, whole)
source.show(t, "architecture", plan, steps, repairs, EditedLeNet)
