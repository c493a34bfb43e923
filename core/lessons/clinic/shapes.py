"""Shapes that do not fit each other: PyTorch says both sizes, and one of them leads to the line that is wrong."""

from core.lessons.clinic.card import Card, Repair

SHAPES = {
    "w780": Card("randn(780, 10)", "s1", "tensors", """\
import torch

xb = torch.rand(64, 784)
weights = torch.randn(780, 10) / 28
preds = xb @ weights
print(preds.shape)
""", "RuntimeError", "(64x784 and 780x10)", 5, "preds.shape == (64, 10) and len(weights) == 28 * 28", (
        Repair("xb @ weights", "xb @ weights.T", "RuntimeError"),
        Repair("randn(780, 10)", "randn(784, 10)", "right"),
        Repair("xb @ weights", "xb[:, :780] @ weights", "wrong"),
    )),
    "similar": Card("“Similar” shapes", "s0", "tensors", """\
import torch

a = torch.arange(6.0).view(2, 3)
b = torch.arange(6.0).view(3, 2)
total = a + b
print(total)
""", "RuntimeError", "The size of tensor a (3) must match the size of tensor b (2)", 5, "total[0, 1] == a[0, 1] + b[1, 0]", (
        Repair("a + b", "a + b.T", "right"),
        Repair("a + b", "a + b.view(2, 3)", "wrong"),
        Repair("a + b", "a + b.unsqueeze(0)", "RuntimeError"),
    )),
    "weight_mn": Card("m × n or n × m?", "s3", "tensors", """\
import torch
from torch import nn

layer = nn.Linear(3, 2)
x = torch.rand(1, 3)
y = x @ layer.weight + layer.bias
print(y)
""", "RuntimeError", "(1x3 and 2x3)", 6, "torch.allclose(y, layer(x))", (
        Repair("x @ layer.weight +", "layer.weight @ x +", "RuntimeError"),
        Repair("x @ layer.weight +", "x @ layer.weight.view(3, 2) +", "wrong"),
        Repair("x @ layer.weight +", "x @ layer.weight.T +", "right"),
    )),
    "size28": Card("MNIST into a LeNet for 32 × 32", "s2", "modules", """\
import torch
from torch import nn

lenet = nn.Sequential(
    nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(400, 120),
)
x = torch.rand(1, 1, 28, 28)
print(lenet(x).shape)
""", "RuntimeError", "(1x256 and 400x120)", 10, "lenet(x).shape == (1, 120)", (
        Repair("nn.Linear(400, 120)", "nn.Linear(784, 120)", "RuntimeError"),
        Repair("nn.Conv2d(1, 6, 5)", "nn.Conv2d(1, 6, 5, padding=2)", "right"),
        Repair("lenet(x)", "lenet(x.view(1, 1, 32, 32))", "RuntimeError"),
    )),
    "no_batch": Card("One picture is no batch", "s0", "modules", """\
import torch
from torch import nn

lenet = nn.Sequential(
    nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(400, 120),
)
x = torch.rand(1, 32, 32)
out = lenet(x)
print(out.shape)
""", "RuntimeError", "(16x25 and 400x120)", 10, "out.shape == (1, 120)", (
        Repair("nn.Linear(400, 120)", "nn.Linear(25, 120)", "wrong"),
        Repair("lenet(x)", "lenet(x.squeeze())", "RuntimeError"),
        Repair("lenet(x)", "lenet(x.unsqueeze(0))", "right"),
    )),
}
