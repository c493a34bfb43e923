"""What the second text, about torch.nn, prints. Its trainings are the rungs of the ladder; it sets no seed."""

from functools import partial

from core.lessons.numbers import nn_tutorial as now
from core.lessons.numbers.bands import band
from core.lessons.numbers.chains import value
from core.lessons.numbers.printed import Band, LogProbs, Never, Printed

FIRST_ROW = LogProbs(Band(-3.34, -1.67))             # log-probabilities by random weights, first picture: seeds 0-17, 42, 1729
start, cnn, gpu = (partial(Printed, "s1", section) for section in ("start", "cnn", "gpu"))


def trained(section: str, place: str, printed: str, rung: str, name: str) -> Printed:
    """A value that a rung of the ladder tells under this name. In 2019 a grad_fn had no number behind its name."""
    return Printed("s1", section, place, printed, partial(value, rung, name), band(rung, name), chain=rung,
                   note="renamed" if "grad_fn" in printed else "")


def epochs(section: str, rung: str, first: str, second: str) -> tuple[Printed, Printed]:
    return (trained(section, f"{section}: epoch 0", first, rung, "epoch 1"),
            trained(section, f"{section}: epoch 1", second, rung, "epoch 2"))


ROWS = (
    start("x_train[0].reshape", "28x28", now.side, needs="mnist"),
    start("784(=28x28)", "784(=28x28)", now.pixels, needs="mnist"),
    start("print(x_train.shape)", "(50000,784)", now.data_shape, needs="mnist"),
    start("0-9", "0-9", now.digits, needs="mnist"),
    start("torch.randn(780, 10)", "780", now.with_780_rows, Never("misprint")),
    start("print(preds[0])", "tensor([-2.4513, -2.5024, -2.0599, -3.1052, -3.2918, -2.2665, -1.9007, -2.2588, -2.0149, -2.0287], "
          "grad_fn=<SelectBackward>)", now.first_row, FIRST_ROW, needs="mnist", note="renamed"),
    start("print(preds.shape)", "torch.Size([64, 10])", now.first_shape, needs="mnist"),
    trained("start", "loss_func(preds, yb)", "tensor(2.3620, grad_fn=<NegBackward>)", "r1", "before"),
    trained("start", "accuracy(preds, yb)", "tensor(0.0938)", "r1", "accuracy before"),
    trained("start", "loss, trained", "tensor(0.0822, grad_fn=<NegBackward>)", "r1", "after"),
    trained("start", "accuracy, trained", "tensor(1.)", "r1", "accuracy after"),
    trained("functional", "functional: loss", "tensor(0.0822, grad_fn=<NllLossBackward>)", "r2", "after"),
    trained("functional", "functional: accuracy", "tensor(1.)", "r2", "accuracy after"),
    trained("nn_module", "Module: loss, untrained", "tensor(2.2082, grad_fn=<NllLossBackward>)", "r3", "before"),
    trained("nn_module", "Module: loss, trained", "tensor(0.0812, grad_fn=<NllLossBackward>)", "r3", "after"),
    trained("nn_linear", "Linear: loss, untrained", "tensor(2.2731, grad_fn=<NllLossBackward>)", "r4", "before"),
    trained("nn_linear", "Linear: loss, trained", "tensor(0.0820, grad_fn=<NllLossBackward>)", "r4", "after"),
    trained("optim", "optim: loss, untrained", "tensor(2.3785, grad_fn=<NllLossBackward>)", "r5", "before"),
    trained("optim", "optim: loss, trained", "tensor(0.0802, grad_fn=<NllLossBackward>)", "r5", "after"),
    trained("dataset", "TensorDataset: loss, trained", "tensor(0.0817, grad_fn=<NllLossBackward>)", "r6", "after"),
    trained("loader", "DataLoader: loss, trained", "tensor(0.0817, grad_fn=<NllLossBackward>)", "r7", "after"),
    *epochs("validation", "r8", "tensor(0.3456)", "tensor(0.2988)"),
    *epochs("fit", "r9", "0.2961075816631317", "0.28558296990394594"),
    cnn("convolutions: 3", "3", now.conv_layers),
    cnn("last map: 4x4", "4x4", now.last_map),
    *epochs("cnn", "r10", "0.3829730714321136", "0.2258522843360901"),
    *epochs("sequential", "r11", "0.32739396529197695", "0.25574398956298827"),
    *epochs("adaptive", "r12", "0.32888883714675904", "0.31000419993400574"),
    gpu("is_available()", "Ture", None, Never("misprint_true")),
    gpu("gpu: epoch 0", "0.21190375366210937", None, Never("gpu")),
    gpu("gpu: epoch 1", "0.18018000435829162", None, Never("gpu")),
    gpu("price of an hour", "0.5", None, Never("price")),
)
