"""R2, torch.nn.functional: one function for the loss."""

import math

import torch
import torch.nn.functional as F

bs, lr = 64, 0.5
loss_func = F.cross_entropy                     # log_softmax and nll in one


def accuracy(out, yb):
    return (out.argmax(1) == yb).float().mean()


def first_weights():
    weights = torch.randn(784, 10) / math.sqrt(784)
    weights.requires_grad_()                    # after the division
    bias = torch.zeros(10, requires_grad=True)
    return weights, bias


def train(x_train, y_train, x_valid, y_valid, weights, bias, epochs=2):
    def model(xb):
        return xb @ weights + bias              # (B, 784) @ (784, 10) -> (B, 10)

    n = len(x_train)
    xb, yb = x_train[:bs], y_train[:bs]         # the first batch
    out = model(xb)
    yield "before", loss_func(out, yb), accuracy(out, yb)

    for _ in range(epochs):
        for i in range(0, n, bs):
            xb, yb = x_train[i:i + bs], y_train[i:i + bs]
            loss = loss_func(model(xb), yb)
            loss.backward()
            with torch.no_grad():               # the update is no part of the graph
                weights -= weights.grad * lr
                bias -= bias.grad * lr
                weights.grad.zero_()            # backward adds to grad
                bias.grad.zero_()
            yield "batch", loss

    with torch.no_grad():
        out = model(xb)                         # of the last batch, as in the text
        yield "after", loss_func(out, yb), accuracy(out, yb)
        out = model(x_valid)
        yield "whole", loss_func(out, y_valid), accuracy(out, y_valid)
