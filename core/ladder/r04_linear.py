"""R4, nn.Linear: a layer that brings its own weights."""

import torch
import torch.nn.functional as F
from torch import nn

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


def train(x_train, y_train, x_valid, y_valid, model, epochs=2):
    n = len(x_train)
    last = (n - 1) // bs * bs
    xb, yb = x_train[last:], y_train[last:]     # the last batch
    out = model(xb)
    yield "before", loss_func(out, yb), accuracy(out, yb)

    for _ in range(epochs):
        for i in range(0, n, bs):
            xb, yb = x_train[i:i + bs], y_train[i:i + bs]
            loss = loss_func(model(xb), yb)
            loss.backward()
            with torch.no_grad():               # the update is no part of the graph
                for p in model.parameters():
                    p -= p.grad * lr
                model.zero_grad()               # backward adds to grad
            yield "batch", loss

    with torch.no_grad():
        out = model(xb)                         # of the last batch, as in the text
        yield "after", loss_func(out, yb), accuracy(out, yb)
        out = model(x_valid)
        yield "whole", loss_func(out, y_valid), accuracy(out, y_valid)
