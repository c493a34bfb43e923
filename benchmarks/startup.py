"""How soon a fresh server is of use, and where its first seconds go: python -m benchmarks.startup [--starts 5]

Times count from the start of the process to the end of the page's script, over the websocket; a browser's own start comes on top.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

from benchmarks.browser import Browser
from benchmarks.server import ROOT, Server, about_machine

HOME_LIMIT_S = 1.5
TORCH_LIMIT_S = 3.0
THINK_S = 1.0                                        # between home and the first click
IMPORTS = {                                          # in the order in which a server meets them
    "streamlit": "import streamlit",
    "torch": "import torch",
    "torchvision.datasets": "import torchvision.datasets",
    "plotly.graph_objects": "import plotly.graph_objects",
    "first optimizer": "import torch; torch.optim.Adam(torch.nn.Linear(1, 1).parameters(), fused=True)",
    "core.tensors": "import core.tensors",
    "core.look": "import core.look",
    "core.train": "import core.train",
    "jobs.client": "import jobs.client",
    "figures": "from figures import batch, broadcast, lenet, logits, loss, mosaic, ranges, tensor",
    "content": "from content.text import sentences; sentences()",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--starts", type=int, default=5)
    starts = parser.parse_args().starts
    print(about_machine() + f", median (smallest to largest) of {starts} starts")
    times: dict[str, list[float]] = {}
    for _ in range(starts):
        for name, seconds in (_home_first() | _tensors_first()).items():
            times.setdefault(name, []).append(seconds)
    limits = {"home usable": HOME_LIMIT_S, "click on tensors": TORCH_LIMIT_S, "tensors opened first": TORCH_LIMIT_S}
    failed = False
    for name, values in times.items():
        middle, limit = statistics.median(values), limits.get(name)
        verdict = "" if limit is None else f"  limit {limit} s {'pass' if middle <= limit else 'FAIL'}"
        failed |= "FAIL" in verdict
        print(f"{name:32s} {middle:5.2f} s  ({min(values):.2f} to {max(values):.2f}){verdict}")
    _imports()
    sys.exit(failed)


def _home_first() -> dict[str, float]:
    """Home, and tensors clicked THINK_S later, while PyTorch is still being loaded."""
    with Server() as server, Browser(server.port) as browser:
        _well(browser.run(), server)
        home_s = server.age_s()
        time.sleep(THINK_S)
        click = browser.go("tensors")
        opened_s = server.age_s()
        _well(click, server)
        while browser.run().polling:
            time.sleep(0.1)
        return {"health": server.healthy_s, "home usable": home_s, "click on tensors": click.seconds,
                "tensors after home, from start": opened_s, "warm-up over": server.age_s()}


def _tensors_first() -> dict[str, float]:
    with Server() as server, Browser(server.port, "tensors") as browser:
        _well(browser.run(), server)
        return {"tensors opened first": server.age_s()}


def _well(run: object, server: Server) -> None:
    if run.exceptions:
        raise RuntimeError(f"{run.exceptions}\n{server.said()}")


def _imports() -> None:
    """Seconds of each import in an interpreter of its own, and in one interpreter after all those above it."""
    chain = _timed(list(IMPORTS.values()))
    print(f"\n{'seconds (median of 3)':24s} {'alone':>6s} {'after those above':>18s} {'sum':>6s}")
    for i, (name, code) in enumerate(IMPORTS.items()):
        print(f"{name:24s} {_timed([code])[0]:6.2f} {chain[i]:18.2f} {sum(chain[:i + 1]):6.2f}")


def _timed(codes: list[str]) -> list[float]:
    program = "import time\n" + "\n".join(f"t = time.perf_counter()\n{code}\nprint(time.perf_counter() - t)" for code in codes)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {"OMP_NUM_THREADS": "1"}
    rounds = [subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
              for _ in range(3)]
    return [statistics.median(each) for each in zip(*[map(float, done.stdout.split()) for done in rounds], strict=True)]


if __name__ == "__main__":
    main()
