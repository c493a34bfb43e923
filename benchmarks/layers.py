"""The live trainings of the layer gallery, as their jobs run them: python -m benchmarks.layers [--seeds 5]

Seconds on one thread, and what share of what was never trained on is right. Ends with 1 above ten seconds or below the goal.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import torch

from benchmarks.server import about_machine
from core.layers.sorter import TASKS
from jobs.kinds.sorter import SorterJob
from jobs.kinds.tagger import TaggerJob

LIMIT_S, GOAL = 10.0, 0.95


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    seeds = range(parser.parse_args().seeds)
    torch.set_num_threads(1)
    print(about_machine())
    good = True
    for name, kind, more in (("tagger", TaggerJob, {}), *((task, SorterJob, {"task": task}) for task in TASKS)):
        runs = [trained(kind, {**more, "seed": seed}) for seed in seeds]
        good &= all(seconds <= LIMIT_S and right >= GOAL for seconds, right in runs)
        seconds, rights = " ".join(f"{one:.1f}" for one, _ in runs), " ".join(f"{100 * right:.1f}" for _, right in runs)
        print(f"{name:8s} {seconds} s; {rights} % right")
    print("pass" if good else "FAIL", f"limit {LIMIT_S:g} s, goal {GOAL:.0%}")
    sys.exit(not good)


def trained(kind: type, spec: dict) -> tuple[float, float]:
    """Seconds, and the share that is right at the end: of words for the tagger, of whole sequences else."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        job = kind(spec)
        job.folder = Path(folder)
        told = [record for record in job.records() if record]
    seconds = time.perf_counter() - began
    last = [record for record in told if record["type"] in ("epoch", "report")][-1]
    return seconds, last["sequences"] if "sequences" in last else last["unseen_accuracy"]


if __name__ == "__main__":
    main()
