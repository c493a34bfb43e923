"""The bands of the texts' unseeded numbers, measured: python -m benchmarks.numbers [--seeds 0,1,2,42,1729] [CHAIN ...]

Runs each chain of `core.lessons.numbers` with each seed and prints lowest and highest of every value, as `bands.py` has them,
and how long one run took. Without names all but the long one ("cifar", which needs CIFAR-10's pictures).
"""

import argparse
import time

import torch

from core.lessons.numbers.chains import CHAINS

SEEDS = "0,1,2,42,1729"


def measured(key: str, seeds: list[int]) -> dict[str, list[float]]:
    """Every value of a chain, seed by seed."""
    found: dict[str, list[float]] = {}
    for seed in seeds:
        for name, value in filter(None, CHAINS[key].values(seed)):
            found.setdefault(name, []).append(value)
    return found


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("chains", nargs="*", default=[key for key, chain in CHAINS.items() if not chain.long])
    ask.add_argument("--seeds", default=SEEDS)
    told = ask.parse_args()
    torch.set_num_threads(1)
    seeds = [int(seed) for seed in told.seeds.split(",")]
    for key in told.chains:
        begin = time.perf_counter()
        found = measured(key, seeds)
        print(f'    "{key}": {{' + ", ".join(f'"{name}": ({min(seen):.4f}, {max(seen):.4f})' for name, seen in found.items()) +
              f"}},      # {(time.perf_counter() - begin) / len(seeds):.1f} s a run", flush=True)


if __name__ == "__main__":
    main()
