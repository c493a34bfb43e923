"""What one rerun of each page costs the server: python -m benchmarks.rerun [--rounds 3] [--reruns 30] [--open] [PAGE ...]

Every page is opened over the websocket with its answer on display ("Just show me" pressed), then run again unchanged, and
again with one control changed each time. CPU is that of the whole server process. Ends with 1 when a page is over its limit
or shows an exception.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.browser import Browser, Run
from benchmarks.server import Server, about_machine
from ui.frame import PAGES

LIMIT_MS = 25.0
LIMITS_MS = {"lenet": 30.0}                          # two networks, each kept operation by operation
WARM_UPS = 2
SHORT_RUN = {"train_images": "100", "epochs": "2"}   # the query of a training that takes a second
DONE = "train.walk.test"                             # this button stands on the page of a run that has ended well


@dataclass(frozen=True)
class View:
    """One state of a page. control and values: what a learner changes, by turns; trained: a run has ended on the page.

    Five values, because the browser keeps large messages for two runs: with fewer, most charts would not be sent again.
    """

    page: str
    query: dict[str, str] = field(default_factory=dict)
    control: str = ""
    values: tuple = (1, 2, 3, 4, 5)
    trained: bool = False

    @property
    def name(self) -> str:
        return " ".join([self.page, *self.query.values()] if not self.trained else [self.page, "after a run"])


VIEWS = [
    View("home", {}, "home.path", ("45", "90")),
    View("tensors", {"view": "create"}, "tensors.create.seed"),
    View("tensors", {"view": "dtype"}, "tensors.dtype.a", ("int64", "int16", "uint8", "bool", "float16")),
    View("tensors", {"view": "memory"}, "tensors.memory.text", ("a", "a.T", "a[:, 1:]", "a[1]", "a.view(3, 2)")),
    View("tensors", {"view": "layout"}, "tensors.layout.way", ("permute", "reshape", "reverse", "flip", "unchanged")),
    View("tensors", {"view": "combine"}, "tensors.combine.a_size", ("3, 1", "2, 1", "4, 1", "1", "5, 1")),
    View("tensors", {"view": "compute"}, "tensors.compute.seed"),
    View("tensors", {"view": "seed"}, "tensors.seed.seed"),
    View("tensors", {"view": "expression"}, "tensors.expression.seed"),
    View("tensors", {"view": "catalogue"}, "tensors.catalogue.op", ("view", "reshape", "flatten", "transpose", "permute")),
    View("autograd", {"view": "graph"}, "autograd.graph.step"),
    View("autograd", {"view": "tensors"}, "autograd.tensors.step"),
    View("autograd", {"view": "accumulate"}, "autograd.accumulate.calls"),
    View("autograd", {"view": "rules"}, "autograd.rules.rule", ("leaf", "detach", "no_grad", "change_leaf", "twice")),
    View("autograd", {"view": "descend"}, "autograd.descend.steps", (20, 21, 22, 23, 24)),
    View("layers", {"view": "module"}, "layers.module.held", ("parameter", "buffer", "module", "list", "module_list")),
    *(View("layers", {"view": view}, f"layers.{view}.seed")
      for view in ("linear", "pool", "norm", "dropout", "recurrent", "embedding", "transformer", "first")),
    View("layers", {"view": "conv"}, "layers.conv.place"),
    View("layers", {"view": "activation"}, "layers.activation.at", (-2.0, -1.0, 0.5, 1.0, 2.0)),
    View("layers", {"view": "loss"}, "layers.loss.score", (-4.0, -2.0, 0.0, 2.0, 4.0)),
    *(View("lenet", {"network": network}, "lenet.digit") for network in ("lenet", "cifar_net", "lenet5", "lenet_conv3")),
    View("architecture", {}, "architecture.conv1_kernel"),
    *(View("data", {"view": "look", "arrange": how}, "data.look.picked") for how in ("by_class", "random")),
    *(View("data", {"view": "batches", "batch_size": size}, "data.batches.number") for size in ("16", "64")),
    View("data", {"view": "numbers"}, "data.numbers.seed"),
    View("data", {"view": "transforms"}, "data.transforms.seed"),
    View("data", {"view": "loader"}, "data.loader.seed"),
    View("data", {"view": "own", "source": "class"}, "data.own.sample", (100, 500, 900, 1300, 1700)),
    View("step", {"view": "points"}, "step.points.moment", (4, 5, 9, 10, 14)),
    View("step", {"view": "lenet"}, "step.lenet.moment", (4, 5, 9, 10, 14)),
    View("train", {}, "train.epochs"),
    View("train", SHORT_RUN, "train.epochs", trained=True),
    View("twins", {}, "twins.batch_size", ("16", "32", "64", "8", "128")),
    View("quiz", {"view": "review"}, "quiz.review.question", ("tensors", "lenet", "inference", "load", "change")),
    View("quiz", {"view": "drill", "items": "20", "level": "medium"}),
    View("ladder", {"rung": "r9"}, "ladder.seed"),
    View("runs", SHORT_RUN, "runs.curve", ("training loss", "validation loss", "validation accuracy", "learning rate"), trained=True),
    View("clinic", {"card": "fc_thrice"}, "clinic.card", ("quotes", "similar", "svd", "report", "fc_thrice")),
    View("numbers", {}, "numbers.source_text", ("s0", "s1", "s2", "s3", "s4")),
]


@dataclass(frozen=True)
class Cost:
    """Of one rerun: mean CPU, median seconds and bytes until it was drawn, and every exception seen."""

    cpu_ms: float
    p50_ms: float
    bytes: int
    exceptions: list[str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", help=f"of {', '.join(PAGES)}; all without")
    parser.add_argument("--reruns", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3, help="through all pages; the median of the rounds counts")
    parser.add_argument("--open", action="store_true", help="with every fold open")
    asked = parser.parse_args()
    views = [view for view in VIEWS + _not_listed() if not asked.pages or view.page in asked.pages]
    print(about_machine() + (", every fold open" if asked.open else ""))
    print(f"{'page':24s} {'CPU ms':>7s} {'changed':>8s} {'p50 ms':>7s} {'changed':>8s} {'KB':>6s} {'changed':>8s}  limit")
    failed = 0
    with Server() as server:
        warm_up(server)
        rounds = [[measure(server, view, asked.reruns, asked.open) for view in views] for _ in range(asked.rounds)]
        for view, costs in zip(views, zip(*rounds, strict=True), strict=True):
            still, changed = (middle(each) for each in zip(*costs, strict=True))
            limit = LIMITS_MS.get(view.page, LIMIT_MS)
            exceptions = sorted({*still.exceptions, *changed.exceptions})
            good = max(still.cpu_ms, changed.cpu_ms) <= limit and not exceptions
            failed += not good
            print(f"{view.name:24s} {still.cpu_ms:7.1f} {changed.cpu_ms:8.1f} {still.p50_ms:7.1f} {changed.p50_ms:8.1f} "
                  f"{still.bytes / 1000:6.1f} {changed.bytes / 1000:8.1f}  {limit:.0f} ms {'pass' if good else 'FAIL'} {exceptions or ''}")
        print(f"{len(views)} views, {failed} failed; server {server.memory_mb():.0f} MB")
        if failed:
            print(server.said())
    sys.exit(bool(failed))


def warm_up(server: Server) -> None:
    """The page asks to be polled until PyTorch is loaded and the heap is frozen."""
    with Browser(server.port) as browser:
        while browser.run().polling:
            time.sleep(0.3)


def measure(server: Server, view: View, reruns: int, folds: bool) -> tuple[Cost, Cost]:
    """The page as it stands, and with its control changed at every rerun."""
    query = "&".join(f"{name}={value}" for name, value in view.query.items())
    opens = {"home": "", "runs": "train"}.get(view.page, view.page)        # there is nothing to compare before a run
    with Browser(server.port, opens, query) as browser:
        opened = browser.run()
        if opened.exceptions:                        # nothing to press or to change
            return (Cost(0.0, 0.0, opened.bytes, opened.exceptions),) * 2
        if view.page == "runs":
            _judge(browser)
        elif view.trained:
            _train(browser)
        elif browser.shows(".show"):
            browser.press(".show")
        if folds:
            browser.open_folds()
        still = cost(server, [browser.run] * reruns)
        if not view.control:
            return still, still
        changes = [lambda value=value: browser.set(view.control, value) for value in view.values]
        return still, cost(server, [changes[i % len(changes)] for i in range(reruns)])


def cost(server: Server, reruns: Sequence[Callable[[], Run]]) -> Cost:
    exceptions = [seen for again in reruns[:WARM_UPS] for seen in again().exceptions]
    before = server.cpu_ms()
    runs: list[Run] = [again() for again in reruns]
    spent = server.cpu_ms() - before
    seconds, size = statistics.median(run.seconds for run in runs), statistics.median(run.bytes for run in runs)
    return Cost(spent / len(runs), seconds * 1000, size, exceptions + [seen for run in runs for seen in run.exceptions])


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each figure, since other processes disturb some rounds; every exception."""
    cpu_ms, p50_ms, size = (statistics.median(figure) for figure in zip(*((c.cpu_ms, c.p50_ms, c.bytes) for c in costs), strict=True))
    return Cost(cpu_ms, p50_ms, size, [seen for c in costs for seen in c.exceptions])


def _train(browser: Browser) -> None:
    """Let the run on the page begin, and wait for its end."""
    if browser.shows(".show"):
        browser.press(".show")
    browser.press("train.start")
    _until(lambda: browser.run() and browser.shows(DONE))


def _until(over: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not over():
        if time.monotonic() > deadline:
            raise RuntimeError("the work on the page did not end")
        time.sleep(0.5)


def _judge(browser: Browser) -> None:
    """Two runs on the same axes, one of them before the whole test set."""
    _train(browser)
    browser.set("train.epochs", 3)
    _train(browser)
    browser.go("runs")
    if browser.shows(".show"):
        browser.press(".show")
    browser.press("runs.evaluate")
    _until(lambda: not browser.run().polling)


def _not_listed() -> list[View]:
    """Pages that nobody has written a view for: they are measured as they open."""
    return [View(page) for page in PAGES if page not in {view.page for view in VIEWS}]


if __name__ == "__main__":
    main()
