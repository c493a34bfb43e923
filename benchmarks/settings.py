"""Every setting that the lessons and the presets name, tried with five seeds.

python -m benchmarks.settings [lessons] [presets] [working] [normalising] [norm]

Prints the band of test accuracies; these bands, not a single run, are what the pages and lesson paths promise. The figures of
`presets` and `working` stand in core/presets.py, those of `normalising` in core/normalising.py, those of `norm` in core/layers/norm.py.
"""

import sys
import time
from dataclasses import replace

import torch

from core.errors import SpecError
from core.evaluate import evaluate
from core.layers.norm import TRIED, TRIED_WITH
from core.normalising import SHORT
from core.presets import PRESETS, WORKING
from core.report import every, reports
from core.train import Tested, TrainSpec, start, train

SEEDS = range(5)
SETTINGS = {
    "default": {},
    "lr 0.00001": {"lr": 1e-5},
    "lr 0.05": {"lr": 0.05},
    "lr 0.1": {"lr": 0.1},
    "lr 1": {"lr": 1.0},
    "100 pictures": {"train_images": 100},
    "1 epoch": {"epochs": 1},
    "SGD lr 10": {"optimizer": "sgd", "lr": 10.0},
}


def tried(spec: TrainSpec) -> tuple[list[float], list[float]]:
    """The accuracies of each seed: on the test set, and on all pictures that it learned from. Raises SpecError("non_finite_loss")."""
    tested, trained = [], []
    for seed in SEEDS:
        state = start(replace(spec, seed=seed))
        records = list(reports(train(state), every(state.total_steps)))
        tested.append(next(r.test.accuracy for r in records if isinstance(r, Tested)))
        known, splits = state.splits.train, state.splits
        *_, last = evaluate(state.model, known.images, known.labels, splits.mean, splits.std, output=spec.output)
        trained.append(last.score.accuracy)
    return tested, trained


def lessons() -> None:
    for name, change in SETTINGS.items():
        outcomes = []
        for seed in SEEDS:
            state = start(TrainSpec(seed=seed, **change))
            try:
                records = list(reports(train(state), every(state.total_steps)))
                outcomes.append(next(f"{r.test.accuracy:.1%}" for r in records if isinstance(r, Tested)))
            except SpecError as refused:
                outcomes.append(f"{refused.code} at step {refused.facts['step']}")
        print(f"{name:14s} {', '.join(sorted(outcomes))}")


def presets() -> None:
    print("| preset | test accuracy, % | training pictures, % | s each |\n|---|---|---|---|")
    for name, preset in PRESETS.items():
        began = time.perf_counter()
        tested, trained = tried(preset.spec)
        row = [name, _percent(sorted(tested)), _percent(sorted(trained)), f"{(time.perf_counter() - began) / len(SEEDS):.1f}"]
        print(f"| {' | '.join(row)} |  {_verdict((tested, preset.tried), (trained, preset.trained))}", flush=True)


def working() -> None:
    print("| network | dataset | optimizer | lr | batch size | epochs | pictures | test accuracy, % |\n|---|---|---|---|---|---|---|---|")
    for (network, dataset, optimizer), known in WORKING.items():
        spec = TrainSpec(network=network, dataset=dataset, optimizer=optimizer, lr=known.lr, momentum=0.9, batch_size=known.batch_size,
                         epochs=known.epochs, train_images=known.train_images)
        tested, _ = tried(spec)
        row = [network, dataset, optimizer, f"{known.lr:g}", str(known.batch_size), str(known.epochs), f"{known.train_images:,}"]
        print(f"| {' | '.join(row)} | {_percent(sorted(tested))} |  {_verdict((tested, known.tried))}", flush=True)


def normalising() -> None:
    print("| dataset | normalisation | test accuracy, % | s each |\n|---|---|---|---|")
    for key, short in SHORT.items():
        for way, known in short.tried.items():
            began, spec = time.perf_counter(), replace(short.spec, normalisation=way)
            try:
                tested, _ = tried(spec)
            except SpecError as missing:
                print(f"| {key} | {way} | {missing.code} |", flush=True)
                continue
            row = [key, way, _percent(sorted(tested)), f"{(time.perf_counter() - began) / len(SEEDS):.1f}"]
            print(f"| {' | '.join(row)} |  {_verdict((tested, known))}", flush=True)


def norm() -> None:
    """How high the learning rate may be without and with BatchNorm."""
    print("| lr | network | test accuracy, % | s each |\n|---|---|---|---|")
    for lr, both in TRIED.items():
        for network, known in zip(("lenet5", "lenet5_bn"), both, strict=True):
            began = time.perf_counter()
            tested, _ = tried(TrainSpec(network=network, lr=lr, **TRIED_WITH))
            row = [f"{lr:g}", network, _percent(sorted(tested)), f"{(time.perf_counter() - began) / len(SEEDS):.1f}"]
            print(f"| {' | '.join(row)} |  {_verdict((tested, known))}", flush=True)


def _percent(accuracies: list[float]) -> str:
    return ", ".join(f"{100 * accuracy:.1f}" for accuracy in accuracies)


def _verdict(*pairs: tuple[list[float], tuple[float, ...]]) -> str:
    """Whether what was found is what core/presets.py says, seed by seed; if not, what to write there."""
    rounded = [tuple(round(accuracy, 3) for accuracy in found) for found, _ in pairs]
    return "as written" if rounded == [written for _, written in pairs] else f"NOT as written: {', '.join(map(str, rounded))}"


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name in sys.argv[1:] or ("lessons", "presets", "working", "normalising", "norm"):
        {"lessons": lessons, "presets": presets, "working": working, "normalising": normalising, "norm": norm}[name]()
