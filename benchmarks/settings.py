"""Every setting that the lessons name, tried with five seeds: python -m benchmarks.settings

Prints the band of test accuracies; these bands, not a single run, are what the pages and lesson paths promise.
"""

import torch

from core.errors import SpecError
from core.report import every, reports
from core.train import Tested, TrainSpec, start, train

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


def main() -> None:
    torch.set_num_threads(1)
    for name, change in SETTINGS.items():
        outcomes = []
        for seed in range(5):
            state = start(TrainSpec(seed=seed, **change))
            try:
                records = list(reports(train(state), every(state.total_steps)))
                outcomes.append(next(f"{r.test.accuracy:.1%}" for r in records if isinstance(r, Tested)))
            except SpecError as refused:
                outcomes.append(f"{refused.code} at step {refused.facts['step']}")
        print(f"{name:14s} {', '.join(sorted(outcomes))}")


if __name__ == "__main__":
    main()
