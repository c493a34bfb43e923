"""Functions that are called with the wrong arguments, and one point where a sign belongs."""

from core.lessons.clinic.card import Card, Repair

CALLS = {
    "exit_ok": Card("exit_ok", "s1", "python", """\
from pathlib import Path

folder = Path(".")
folder.mkdir(parents=True, exit_ok=True)
print("ready")
""", "TypeError", "unexpected keyword argument 'exit_ok'", 4, "folder.is_dir()", (
        Repair("exit_ok=True", "exist_ok=True", "right"),
        Repair("exit_ok=True", "exists=True", "TypeError"),
        Repair(", exit_ok=True", "", "FileExistsError"),
    )),
    "kernal": Card("kernal_size", "s1", "modules", """\
from torch import nn

conv = nn.Conv2d(1, 16, kernal_size=3, stride=2)
print(conv)
""", "TypeError", "unexpected keyword argument 'kernal_size'", 3, "conv.kernel_size == (3, 3) and conv.stride == (2, 2)", (
        Repair("kernal_size=3, stride=2", "stride=2, 3", "syntax"),
        Repair("kernal_size=3, ", "", "TypeError"),
        Repair("kernal_size=3", "kernel_size=3", "right"),
    )),
    "loss_args": Card("The loss of a model?", "s1", "training", """\
import torch
from torch import nn
from torch.nn import functional as F

model, loss_func = nn.Linear(4, 3), F.cross_entropy
xb, yb = torch.ones(2, 4), torch.tensor([0, 2])
loss = loss_func(model)
print(loss)
""", "TypeError", "missing 1 required positional argument: 'target'", 7, "loss.shape == () and loss > 0", (
        Repair("loss_func(model)", "loss_func(model, yb)", "TypeError"),
        Repair("loss_func(model)", "loss_func(model(xb), yb)", "right"),
        Repair("loss_func(model)", "loss_func(yb, model(xb))", "NotImplementedError"),
    )),
    "np_sum": Card("A point where a sign belongs", "s1", "judging", """\
import numpy as np

losses, nums = [0.25, 0.5], [64, 16]
val_loss = np.sum(np.multiply(losses, nums)). np.sum(nums)
print(val_loss)
""", "AttributeError", "has no attribute 'np'", 4, "abs(val_loss - (64 * 0.25 + 16 * 0.5) / 80) < 1e-12", (
        Repair("np.sum(np.multiply(losses, nums)). np.sum(nums)", "np.mean(losses)", "wrong"),
        Repair("np.sum(np.multiply(losses, nums)). np.sum(nums)", "np.sum(losses) / np.sum(nums)", "wrong"),
        Repair("nums)). np", "nums)) / np", "right"),
    )),
    "relu_class": Card("A layer that was not made", "s2", "modules", """\
import torch
from torch import nn

x = torch.ones(2, 4)
net = nn.Sequential(
    nn.Linear(4, 3),
    nn.ReLU,
)
print(net(x).shape)
""", "TypeError", "is not a Module subclass", 5, "net(x).shape == (2, 3) and net(x).min() >= 0", (
        Repair("nn.ReLU,", "nn.ReLU(),", "right"),
        Repair("nn.ReLU,", "nn.ReLU(x),", "RuntimeError"),
        Repair("nn.ReLU,", "nn.functional.relu,", "TypeError"),
    )),
    "fc_thrice": Card("The same name again", "s2", "modules", """\
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 3)
        self.fc1 = nn.Linear(3, 2)

    def forward(self, x):
        return self.fc2(self.fc1(x))

net = Net()
print(net(torch.ones(1, 4)).shape)
""", "AttributeError", "has no attribute 'fc2'", 11, "net(torch.ones(1, 4)).shape == (1, 2)", (
        Repair("self.fc2(self.fc1(x))", "self.fc1(self.fc1(x))", "RuntimeError"),
        Repair("self.fc2(self.fc1(x))", "self.fc1(x)", "RuntimeError"),
        Repair("self.fc1 = nn.Linear(3, 2)", "self.fc2 = nn.Linear(3, 2)", "right"),
    )),
}
