"""How fast pictures come and how much they weigh: python -m benchmarks.data [--rounds 3] [--home FOLDER]

speed: pictures per second in memory and through a DataLoader with 0, 1 and 2 workers, as the Loader view measures them.
first view: a fresh server that has loaded PyTorch; from the request to the drawn page, of a dataset that nobody has opened since the start.
memory: of the web process, with nobody, then with three sessions that go through the views of three datasets.
CIFAR-10 is torchvision's, or the folder cifar10-images below FIRSTLIGHT_DATA/folders, which is read first (FOLDER keeps what was read).
MNIST is torchvision's, from FIRSTLIGHT_DATA. Ends with 1 above a limit.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.browser import Browser
from benchmarks.rerun import warm_up
from benchmarks.server import Server, about_machine
from core.data import info, kept
from jobs.kinds.gather import GatherJob
from jobs.kinds.loader_timing import WAYS, LoaderTimingJob

FOLDER = "folder.cifar10-images"
BATCH_SIZES = (4, 64)                                # the text's, and a usual one
FIRST_VIEW_S = 1.0
LIMIT_MB = 900.0                                     # private memory of the web process
VIEWS = ("look", "batches", "transforms", "loader", "numbers")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--home", type=Path)
    asked = parser.parse_args()
    home = asked.home or Path(tempfile.mkdtemp(prefix="firstlight-bench-"))
    os.environ["FIRSTLIGHT_HOME"] = str(home)
    print(about_machine())
    try:
        colour = "cifar10" if info("cifar10").present() else gathered()
        speed(colour, asked.rounds)
        good = first_view(["mnist", colour], asked.rounds, home) & memory(["digits", "mnist", colour], home)
    finally:
        if not asked.home:
            shutil.rmtree(home)
    sys.exit(not good)


def gathered() -> str:
    """The folder's key, once its pictures were read and are kept."""
    if kept.about(FOLDER) is None:
        began = time.perf_counter()
        read = [record for record in GatherJob({"dataset": FOLDER}).records() if record][-1]
        seconds = time.perf_counter() - began
        print(f"folder read: {read['train'] + read['test']:,} pictures in {seconds:.0f} s")
    return FOLDER


def speed(key: str, rounds: int) -> None:
    print(f"{key}, pictures per second, median of {rounds}:" + "".join(f"{way:>10s}" for way in WAYS) + "   first batch of two workers")
    for size in BATCH_SIZES:
        runs = [[*LoaderTimingJob({"dataset": key, "batch_size": size}).records()][-1]["rows"] for _ in range(rounds)]
        middle = [statistics.median(row["images_per_s"] for row in rows) for rows in zip(*runs, strict=True)]
        first_s = statistics.median(rows[-1]["first_s"] for rows in runs)
        print(f"{f'batches of {size}':>{len(key) + 35}s}" + "".join(f"{one:10,.0f}" for one in middle) + f"   after {first_s:.2f} s")


def first_view(keys: list[str], rounds: int, home: Path) -> bool:
    """A server of its own for each opening."""
    good = True
    for key in keys:
        seconds = []
        for _ in range(rounds):
            with Server(home) as server:
                warm_up(server)
                with Browser(server.port, "data", f"view=look&dataset={key}") as browser:
                    run = browser.run()
                    if run.exceptions:
                        raise RuntimeError(f"{run.exceptions}: {server.said()}")
                    seconds.append(run.seconds)
        met = statistics.median(seconds) <= FIRST_VIEW_S
        good &= met
        figures = " ".join(f"{one:.2f}" for one in seconds)
        pictures = info(key).train_images + info(key).test_images
        print(f"first view of {key}, {pictures:,} pictures: {figures} s, limit {FIRST_VIEW_S:g} s: {'pass' if met else 'FAIL'}")
    return good


def memory(keys: list[str], home: Path) -> bool:
    with Server(home) as server:
        warm_up(server)
        before = server.private_mb()
        browsers = [Browser(server.port, "data", f"view=look&dataset={key}") for key in keys]
        for browser in browsers:
            browser.run()
        looked = server.private_mb()
        for browser in browsers:
            for view in VIEWS:
                browser.set("data.view", view)
        after = server.private_mb()
        for browser in browsers:
            browser.__exit__()
        met = after <= LIMIT_MB
        print(f"web process, private memory: {before:.0f} MB with nobody, {looked:.0f} MB with a session each for {', '.join(keys)},\n"
              f"  {after:.0f} MB after all their views, limit {LIMIT_MB:.0f} MB: {'pass' if met else 'FAIL'}; "
              f"with mapped files {server.memory_mb():.0f} MB")
        return met


if __name__ == "__main__":
    main()
