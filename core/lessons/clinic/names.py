"""Names that do not exist: Python notices only when it comes to the line, and then says which name it missed."""

from core.lessons.clinic.card import Card, Repair

NAMES = {
    "sefl": Card("sefl", "s1", "python", """\
import torch
from torch import nn

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.ones(4, 2))

    def forward(self, x):
        return x @ sefl.weights

model = Model()
print("the model is made")
print(model(torch.ones(1, 4)))
""", "NameError", "'sefl' is not defined", 10, "model(torch.ones(1, 4)).tolist() == [[4, 4]]", (
        Repair("sefl.weights", "weights", "NameError"),
        Repair("sefl.weights", "self.weights", "right"),
        Repair("sefl.weights", "Model.weights", "AttributeError"),
    )),
    "epochs": Card("epochs or epoches?", "s1", "python", """\
def fit(epoches):
    losses = []
    for epoch in range(epochs):
        losses.append(1 / (epoch + 1))
    return losses

print(fit(2))
""", "NameError", "'epochs' is not defined", 3, "fit(2) == [1.0, 0.5]", (
        Repair("range(epochs)", "range(epoch)", "UnboundLocalError"),
        Repair("range(epochs)", "range(len(epoches))", "TypeError"),
        Repair("range(epochs)", "range(epoches)", "right"),
    )),
    "class_name": Card("A class with two names", "s2", "modules", """\
import torch
from torch import nn

class Lenet(nn.Module):
    def __init__(self):
        super(Lenet5, self).__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        return self.fc(x)

print(Lenet()(torch.ones(1, 4)).shape)
""", "NameError", "'Lenet5' is not defined", 6, "Lenet().fc.out_features == 2", (
        Repair("super(Lenet5, self).__init__()", "super().__init__()", "right"),
        Repair("super(Lenet5, self).__init__()", "super(self).__init__()", "TypeError"),
        Repair("super(Lenet5, self).__init__()", "pass", "AttributeError"),
    )),
    "functional": Card("Two modules called functional", "s3", "modules", """\
import torch
import torch.functional as F

scores = torch.tensor([-1.0, 2.0])
print(F.relu(scores))
""", "AttributeError", "has no attribute 'relu'", 5, "F.relu(scores).tolist() == [0, 2]", (
        Repair("import torch.functional as F", "from torch import functional as F", "AttributeError"),
        Repair("import torch.functional as F", "import torch.nn as F", "AttributeError"),
        Repair("import torch.functional as F", "import torch.nn.functional as F", "right"),
    )),
    "min_pool": Card("Min pooling", "s3", "tensors", """\
import torch
from torch import nn

x = torch.arange(16.0).view(1, 1, 4, 4)
smallest = nn.MinPool2d(2)(x)
print(smallest)
""", "AttributeError", "has no attribute 'MinPool2d'", 5, "smallest.flatten().tolist() == [0, 2, 8, 10]", (
        Repair("nn.MinPool2d(2)(x)", "nn.MaxPool2d(2)(-x)", "wrong"),
        Repair("nn.MinPool2d(2)(x)", "-nn.MaxPool2d(2)(-x)", "right"),
        Repair("nn.MinPool2d(2)(x)", "nn.MaxPool2d(-2)(x)", "RuntimeError"),
    )),
}
