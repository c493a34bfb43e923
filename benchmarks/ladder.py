"""The thirteen rungs, timed and judged: python -m benchmarks.ladder [--mnist] [--seeds 0 1 2 42 1729] [--starts 0] [RUNG ...]

On one thread: seconds, the text's own measure and the honest one, over the seeds. Then the proof, and the class that dies.
Ends with 1 when a rung takes more than ten seconds on the digits, or the seven equal rungs are not equal.
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence

import torch

from benchmarks.server import about_machine
from core import ladder
from core.ladder import RUNGS, Split, Told, data, dead, proof, run
from core.ladder.spec import EPOCHS
from core.seeded import seeded

LIMIT_S = 10.0
SEEDS = (0, 1, 2, 42, 1729)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rungs", nargs="*", default=list(RUNGS), help="all without")
    parser.add_argument("--mnist", action="store_true", help="as the text: 50,000 pictures, 2 epochs; needs FIRSTLIGHT_DATA")
    parser.add_argument("--starts", type=int, default=0, help="only count how many of so many first weights lose a class on the digits")
    parser.add_argument("--seeds", nargs="*", type=int, default=SEEDS)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    if asked.starts:
        _starts(data("digits"), asked.starts)
        return
    name = "mnist" if asked.mnist else "digits"
    split, epochs = data(name), EPOCHS[name]
    print(f"{about_machine()}, load {os.getloadavg()[0]:.1f}")
    print(f"{name}: {len(split.x_train):,} pictures, {epochs} epochs, seeds {' '.join(map(str, asked.seeds))}; lowest to highest")
    slowest = max(_rung(key, split, asked.seeds, epochs) for key in asked.rungs)
    good = asked.mnist or slowest <= LIMIT_S
    good &= _equal(proof.some(split), asked.seeds, epochs)
    if not asked.mnist:
        good &= _dead(split)
    print("pass" if good else "FAIL", f"limit {LIMIT_S:g} s a rung on the digits, float64 within {proof.CLOSE:g}")
    sys.exit(not good)


def _rung(key: str, split: Split, seeds: Sequence[int], epochs: int) -> float:
    """A line of the table: every figure over the seeds, of the epochs the first and the last. The seconds of the slowest run."""
    seconds, runs = [], []
    for seed in seeds:
        began = time.process_time()
        runs.append([one for one in run(key, split, seed, epochs) if one.what != "batch" and one.epoch in (None, 1, epochs)])
        seconds.append(time.process_time() - began)
    print(f"{key:4s} CPU {_band(seconds, '.1f')} s | {' | '.join(map(_figure, zip(*runs, strict=True)))}", flush=True)
    return max(seconds)


def _figure(told: Sequence[Told]) -> str:
    """The same figure of several seeds."""
    losses, shares = [one.loss for one in told], [100 * one.accuracy for one in told if one.accuracy is not None]
    name = f"{told[0].what} {told[0].epoch or ''}".strip()
    return f"{name} {_band(losses, '.4f')}" + (f", {_band(shares, '.1f')} %" if shares else "")


def _equal(split: Split, seeds: Sequence[int], epochs: int) -> bool:
    """R1 to R7 from one start, over the seeds."""
    spreads: dict[str, list[float]] = {}
    for seed in seeds:
        ended = [one for one in proof.endings(split, seed, epochs) if one]
        for dtype in proof.DTYPES:
            spreads.setdefault(dtype, []).append(proof.spread([one.loss for one in ended if one.dtype == dtype]))
    for dtype, found in spreads.items():
        written = " ".join(f"{one:.1e}" for one in found)
        print(f"R1 to R7, {len(split.x_train):,} pictures, {dtype}: largest difference {written}", flush=True)
    return max(spreads["float64"]) <= proof.CLOSE


def _dead(split: Split) -> bool:
    last = {}
    for way in dead.WAYS:
        last[way] = [one for one in dead.train(way, split) if one][-1]
        print(f"stored start, {way}: {last[way].accuracy:.1%}, dead classes {list(last[way].dead)}", flush=True)
    return last["relu"].dead == (4,) and last["open"].dead == ()


def _starts(split: Split, count: int, epochs: int = 25) -> None:
    """R10 from the first weights of seeds 0, 1, 2 ..., in the stored order."""
    program, lost = ladder.program("r10"), Counter()
    for seed in range(count):
        model, opt = seeded(seed, program.get_model)
        for _ in program.fit(epochs, model, program.loss_func, opt, *dead.loaders(split)):
            pass
        lost[len(dead.verdict("relu", epochs, model, split).dead)] += 1
    print(f"dead classes after {epochs} epochs: runs", dict(sorted(lost.items())))


def _band(values: Sequence[float], form: str) -> str:
    low, high = f"{min(values):{form}}", f"{max(values):{form}}"
    return low if low == high else f"{low} to {high}"


if __name__ == "__main__":
    main()
