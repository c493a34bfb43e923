"""What training costs and reaches here: python -m benchmarks.train [digits] [mnist] [fast] [loader] [cifar]

digits: seconds until LeNet-5 has 98 % of the test pictures right, five seeds (measured, not used: no setting was chosen by it).
mnist: one epoch of LeNet-5 over 60,000 pictures, Adam, batch 64, five seeds.
fast: Net at the text's setting, our loops against the text's (benchmarks/tutorial_loop.py) in turns; what starting and telling cost.
loader: pictures a second with each of our loops.
cifar: Net at the text's setting, each of our loops' losses against those of the text's five lines, and the loss curves of two epochs.
MNIST and the CIFAR-10 pictures are read from FIRSTLIGHT_DATA.
"""

import gc
import itertools
import json
import os
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import torch

from core.data.imageset import ImageSet
from core.evaluate import evaluate
from core.models import fresh
from core.process import for_one_run
from core.report import Report, reports
from core.train import LOOPS, Epoch, Splits, Step, Tested, TrainSpec, TrainState, start, train

SEEDS = range(5)
FOLDER = Path(__file__).with_name(".data")           # git-ignored
TEXT = TrainSpec(network="cifar_net", dataset="cifar10", optimizer="sgd", lr=0.001, momentum=0.9, batch_size=4, epochs=2,
                 val_fraction=0.0, normalisation="half")
TURNS, STEPS = 9, 2000                               # fixed before anything was measured
CLAIMS = {"memory": 3.5, "by_hand": 4.5}             # times the pace of the text's loop
TELLING = 0.03                                       # of a run's time, at most
REPORT = 25                                          # steps: two epochs at the text's setting tell a thousand losses
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


def fast() -> None:
    splits = _cifar_splits()
    _as_a_worker(TEXT)
    print("from start() to the first step, ms:", *(f"{loop} {_first_step_ms(splits, loop):.1f}" for loop in LOOPS))
    paces: dict[str, list[float]] = {"text": [], **{loop: [] for loop in CLAIMS}}
    for turn in range(TURNS):
        paces["text"].append(_text_pace())
        for loop in CLAIMS:
            paces[loop].append(_our_pace(splits, loop, seed=turn))
        print(f"turn {turn}, us a step:", *(f"{name} {us[-1]:.0f}" for name, us in paces.items()))
    print("all turns, us a step:", *(f"{name} {statistics.mean(us):.0f}" for name, us in paces.items()))
    theirs = paces["text"]
    for loop, wanted in CLAIMS.items():              # all turns together decide, since the text's loop has two paces (see RESULTS.md)
        times, median = sum(theirs) / sum(paces[loop]), statistics.median(a / b for a, b in zip(theirs, paces[loop], strict=True))
        print(f"{loop}: {times:.2f} times the text's pace over all turns  {'ok' if times >= wanted else 'SHORT'} (>= {wanted}); "
              f"median of the turns {median:.2f}")
    for loop in CLAIMS:
        share = _telling(splits, loop)
        print(f"{loop}: telling takes {share:.1%} of the time  {'ok' if share <= TELLING else 'LONG'} (<= {TELLING:.0%})")


def loader() -> None:
    """Each loop by turns, so that a busy neighbour meets all of them."""
    digits_small = TrainSpec(optimizer="sgd", batch_size=4)
    for name, spec, splits, steps in (("digits, LeNet-5, batch 4", digits_small, None, 300),
                                      ("digits, LeNet-5, batch 32", replace(digits_small, batch_size=32), None, 40),
                                      ("CIFAR, Net, batch 4", TEXT, _cifar_splits(), 500)):
        _as_a_worker(spec)
        rates: dict[str, list[float]] = {loop: [] for loop in LOOPS}
        for _ in range(5):
            for loop in LOOPS:
                records = train(start(replace(spec, loop=loop), splits))
                next(records)
                began = time.perf_counter()
                taken = sum(isinstance(record, Step) for record in itertools.islice(records, steps))
                rates[loop].append(spec.batch_size * taken / (time.perf_counter() - began))
        print(f"{name}, pictures a second, median of 5:", *(f"{loop} {statistics.median(each):,.0f}" for loop, each in rates.items()))


