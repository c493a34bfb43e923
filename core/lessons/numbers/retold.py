"""The values that every retelling of introyt1 prints: s0, s2 and s4 each have them as rows of their own."""

from functools import partial

from core.lessons.numbers import cifar
from core.lessons.numbers import introyt1 as now
from core.lessons.numbers.bands import band
from core.lessons.numbers.chains import value
from core.lessons.numbers.printed import Band, Perhaps, Printed

PAGE = (2.235, 1.940, 1.713, 1.573, 1.507, 1.442, 1.378, 1.364, 1.349, 1.319, 1.284, 1.267)        # what one should see
WHEN = tuple((epoch, batch) for epoch in (1, 2) for batch in range(2_000, 12_001, 2_000))


def tensors(text: str, between: str = "between {} and {}") -> tuple[Printed, ...]:
    """between: how the text words the range of r."""
    at = partial(Printed, text, "tensors")
    return (
        at("print(z)", "tensor([[0., 0., 0.], [0., 0., 0.], [0., 0., 0.], [0., 0., 0.], [0., 0., 0.]])", now.zeros),
        at("print(z.dtype)", "torch.float32", now.zeros_dtype),
        at("z: 5x3", "5x3", now.zeros_size),
        at("z.dtype: 32 bit", "32", now.bits),
        at("print(r1)", "tensor([[0.3126, 0.3791], [0.3087, 0.0736]])", now.first),
        at("print(r2)", "tensor([[0.4216, 0.0691], [0.2332, 0.4047]])", now.second),
        at("print(r3)", "tensor([[0.3126, 0.3791], [0.3087, 0.0736]])", now.again),
        at("print(ones)", "tensor([[1., 1., 1.], [1., 1., 1.]])", now.ones),
        at("print(twos)", "tensor([[2., 2., 2.], [2., 2., 2.]])", now.twos),
        at("print(threes)", "tensor([[3., 3., 3.], [3., 3., 3.]])", now.threes),
        at("print(threes.shape)", "torch.Size([2, 3])", now.threes_shape),
        at("print(r)", "tensor([[ 0.9956, -0.2232], [ 0.3858, -0.6593]])", now.r),
        at("r: range", between.format(-1, 1), partial(now.between, between)),
        at("torch.abs(r)", "tensor([[0.9956, 0.2232], [0.3858, 0.6593]])", now.absolute),
        at("torch.asin(r)", "tensor([[ 1.4775, -0.2251], [ 0.3961, -0.7199]])", now.inverse_sine),
        at("torch.det(r)", "tensor(-0.5703)", now.determinant),
        at("torch.svd(r)", "torch.return_types.svd( U=tensor([[-0.8353, -0.5497], [-0.5497, 0.8353]]), S=tensor([1.1793, 0.4836]), "
           "V=tensor([[-0.8851, -0.4654], [ 0.4654, -0.8851]]))", now.decomposition),
        at("torch.std_mean(r)", "(tensor(0.7217), tensor(0.1247))", now.deviation_and_mean),
        at("torch.max(r)", "tensor(0.9956)", now.largest),
    )


def int16(text: str) -> Printed:
    return Printed(text, "tensors", "print(i)", "tensor([[1, 1, 1], [1, 1, 1], [1, 1, 1], [1, 1, 1], [1, 1, 1]], dtype=torch.int16)",
                   now.int16)


def models(text: str) -> tuple[Printed, ...]:
    at = partial(Printed, text, "models")
    return (
        at("LeNet.conv1: 1, 6, 5x5", "1, 6, 5x5", now.first_layer),
        at("LeNet.fc1: 5*5", "5*5", now.before_linear),
        at("LeNet: 10", "10", now.classes_told_apart),
        at("print(net)", "LeNet( (conv1): Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1)) "
           "(conv2): Conv2d(6, 16, kernel_size=(5, 5), stride=(1, 1)) (fc1): Linear(in_features=400, out_features=120, bias=True) "
           "(fc2): Linear(in_features=120, out_features=84, bias=True) (fc3): Linear(in_features=84, out_features=10, bias=True) )",
           now.net),
        at("print(input.shape)", "torch.Size([1, 1, 32, 32])", now.picture_shape),
        at("print(output)", "tensor([[ 0.0898, 0.0318, 0.1485, 0.0301, -0.0085, -0.1135, -0.0296, 0.0164, 0.0039, 0.0616]], "
           "grad_fn=<AddmmBackward0>)", now.raw_output),
        at("print(output.shape)", "torch.Size([1, 10])", now.output_shape),
        at("input of 16", "(16, 1, 32, 32)", now.batch_shape),
        at("net(input of 16)", "(16, 10)", now.batch_output_shape),
    )


def data(text: str) -> tuple[Printed, ...]:
    at = partial(Printed, text, "data")
    return (
        at("Normalize: mean", "(0.4914, 0.4822, 0.4465)", cifar.told_mean, needs="cifar10"),
        at("Normalize: std", "(0.2470, 0.2435, 0.2616)", cifar.told_std, needs="cifar10"),
        at("Normalize: mean 0", "0", cifar.normalised_mean, Band(-0.001, 0.001), needs="cifar10"),
        at("Normalize: std 1.0", "1.0", cifar.normalised_std, Band(0.999, 1.001), needs="cifar10"),
        at("CIFAR10: 10", "10", now.cifar_classes),
        at("CIFAR10: 6", "6", now.animals),
        at("CIFAR10: 4", "4", now.vehicles),
        at("CIFAR10: 32x32", "32x32", cifar.picture_size, needs="pictures"),
        at("DataLoader(batch_size=4)", "4", now.pictures_in_a_batch),
        at("print(labels)", " ship car horse ship", cifar.first_labels, Perhaps("order"), needs="cifar10"),
    )


def training(text: str) -> tuple[Printed, ...]:
    at = partial(Printed, text, "training")
    return (
        at("Net: 3 colours", "3", now.colours),
        at("Net.fc1: 16 * 5 * 5", "16 * 5 * 5", now.flat_features),
        *losses(text, "loss", PAGE),
        at("last report: 12000", "12000", now.last_report),
        at("len(testset): 10000", "10000", cifar.test_pictures, needs="pictures"),
        trained(text, "accuracy: 50%", "50%", "accuracy", "about"),
        at("chance: 10%", "10%", now.by_chance),
    )


def losses(text: str, name: str, curve: tuple[float, ...]) -> tuple[Printed, ...]:
    """One row for each line of a training's report."""
    return tuple(trained(text, f"[{epoch}, {batch}] {name}", f"{loss:.3f}", f"{epoch}, {batch}")
                 for (epoch, batch), loss in zip(WHEN, curve, strict=True))


def accuracy(text: str) -> Printed:
    return trained(text, "print(accuracy)", "54 %", "accuracy")


def trained(text: str, place: str, printed: str, name: str, note: str = "") -> Printed:
    """A value that CIFAR-10's training tells under this name."""
    return Printed(text, "training", place, printed, partial(value, "cifar", name), band("cifar", name), chain="cifar", note=note)


def videos(text: str) -> tuple[Printed, ...]:
    """Where a section's link enters the film, t=SECONDS, and how the text writes it."""
    starts = (("tensors", 230, "03:50"), ("models", 600, "10:00"), ("data", 840, "14:00"), ("training", 1030, "17:10"))
    return tuple(Printed(text, section, f"t={seconds}s", said, partial(now.minutes, seconds)) for section, seconds, said in starts)
