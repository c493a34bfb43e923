"""Settings that teach something at one press, and settings that work. Each was tried with the seeds 0 to 4, and the figures stand here.

Measured again by `python -m benchmarks.settings`. Another version of PyTorch gives other last digits, so a page promises the band.
"""

from dataclasses import dataclass, replace

from core.optimizers import OPTIMIZERS
from core.train import TrainSpec


@dataclass(frozen=True)
class Preset:
    """A spec with what came of it, seed by seed. tried: test accuracy; trained: accuracy on all its training pictures, at the end."""

    spec: TrainSpec
    tried: tuple[float, ...]
    trained: tuple[float, ...]

    @property
    def band(self) -> tuple[float, float]:
        """From the worst to the best seed."""
        return min(self.tried), max(self.tried)

    @property
    def trained_band(self) -> tuple[float, float]:
        return min(self.trained), max(self.trained)


SGD = TrainSpec(optimizer="sgd", lr=0.01, momentum=0.9)
PRESETS: dict[str, Preset] = {
    "default": Preset(TrainSpec(),
                      (0.986, 0.972, 0.975, 0.975, 0.975), (1.0, 0.995, 0.991, 0.997, 0.989)),
    "big_lr": Preset(replace(SGD, lr=0.1),
                     (0.403, 0.367, 0.1, 0.703, 0.589), (0.428, 0.426, 0.099, 0.712, 0.616)),
    "few_updates_32": Preset(replace(SGD, lr=0.001),
                             (0.286, 0.661, 0.292, 0.406, 0.828), (0.294, 0.674, 0.301, 0.427, 0.828)),
    "few_updates_4": Preset(replace(SGD, lr=0.001, batch_size=4),
                            (0.975, 0.975, 0.975, 0.978, 0.967), (0.988, 0.984, 0.991, 0.994, 0.986)),
    "overfit": Preset(TrainSpec(train_images=20, val_fraction=0.0, epochs=50),
                      (0.439, 0.581, 0.567, 0.581, 0.589), (1.0, 1.0, 1.0, 1.0, 1.0)),
    "by_class": Preset(TrainSpec(order="by_class"),
                       (0.1, 0.1, 0.1, 0.1, 0.194), (0.101, 0.1, 0.1, 0.101, 0.196)),
    "softmax_twice": Preset(replace(SGD, output="softmax"),
                            (0.161, 0.619, 0.286, 0.275, 0.725), (0.145, 0.638, 0.296, 0.284, 0.734)),
    "norm_none": Preset(replace(SGD, normalisation="none", epochs=3),
                        (0.256, 0.553, 0.194, 0.144, 0.753), (0.264, 0.554, 0.2, 0.137, 0.757)),
    "norm_half": Preset(replace(SGD, normalisation="half", epochs=3),
                        (0.7, 0.681, 0.769, 0.861, 0.686), (0.71, 0.689, 0.804, 0.869, 0.704)),
    "norm_measured": Preset(replace(SGD, normalisation="measured", epochs=3),
                            (0.767, 0.842, 0.767, 0.811, 0.944), (0.781, 0.862, 0.815, 0.808, 0.919)),
    "plain_high_lr": Preset(replace(SGD, lr=0.12),
                            (0.1, 0.1, 0.1, 0.1, 0.553), (0.103, 0.1, 0.099, 0.105, 0.555)),
    "bn_high_lr": Preset(replace(SGD, network="lenet5_bn", lr=0.12),
                         (0.953, 0.961, 0.944, 0.939, 0.883), (0.981, 0.966, 0.951, 0.971, 0.886)),
    "dead_class": Preset(replace(SGD, output="relu", first_weights="dead_class"),
                         (0.583, 0.683, 0.783, 0.678, 0.772), (0.6, 0.679, 0.79, 0.69, 0.784)),
}


@dataclass(frozen=True)
class Working:
    """A setting that every seed learned with: the test accuracies after so many epochs over so many pictures."""

    lr: float
    batch_size: int
    epochs: int
    train_images: int
    tried: tuple[float, ...]


