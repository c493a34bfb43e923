"""What the third text, the student notes, prints: introyt1's values, and those of a LeNet-5 for 28 x 28 pixels."""

from functools import partial

from core.lessons.numbers import cifar, notes, retold
from core.lessons.numbers import introyt1 as now
from core.lessons.numbers.printed import Never, Printed

lenet5 = partial(Printed, "s2", "lenet5")
data = partial(Printed, "s2", "data")
ROWS = (
    *retold.tensors("s2", "{}~{}"),
    retold.int16("s2"),
    *retold.models("s2"),
    lenet5("convolutions, poolings, linear layers", "2, 2, 3", notes.layers),
    lenet5("print(c.shape)", "torch.Size([5,6,24,24])", notes.convolved_shape),
    lenet5("print(s.shape)", "torch.Size([5,6,12,12])", notes.pooled_shape),
    lenet5("conv1(x)", "[n,6,12,12]", partial(notes.shape_after, "conv1")),
    lenet5("conv2(x)", "[n,16,4,4]", partial(notes.shape_after, "conv2")),
    lenet5("x.view(-1, 256)", "[n,256]", notes.flattened),
    lenet5("fc1(x)", "[n,120]", partial(notes.shape_after, "fc1")),
    lenet5("fc2(x)", "[n,84]", partial(notes.shape_after, "fc2")),
    lenet5("fc3(x)", "[n,10]", partial(notes.shape_after, "fc3")),
    *retold.data("s2"),
    data("mean of each channel", "tensor([0.4914, 0.4822, 0.4465])", cifar.mean, needs="cifar10"),
    data("std of each channel", "tensor([0.2470, 0.2435, 0.2616])", cifar.std, needs="cifar10"),
    data("x.shape", "(50000, 3, 32, 32)", cifar.train_shape, needs="pictures"),
    data("download: bytes", "170M", cifar.archive_megabytes, needs="archive"),
    data("download: progress", "113MB/s", None, Never("progress")),
    data("imshow: range", "[-0.49473685..1.5632443]", now.clipped_range),
    *retold.training("s2"),
    Printed("s2", "training", "print(labels), later", "cat cat deer frog", None, Never("order")),
    retold.accuracy("s2"),
    *retold.videos("s2"),
)
