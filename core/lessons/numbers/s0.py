"""What the first text, introyt1 as ApacheCN retold it, prints."""

from functools import partial

from core.lessons.numbers import cifar, retold
from core.lessons.numbers.printed import Never, Printed

RUN = (2.195, 1.879, 1.656, 1.576, 1.517, 1.461, 1.415, 1.368, 1.334, 1.327, 1.318, 1.261)
data = partial(Printed, "s0", "data")
ROWS = (
    *retold.tensors("s0"),
    retold.int16("s0"),
    *retold.models("s0"),
    *retold.data("s0"),
    data("mean of each channel", "tensor([0.4914, 0.4822, 0.4465])", cifar.mean, needs="cifar10"),
    data("std of each channel", "tensor([0.2470, 0.2435, 0.2616])", cifar.std, needs="cifar10"),
    data("x.shape", "(50000, 3, 32, 32)", cifar.train_shape, needs="pictures"),
    data("download: bytes", "170498071", cifar.archive_bytes, needs="archive"),
    data("download: progress", "102247991.64it/s", None, Never("progress")),
    *retold.training("s0"),
    *retold.losses("s0", "loss, as run", RUN),
    Printed("s0", "training", "print(labels), later", "cat cat deer frog", None, Never("order")),
    retold.accuracy("s0"),
    *retold.videos("s0"),
)
