"""Programs that Python cannot even read: nothing of them runs, not even the lines above the mistake."""

from core.lessons.clinic.card import Card, Repair

SYNTAX = {
    "quotes": Card("Pretty quotation marks", "s0", "python", """\
from pathlib import Path

root = ‘data’
print(Path(root) / "train")
""", "syntax", "invalid character '‘' (U+2018)", 3, 'root == "data"', (
        Repair("‘data’", "“data”", "syntax"),
        Repair("‘data’", '"data"', "right"),
        Repair("‘data’", "data", "NameError"),
    )),
    "colon": Card("A colon from the Chinese keyboard", "s1", "python", """\
import torch

def accuracy(out, yb)：
    guessed = out.argmax(1)
    return (guessed == yb).float().mean()

out = torch.tensor([[2.0, 1.0], [0.5, 3.0]])
print(accuracy(out, torch.tensor([0, 0])))
""", "syntax", "invalid character '：' (U+FF1A)", 3, "accuracy(out, torch.tensor([0, 0])) == 0.5", (
        Repair("yb)：", "yb);", "syntax"),
        Repair("yb)：", "yb)", "syntax"),
        Repair("yb)：", "yb):", "right"),
    )),
    "form": Card("form … import", "s1", "python", """\
form torch import nn

layer = nn.Linear(4, 2)
print(layer)
""", "syntax", "invalid syntax", 1, "layer.out_features == 2", (
        Repair("form torch import nn", "from torch import nn", "right"),
        Repair("form torch import nn", "import nn from torch", "syntax"),
        Repair("form torch import nn", "import torch.nn", "NameError"),
    )),
    "keyword_space": Card("A space inside a name", "s2", "python", """\
from torch import nn

conv = nn.Conv2d(in channels=1, out channels=6,
                 kernel_size=5)
print(conv)
""", "syntax", "invalid syntax", 3, "conv.out_channels == 6", (
        Repair("in channels=1, out channels=6", "inchannels=1, outchannels=6", "TypeError"),
        Repair("in channels=1, out channels=6", "in-channels=1, out-channels=6", "syntax"),
        Repair("in channels=1, out channels=6", "in_channels=1, out_channels=6", "right"),
    )),
    "missing_comma": Card("A list of layers", "s2", "python", """\
from torch import nn

head = nn.Sequential(
    nn.Linear(256, 120)
    nn.ReLU(),
    nn.Linear(120, 84),
)
print(len(head))
""", "syntax", "Perhaps you forgot a comma", 4, "len(head) == 3", (
        Repair("nn.Linear(256, 120)", "nn.Linear(256, 120);", "syntax"),
        Repair("nn.Linear(256, 120)", "nn.Linear(256, 120),", "right"),
        Repair("nn.Linear(256, 120)", "nn.Linear(256, 120) +", "TypeError"),
    )),
    "def_init": Card("def__init__", "s2", "python", """\
import torch
from torch import nn

class Net(nn.Module):
    def__init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        return self.fc(x)

print(Net()(torch.ones(1, 4)).shape)
""", "syntax", "invalid syntax", 5, "Net().fc.out_features == 2", (
        Repair("def__init__(self)", "def __init__(self)", "right"),
        Repair("def__init__(self)", "def init(self)", "AttributeError"),
        Repair("def__init__(self)", "def _init_(self)", "AttributeError"),
    )),
    "indent": Card("What belongs to the loop?", "s2", "python", """\
seen = 0
for epoch in range(2):
    for batch in [64, 64, 32]:
    seen += batch
print(seen)
""", "syntax", "expected an indented block", 4, "seen == 2 * (64 + 64 + 32)", (
        Repair("    seen", "seen", "syntax"),
        Repair("[64, 64, 32]:\n", "[64, 64, 32]: pass\n", "wrong"),
        Repair("    seen", "        seen", "right"),
    )),
}
