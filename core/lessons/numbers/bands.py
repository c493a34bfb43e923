"""Lowest and highest of every value that chance decides, measured with `python -m benchmarks.numbers` on PyTorch 2.15.

The rungs of the torch.nn text on MNIST: 1 to 9 with the seeds 0-17, 42 and 1729; 10 to 12 with 0, 1, 2, 42 and 1729.
"cifar" with the seeds 0-4, on JPEG copies of CIFAR-10's pictures, and with 0 and 1 in two earlier runs.
"""

from core.lessons.numbers.printed import Band

ROUNDED = 5e-5                                       # a band's ends are written with four digits

BANDS: dict[str, dict[str, tuple[float, float]]] = {
    "r1": {"before": (2.2756, 2.4608), "accuracy before": (0.0469, 0.1875), "after": (0.0801, 0.0853),
           "accuracy after": (1.0000, 1.0000)},
    "r2": {"before": (2.2756, 2.4608), "accuracy before": (0.0469, 0.1875), "after": (0.0801, 0.0853),
           "accuracy after": (1.0000, 1.0000)},
    "r3": {"before": (2.2202, 2.5340), "accuracy before": (0.0000, 0.2500), "after": (0.0801, 0.0853),
           "accuracy after": (1.0000, 1.0000)},
    "r4": {"before": (2.1996, 2.3943), "accuracy before": (0.0000, 0.2500), "after": (0.0805, 0.0826),
           "accuracy after": (1.0000, 1.0000)},
    "r5": {"before": (2.1996, 2.3943), "accuracy before": (0.0000, 0.2500), "after": (0.0805, 0.0826),
           "accuracy after": (1.0000, 1.0000)},
    "r6": {"before": (2.1996, 2.3943), "accuracy before": (0.0000, 0.2500), "after": (0.0805, 0.0826),
           "accuracy after": (1.0000, 1.0000)},
    "r7": {"before": (2.1996, 2.3943), "accuracy before": (0.0000, 0.2500), "after": (0.0805, 0.0826),
           "accuracy after": (1.0000, 1.0000)},
    "r8": {"epoch 1": (0.2927, 0.5305), "epoch 2": (0.2828, 0.3774)},
    "r9": {"epoch 1": (0.2952, 0.5348), "epoch 2": (0.2853, 0.3802)},
    "r10": {"epoch 1": (0.2935, 0.7149), "epoch 2": (0.2037, 0.3679)},
    "r11": {"epoch 1": (0.2935, 0.7149), "epoch 2": (0.2037, 0.3679)},
    "r12": {"epoch 1": (0.2979, 0.7259), "epoch 2": (0.2081, 0.5554)},
    "cifar": {"1, 2000": (2.1870, 2.2550), "1, 4000": (1.8200, 1.9470), "1, 6000": (1.6400, 1.7480), "1, 8000": (1.5430, 1.6300),
              "1, 10000": (1.4710, 1.5650), "1, 12000": (1.4390, 1.5020), "2, 2000": (1.3800, 1.4330), "2, 4000": (1.3520, 1.4160),
              "2, 6000": (1.3390, 1.4000), "2, 8000": (1.3080, 1.3730), "2, 10000": (1.2920, 1.3440), "2, 12000": (1.2820, 1.3270),
              "accuracy": (50.8200, 56.0900)},
}


def band(chain: str, name: str) -> Band:
    low, high = BANDS[chain][name]
    return Band(low - ROUNDED, high + ROUNDED)
