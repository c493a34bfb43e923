"""Train each of the four LeNets once on MNIST and keep the weights: python -m core.weights.make [NETWORK...]

Needs MNIST (python -m core.data fetch mnist). About a minute for all four on one core.
"""

import sys

import torch

from core import weights
from core.models import LENETS
from core.train import Tested, TrainSpec, start, train


def main(networks: list[str]) -> None:
    torch.set_num_threads(1)
    for network in networks or LENETS:
        state = start(TrainSpec(network=network, dataset="mnist", lr=0.001, batch_size=64, epochs=2, seed=0))
        tested = next(record for record in train(state) if isinstance(record, Tested))
        about = weights.about(state.spec, state.splits, test_accuracy=f"{tested.test.accuracy:.4f}")
        path = weights.FOLDER / f"{network}-mnist.safetensors"
        path.write_bytes(weights.as_safetensors(state.model, about))
        print(f"{path.name}: {tested.test.accuracy:.2%} of {tested.test.images:,} test pictures, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
