"""Quietly wrong, too: a training or a judgement that runs to its end and means something else."""

from core.lessons.clinic.card import Card, Repair, leave

ZERO_LAST = """\
import torch

w = torch.tensor([1.0], requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
for step in range(3):
    loss = (w ** 2).sum()
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
print(w)
"""
MAX_DATA = """\
import torch

outputs = torch.tensor([[0.1, 2.0], [3.0, 0.5], [0.2, 0.9]])
labels = torch.tensor([1, 0, 0])
with torch.no_grad():
    _, predicted = torch.max(outputs.data, 1)
right = (predicted == labels).sum().item()
print(right)
"""
LAST_LOOP = """\
for batch in hits.float().split(64):
    accuracy, judged = batch.mean(), len(batch)
"""
TRAINING = {
    "no_zero_grad": Card("The slope is 2", "s0", "training", """\
import torch

w = torch.tensor(1.0, requires_grad=True)
for step in range(3):
    loss = 2 * w
    loss.backward()
    print(w.grad)
""", "wrong", "", 0, "w.grad == 2", (
        Repair("    loss = 2 * w\n", "    loss = 2 * w.detach()\n", "RuntimeError"),
        Repair("    loss.backward()\n", "    loss.backward()\n    w.grad.zero_()\n", "wrong"),
        Repair("    loss = 2 * w\n", "    w.grad = None\n    loss = 2 * w\n", "right"),
    )),
    "zero_last": Card("zero_grad at the end?", "s2", "training", ZERO_LAST, "right", "", 0, "abs(w.item() - 0.8 ** 3) < 1e-6", (
        leave(ZERO_LAST),
        Repair("    optimizer.step()\n    optimizer.zero_grad()\n", "    optimizer.zero_grad()\n    optimizer.step()\n", "wrong"),
        Repair("    optimizer.step()\n    optimizer.zero_grad()\n", "    optimizer.step()\n", "wrong"),
    )),
    "relu_logits": Card("ReLU on the scores", "s1", "training", """\
import torch
from torch.nn import functional as F

scores = torch.tensor([[-2.0, -1.0, -3.0]], requires_grad=True)
logits = scores.relu()
loss = F.cross_entropy(logits, torch.tensor([0]))
loss.backward()
print(scores.grad)
""", "wrong", "", 0, "scores.grad[0, 0] < 0 and scores.grad[0, 1] > 0", (
        Repair("scores.relu()", "scores.clamp(min=0)", "wrong"),
        Repair("scores.relu()", "scores", "right"),
        Repair("scores.relu()", "scores.abs()", "wrong"),
    )),
    "softmax_twice": Card("Sure, right, and a loss of 1.46", "s3", "training", """\
import torch
from torch.nn import functional as F

scores = torch.zeros(1, 10)
scores[0, 3] = 50
probs = scores.softmax(dim=1)
loss = F.cross_entropy(probs, torch.tensor([3]))
print(probs[0, 3], loss)
""", "wrong", "", 0, "abs(loss) < 0.001", (
        Repair("F.cross_entropy(probs,", "F.nll_loss(probs,", "wrong"),
        Repair("F.cross_entropy(probs,", "F.cross_entropy(probs.softmax(dim=1),", "wrong"),
        Repair("F.cross_entropy(probs,", "F.cross_entropy(scores,", "right"),
    )),
    "report": Card("A report every 2,000 batches", "s0", "training", """\
running, reported = 0, 0
for i in range(12_500):
    running += 1
    if i % 2000 == 1999:
        reported += running
        running = 0
print(reported)
""", "wrong", "", 0, "reported == 12_500", (
        Repair("i % 2000 == 1999", "i % 2000 == 0", "wrong"),
        Repair("print(reported)", "reported += running\nprint(reported)", "right"),
        Repair("i % 2000 == 1999", "i % 2000 == 2000", "wrong"),
    )),
    "monotone": Card("Falling all the time?", "s0", "judging", """\
from itertools import pairwise

def learned(losses):
    return all(b < a for a, b in pairwise(losses))

run = [2.201, 1.864, 1.691, 1.587, 1.540, 1.502,
       1.417, 1.387, 1.367, 1.372, 1.323, 1.317]
print(learned(run))
""", "wrong", "", 0, "learned(run) and not learned(run[::-1])", (
        Repair("all(b < a for a, b in pairwise(losses))", "losses[-1] < losses[0]", "right"),
        Repair("b < a for", "b <= a for", "wrong"),
        Repair("pairwise(losses)", "pairwise(sorted(losses)[::-1])", "wrong"),
    )),
    "last_batch": Card("The accuracy that was printed last", "s1", "judging", """\
import torch

hits = torch.arange(50_000) < 45_000     # 90 % are right
for batch in hits.float().split(64):
    accuracy, judged = batch.mean(), len(batch)
print(accuracy, judged)
""", "wrong", "", 0, "abs(accuracy - 0.9) < 1e-6", (
        Repair("split(64)", "split(100)", "wrong"),
        Repair(LAST_LOOP, "accuracy, judged = hits.float().mean(), len(hits)\n", "right"),
        Repair(LAST_LOOP, "means = [batch.mean() for batch in hits.float().split(64)]\n"
                          "accuracy, judged = sum(means) / len(means), len(hits)\n", "wrong"),
    )),
    "no_eval": Card("The same picture twice", "s0", "judging", """\
import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.5))
x = torch.ones(1, 4)
with torch.no_grad():
    first, second = net(x), net(x)
print(torch.equal(first, second))
""", "wrong", "", 0, "torch.equal(first, second)", (
        Repair("torch.no_grad()", "torch.inference_mode()", "wrong"),
        Repair("nn.Dropout(0.5)", "nn.Dropout(0.5, inplace=True)", "wrong"),
        Repair("x = torch.ones(1, 4)\n", "x = torch.ones(1, 4)\nnet.eval()\n", "right"),
    )),
    "max_data": Card("torch.max(outputs.data, 1)", "s0", "judging", MAX_DATA, "right", "", 0, "right == 2", (
        Repair("torch.max(outputs.data, 1)", "torch.max(outputs.data, 0)", "RuntimeError"),
        leave(MAX_DATA),
        Repair("_, predicted", "predicted, _", "wrong"),
    )),
}
