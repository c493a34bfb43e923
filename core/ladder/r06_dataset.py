"""R6, TensorDataset: pictures and labels in one."""

import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import TensorDataset

bs, lr = 64, 0.5
loss_func = F.cross_entropy                     # log_softmax and nll in one


def accuracy(out, yb):
    return (out.argmax(1) == yb).float().mean()


class Logistic(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(784, 10)        # weight (10, 784), bias (10,)

    def forward(self, xb):
        return self.linear(xb)                  # xb @ weight.T + bias: (B, 784) -> (B, 10)


def get_model():
    model = Logistic()
    return model, optim.SGD(model.parameters(), lr=lr)


def train(x_train, y_train, x_valid, y_valid, model, opt, epochs=2):
    train_ds = TensorDataset(x_train, y_train)  # has a length and slices
    n = len(train_ds)
    last = (n - 1) // bs * bs
    xb, yb = train_ds[last:]                    # the last batch
    out = model(xb)
    yield "before", loss_func(out, yb), accuracy(out, yb)

    for _ in range(epochs):
        for i in range(0, n, bs):
            xb, yb = train_ds[i:i + bs]
            loss = loss_func(model(xb), yb)
            loss.backward()
            opt.step()
            opt.zero_grad()                     # backward adds to grad
            yield "batch", loss

    with torch.no_grad():
        out = model(xb)                         # of the last batch, as in the text
        yield "after", loss_func(out, yb), accuracy(out, yb)
        out = model(x_valid)
        yield "whole", loss_func(out, y_valid), accuracy(out, y_valid)
