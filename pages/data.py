"""What is in a dataset, how pictures become batches, what transforms do, and who fetches them."""

from core.data.browse import BrowseSpec
from core.data.own import OwnSpec
from core.data.view import DataSpec
from core.loading import BatchSpec, LoaderSpec
from core.normalising import NumbersSpec
from core.transforms.look import TransformsSpec
from ui import learner, views
from ui.data import batches, loading, look, numbers, own, transforms
from ui.frame import open_page, under_app

PARTS = {
    "look": (BrowseSpec, look.draw),
    "batches": (BatchSpec, batches.draw),
    "transforms": (TransformsSpec, transforms.draw),
    "loader": (LoaderSpec, loading.draw),
    "numbers": (NumbersSpec, numbers.draw),
    "own": (OwnSpec, own.draw),
}
LATER = {
    "look": ("sheet", "picked", "chance"),
    "batches": ("number",),
    "transforms": ("transforms", "first", "back"),
    "own": ("sample", "dataset"),                    # it makes one
}

under_app()
t = open_page("data")
learner.remember()
views.show(t, "data", DataSpec, PARTS, lambda view: t(f"data.{view}.question"), wide={"shuffle": 1.2, "drop_last": 1.5}, later=LATER,
           offered={"": {"dataset": own.offered}})
