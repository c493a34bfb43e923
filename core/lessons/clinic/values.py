"""Quietly wrong: no error, and numbers that mean something else than the text says."""

from core.lessons.clinic.card import Card, Repair

VALUES = {
    "std_mean": Card("Mean and standard deviation", "s0", "tensors", """\
import torch

x = torch.tensor([1.0, 2.0, 6.0])
mean, std = torch.std_mean(x)
print(mean, std)
""", "wrong", "", 0, "mean == 3", (
        Repair("torch.std_mean(x)", "torch.mean_std(x)", "AttributeError"),
        Repair("torch.std_mean(x)", "torch.var_mean(x)", "wrong"),
        Repair("mean, std = ", "std, mean = ", "right"),
    )),
    "asin": Card("The sine?", "s4", "tensors", """\
import torch

angle = torch.tensor([0.0, 0.5, 1.0])
sine = torch.asin(angle)
print(sine)
""", "wrong", "", 0, "abs(sine[2] - 0.84147) < 1e-5", (
        Repair("torch.asin(angle)", "1 / torch.asin(angle)", "wrong"),
        Repair("torch.asin(angle)", "torch.sin(angle)", "right"),
        Repair("torch.asin(angle)", "torch.sin(torch.asin(angle))", "wrong"),
    )),
    "svd": Card("V, or V transposed?", "s0", "tensors", """\
import torch

a = torch.tensor([[3., 1., 0.], [0., 2., 1.], [1., 0., 4.]])
u, s, v = torch.linalg.svd(a)
back = u @ torch.diag(s) @ v.T
print(back)
""", "wrong", "", 0, "torch.allclose(back, a, atol=1e-5)", (
        Repair("u @ torch.diag(s) @ v.T", "u @ torch.diag(s) @ v", "right"),
        Repair("u @ torch.diag(s) @ v.T", "u.T @ torch.diag(s) @ v", "wrong"),
        Repair("u @ torch.diag(s) @ v.T", "v @ torch.diag(s) @ u.T", "wrong"),
    )),
    "imshow": Card("Back to the picture", "s0", "tensors", """\
import torch

mean, std = 0.4914, 0.2470
pixels = torch.tensor([0.0, 0.5, 1.0])
x = (pixels - mean) / std
shown = x / 2 + 0.5
print(shown)
""", "wrong", "", 0, "torch.allclose(shown, pixels, atol=1e-6)", (
        Repair("x / 2 + 0.5", "(x / 2 + 0.5).clamp(0, 1)", "wrong"),
        Repair("x / 2 + 0.5", "x * std + mean", "right"),
        Repair("x / 2 + 0.5", "(x + mean) * std", "wrong"),
    )),
    "overflow": Card("Large scores", "s1", "tensors", """\
import torch

def log_softmax(x):
    return x - x.exp().sum(-1, keepdim=True).log()

out = log_softmax(torch.tensor([[1000.0, 999.0]]))
print(out)
""", "wrong", "", 0, "out.isfinite().all() and abs(out[0, 0] + 0.31326) < 1e-4", (
        Repair("    return x -", "    x = x - x.max(-1, keepdim=True)[0]\n    return x -", "right"),
        Repair("    return x -", "    x = x.clamp(max=80)\n    return x -", "wrong"),
        Repair(".log()\n", ".log().nan_to_num()\n", "wrong"),
    )),
    "softmax_dim": Card("Softmax() of what?", "s3", "modules", """\
import torch
from torch import nn

scores = torch.tensor([[1.0, 2.0, 3.0], [1.0, 1.0, 1.0]])
probs = nn.Softmax()(scores)
print(probs.sum(dim=1))
""", "warning", "Implicit dimension choice for softmax", 0, "torch.allclose(probs.sum(dim=1), torch.ones(2))", (
        Repair("nn.Softmax()", "nn.Softmax(dim=0)", "wrong"),
        Repair("nn.Softmax()", "nn.Softmax(dim=1)", "right"),
        Repair("nn.Softmax()", "nn.Softmax(dim=2)", "IndexError"),
    )),
}