WORKING: dict[tuple[str, str, str], Working] = {                           # (network, dataset, optimizer); momentum 0.9 for sgd
    ("lenet", "digits", "sgd"): Working(0.01, 32, 10, 1437, (0.958, 0.978, 0.981, 0.978, 0.981)),
    ("lenet", "digits", "adam"): Working(0.002, 32, 10, 1437, (0.975, 0.975, 0.978, 0.981, 0.981)),
    ("cifar_net", "digits", "sgd"): Working(0.01, 32, 10, 1437, (0.978, 0.972, 0.956, 0.964, 0.967)),
    ("cifar_net", "digits", "adam"): Working(0.002, 32, 10, 1437, (0.981, 0.967, 0.967, 0.956, 0.969)),
    ("lenet5", "digits", "sgd"): Working(0.01, 32, 10, 1437, (0.983, 0.969, 0.969, 0.969, 0.972)),
    ("lenet5", "digits", "adam"): Working(0.002, 32, 10, 1437, (0.986, 0.972, 0.975, 0.975, 0.975)),
    ("lenet_conv3", "digits", "sgd"): Working(0.01, 32, 10, 1437, (0.969, 0.964, 0.978, 0.936, 0.942)),
    ("lenet_conv3", "digits", "adam"): Working(0.002, 32, 10, 1437, (0.975, 0.961, 0.958, 0.978, 0.983)),
    ("lenet5_bn", "digits", "sgd"): Working(0.01, 32, 10, 1437, (0.983, 0.992, 0.983, 0.983, 0.981)),
    ("lenet5_bn", "digits", "adam"): Working(0.002, 32, 10, 1437, (0.981, 0.986, 0.992, 0.986, 0.978)),
    ("lenet", "mnist", "sgd"): Working(0.01, 32, 1, 10000, (0.951, 0.932, 0.943, 0.943, 0.945)),
    ("lenet", "mnist", "adam"): Working(0.001, 32, 1, 10000, (0.945, 0.936, 0.948, 0.927, 0.933)),
    ("cifar_net", "mnist", "sgd"): Working(0.01, 32, 1, 10000, (0.94, 0.94, 0.944, 0.932, 0.936)),
    ("cifar_net", "mnist", "adam"): Working(0.001, 32, 1, 10000, (0.95, 0.944, 0.953, 0.945, 0.936)),
    ("lenet5", "mnist", "sgd"): Working(0.01, 32, 1, 10000, (0.933, 0.941, 0.919, 0.946, 0.933)),
    ("lenet5", "mnist", "adam"): Working(0.001, 32, 1, 10000, (0.94, 0.936, 0.948, 0.921, 0.926)),
    ("lenet_conv3", "mnist", "sgd"): Working(0.01, 32, 1, 10000, (0.952, 0.922, 0.927, 0.929, 0.928)),
    ("lenet_conv3", "mnist", "adam"): Working(0.001, 32, 1, 10000, (0.947, 0.934, 0.948, 0.919, 0.918)),
    ("lenet5_bn", "mnist", "sgd"): Working(0.01, 32, 1, 10000, (0.95, 0.948, 0.96, 0.948, 0.954)),
    ("lenet5_bn", "mnist", "adam"): Working(0.001, 32, 1, 10000, (0.956, 0.95, 0.959, 0.956, 0.959)),
}


def works(spec: TrainSpec) -> str:
    """Settings that were tried for this network and these pictures, the spec's optimizer first, in the words of the code.

    Where this network or this dataset was not tried, those for LeNet-5 or for digits, and it says so.
    """
    network = spec.network if (spec.network, "digits", spec.optimizer) in WORKING else "lenet5"
    dataset = spec.dataset if (network, spec.dataset, spec.optimizer) in WORKING else "digits"
    other = [f"{name}: " for name in (network, dataset) if name not in (spec.network, spec.dataset)]
    found = []
    for optimizer in sorted(OPTIMIZERS, key=lambda key: key != spec.optimizer):
        tried = WORKING[network, dataset, optimizer]
        momentum = "momentum=0.9 " if optimizer == "sgd" else ""
        found.append(f"{optimizer} lr={tried.lr:g} {momentum}batch_size={tried.batch_size}")
    return "".join(other) + "; ".join(found)
