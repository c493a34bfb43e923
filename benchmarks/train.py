"""What training costs and reaches here: python -m benchmarks.train [digits] [mnist] [cifar]

digits: seconds until LeNet-5 has 98 % of the test pictures right, five seeds (measured, not used: no setting was chosen by it).
mnist: one epoch of LeNet-5 over 60,000 pictures, Adam, batch 64, five seeds.
cifar: Net at the text's setting, our loop against the text's (benchmarks/tutorial_loop.py) in turns, and both loss curves.
MNIST and the CIFAR-10 pictures are read from FIRSTLIGHT_DATA.
"""

import gc
import os
import statistics
import subprocess
import sys
import tarfile
import time
from dataclasses import replace
from pathlib import Path

import torch

from core.data.imageset import ImageSet
from core.evaluate import evaluate
from core.models import fresh
from core.process import for_one_run
from core.report import Report, reports
from core.train import Epoch, Splits, Tested, TrainSpec, TrainState, start, train

SEEDS = range(5)
FOLDER = Path(__file__).with_name(".data")           # git-ignored
TEXT = TrainSpec(network="cifar_net", dataset="cifar10", optimizer="sgd", lr=0.001, momentum=0.9, batch_size=4, epochs=2,
                 val_fraction=0.0, normalisation="half")
TURNS, STEPS = 7, 2000
PRINTED = {                                          # mean loss of every 2,000 batches
    "text": [2.195, 1.879, 1.656, 1.576, 1.517, 1.461, 1.415, 1.368, 1.334, 1.327, 1.318, 1.261],
    "text's loop, seed 0": [2.201, 1.864, 1.691, 1.587, 1.540, 1.502, 1.417, 1.387, 1.367, 1.372, 1.323, 1.317],
    "text's loop, seed 1": [2.207, 1.900, 1.691, 1.598, 1.536, 1.495, 1.408, 1.379, 1.354, 1.346, 1.301, 1.296],
}


def digits() -> None:
    """Tested after every epoch, outside the clock."""
    times = []
    for seed in SEEDS:
        state = start(TrainSpec(seed=seed, epochs=30, val_fraction=0.0))
        clock, began, reached = 0.0, time.perf_counter(), None
        for record in train(state):
            if isinstance(record, Epoch):
                clock += time.perf_counter() - began
                if reached is None and _test_accuracy(state) >= 0.98:
                    reached = clock
                    break
                began = time.perf_counter()
        times.append(reached)
    there = [s for s in times if s is not None]
    shown = ", ".join("never" if s is None else f"{s:.2f} s" for s in times)
    print(f"digits, LeNet-5, Adam 0.002, batch 32, at most 30 epochs: 98 % after {shown}; "
          f"median {statistics.median(there):.2f} s, {len(there)} of {len(times)} got there")


def mnist() -> None:
    outcomes = []
    for seed in SEEDS:
        began = time.perf_counter()
        state = start(TrainSpec(dataset="mnist", lr=0.001, batch_size=64, epochs=1, val_fraction=0.0, seed=seed))
        tested = next(r for r in train(state) if isinstance(r, Tested))
        outcomes.append(tested.test.accuracy)
        print(f"mnist seed {seed}: {tested.test.accuracy:.2%} in {time.perf_counter() - began:.1f} s")
    median = statistics.median(outcomes)
    print(f"mnist, LeNet-5, one epoch, normalised, Adam 0.001, batch 64: median {median:.2%} "
          f" {'ok' if median >= 0.97 else 'SHORT'} (>= 97 %)")


def cifar() -> None:
    splits = _cifar_splits()
    for_one_run(TEXT)                                     # as a worker does
    gc.freeze()
    ours, theirs = [], []
    for turn in range(TURNS):
        theirs.append(_text_pace())
        ours.append(_our_pace(splits, seed=turn))
        print(f"turn {turn}: text's loop {theirs[-1]:.0f} us/step, ours {ours[-1]:.0f} us/step, {theirs[-1] / ours[-1]:.2f} times its pace")
    # all turns together, since the text's loop has two paces; the median of the turns is printed beside it (see RESULTS.md)
    ratio, median = sum(theirs) / sum(ours), statistics.median(a / b for a, b in zip(theirs, ours, strict=True))
    print(f"cifar pace over all turns: {ratio:.2f} times the text's loop  {'ok' if ratio >= 3.5 else 'SHORT'} (>= 3.5); "
          f"median of the turns {median:.2f}")
    same_losses(splits)
    for name, printed in PRINTED.items():
        print(f"{name:20s}", *(f"{loss:.3f}" for loss in printed))
    for seed in (0, 1):
        state = start(replace(TEXT, seed=seed), splits)
        records = list(reports(train(state), 2000))
        losses = [r.loss for r in records if isinstance(r, Report) and r.steps == 2000]
        accuracy = next(r.test.accuracy for r in records if isinstance(r, Tested))
        print(f"{f'ours, seed {seed}':20s}", *(f"{loss:.3f}" for loss in losses), f" test {accuracy:.1%}")