def cifar() -> None:
    splits = _cifar_splits()
    _as_a_worker(TEXT)
    same_losses(splits)
    for name, printed in PRINTED.items():
        print(f"{name:20s}", *(f"{loss:.3f}" for loss in printed))
    for loop, seed in itertools.product(CLAIMS, (0, 1)):
        state = start(replace(TEXT, seed=seed, loop=loop), splits)
        records = list(reports(train(state), 2000))
        losses = [r.loss for r in records if isinstance(r, Report) and r.steps == 2000]
        accuracy = next(r.test.accuracy for r in records if isinstance(r, Tested))
        print(f"{f'{loop}, seed {seed}':20s}", *(f"{loss:.3f}" for loss in losses), f" test {accuracy:.1%}")


def same_losses(splits: Splits, steps: int = STEPS) -> None:
    """Each loop from the same weights over the same pictures in the same order as the text's five lines, written out.

    The last row is a yardstick: the same five lines with PyTorch's other kernels, which round differently in the last bit.
    """
    plain, others = _five_lines(splits, steps), {}
    for loop in LOOPS:
        records = train(start(replace(TEXT, loop=loop), splits))
        others[loop] = [float(next(records).loss) for _ in range(steps)]
    torch.backends.mkldnn.set_flags(_enabled=True)
    others["the five lines, oneDNN on"] = _five_lines(splits, steps)
    torch.backends.mkldnn.set_flags(_enabled=False)
    for name, losses in others.items():
        apart = [abs(a - b) for a, b in zip(losses, plain, strict=True)]
        print(f"{name}: mean of {steps} losses {statistics.mean(losses):.4f} (the five lines {statistics.mean(plain):.4f}), "
              f"largest difference of a loss: {max(apart[:500]):.1e} in the first 500 steps, {max(apart):.1e} in all")


def _five_lines(splits: Splits, steps: int) -> list[float]:
    net = fresh(TEXT.network, TEXT.seed)
    optimizer = torch.optim.SGD(net.parameters(), lr=TEXT.lr, momentum=TEXT.momentum)
    order, losses = torch.randperm(len(splits.train), generator=torch.Generator().manual_seed(TEXT.seed)), []
    for chosen in order[: 4 * steps].split(4):
        x = (splits.train.images[chosen] / 255 - 0.5) / 0.5
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(net(x), splits.train.labels[chosen])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def _as_a_worker(spec: TrainSpec) -> None:
    torch.backends.mkldnn.set_flags(_enabled=True)
    for_one_run(spec)
    gc.collect()
    gc.freeze()


def _our_pace(splits: Splits, loop: str, seed: int) -> float:
    """Microseconds per step of the loop as a run uses it, told as a run tells it, after one report to get going."""
    with tempfile.TemporaryFile("w") as journal:
        lines = _told(train(start(replace(TEXT, seed=seed, loop=loop), splits)), journal)
        next(lines)
        began = time.perf_counter()
        for _ in itertools.islice(lines, STEPS // REPORT):
            pass
        return (time.perf_counter() - began) / STEPS * 1e6


def _told(records: Iterator, journal) -> Iterator[str]:
    """Every report as a line of JSON in a file, as a run's journal has it."""
    for report in reports(records, REPORT):
        line = json.dumps({"type": "loss", **asdict(report)})
        journal.write(line + "\n")
        journal.flush()
        yield line


def _telling(splits: Splits, loop: str, pieces: int = 40) -> float:
    """Which part of a run's time its reports take: the same run tells every second piece of 100 steps, and is silent in the others."""
    records, times = train(start(replace(TEXT, loop=loop), splits)), ([], [])
    with tempfile.TemporaryFile("w") as journal:
        for piece in range(2 * pieces + 2):
            began = time.perf_counter()
            if piece % 2:
                for _ in _told(itertools.islice(records, 4 * REPORT), journal):
                    pass
            else:
                for _ in itertools.islice(records, 4 * REPORT):
                    pass
            if piece > 1:
                times[piece % 2].append(time.perf_counter() - began)
    silent, told = map(statistics.median, times)
    return told / silent - 1


def _first_step_ms(splits: Splits, loop: str) -> float:
    """Median of ten starts; the pictures are at hand."""
    times = []
    for seed in range(10):
        began = time.perf_counter()
        next(train(start(replace(TEXT, loop=loop, seed=seed), splits)))
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e3


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
    measurements = {measure.__name__: measure for measure in (digits, mnist, fast, loader, cifar)}
    for name in sys.argv[1:] or measurements:
        measurements[name]()