def same_losses(splits: Splits, steps: int = STEPS) -> None:
    """The text's five lines, written out, from the same weights over the same pictures in the same order."""
    state = start(TEXT, splits)
    net = fresh(TEXT.network, TEXT.seed)
    optimizer = torch.optim.SGD(net.parameters(), lr=TEXT.lr, momentum=TEXT.momentum)
    order = torch.randperm(len(splits.train), generator=torch.Generator().manual_seed(TEXT.seed))
    worst, total, records = 0.0, 0.0, train(state)
    for i in range(steps):
        chosen = order[4 * i : 4 * i + 4]
        x = (splits.train.images[chosen] / 255 - 0.5) / 0.5
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(net(x), splits.train.labels[chosen])
        loss.backward()
        optimizer.step()
        record = next(records)
        worst, total = max(worst, abs(float(record.loss) - float(loss.detach()))), total + float(loss.detach())
    print(f"same weights, same order, {steps} steps: mean loss {total / steps:.4f}, largest difference of any step's loss {worst:.1e}")


def _our_pace(splits: Splits, seed: int) -> float:
    """Microseconds per step of the loop as a run uses it, reports included, after one step to get going."""
    records = reports(train(start(replace(TEXT, seed=seed), splits)), 25)
    next(records)
    began, steps = time.perf_counter(), 0
    for record in records:
        steps += record.steps
        if steps >= STEPS:
            return (time.perf_counter() - began) / steps * 1e6
    raise RuntimeError("the epoch was too short")


def _text_pace() -> float:
    """Microseconds per step that the text's loop prints."""
    script = Path(__file__).with_name("tutorial_loop.py")
    printed = subprocess.run([sys.executable, script, _cifar_folder(), str(STEPS)], capture_output=True, text=True, check=True).stdout
    return float(printed.split(" us/step")[0].rsplit(" ", 1)[1])


def _test_accuracy(state: TrainState) -> float:
    test, splits = state.splits.test, state.splits
    return list(evaluate(state.model, test.images, test.labels, splits.mean, splits.std))[-1].score.accuracy


def _cifar_splits() -> Splits:
    stored = [_pictures(part) for part in ("train", "test")]
    nothing = stored[0].pick(torch.arange(0))
    return Splits(stored[0], nothing, stored[1], (0.5,) * 3, (0.5,) * 3)


def _pictures(part: str) -> ImageSet:
    """One split as bytes, decoded once and kept."""
    from torchvision import datasets
    from torchvision.transforms.functional import pil_to_tensor

    kept = FOLDER / f"{part}.pt"
    if not kept.exists():
        source = datasets.ImageFolder(_cifar_folder() / part)
        images = torch.stack([pil_to_tensor(source.loader(path)) for path, _ in source.samples])
        torch.save({"images": images, "labels": torch.tensor(source.targets), "classes": source.classes}, kept)
    found = torch.load(kept, weights_only=True)
    return ImageSet(found["images"], found["labels"], tuple(found["classes"]))


def _cifar_folder() -> Path:
    """The pictures as files, unpacked once into a git-ignored folder."""
    folder = FOLDER / "cifar10"
    if not folder.exists():
        archive = Path(os.environ["FIRSTLIGHT_DATA"]) / "cifar10-images.tar.gz"
        FOLDER.mkdir(exist_ok=True)
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
    inner = [path.parent for path in folder.rglob("train") if path.is_dir()]
    return inner[0]


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name in sys.argv[1:] or ("digits", "mnist", "cifar"):
        {"digits": digits, "mnist": mnist, "cifar": cifar}[name]()
