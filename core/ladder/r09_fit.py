"""R9, fit and get_data: the loop is written once, for every model."""

import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

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


def get_data(train_ds, valid_ds, bs):
    train_dl = DataLoader(train_ds, batch_size=bs, shuffle=True)
    valid_dl = DataLoader(valid_ds, batch_size=bs * 2)  # no gradients: more fit
    return train_dl, valid_dl


def learn(model, loss_func, opt, batches):
    model.train()
    for xb, yb in batches:
        loss = loss_func(model(xb), yb)
        loss.backward()
        opt.step()
        opt.zero_grad()                         # backward adds to grad
        yield "batch", loss


def judge(model, loss_func, batches):
    model.eval()
    with torch.no_grad():
        found = [(len(yb), loss_func(model(xb), yb).item()) for xb, yb in batches]
    total = sum(n * loss for n, loss in found)  # each picture counts the same
    return total / sum(n for n, _ in found)


def fit(epochs, model, loss_func, opt, train_dl, valid_dl):
    for _ in range(epochs):
        yield from learn(model, loss_func, opt, train_dl)
        yield "epoch", judge(model, loss_func, valid_dl)


def train(x_train, y_train, x_valid, y_valid, model, opt, epochs=2):
    train_ds = TensorDataset(x_train, y_train)  # has a length and slices
    valid_ds = TensorDataset(x_valid, y_valid)
    train_dl, valid_dl = get_data(train_ds, valid_ds, bs)
    yield from fit(epochs, model, loss_func, opt, train_dl, valid_dl)

    with torch.no_grad():
        out = torch.cat([model(xb) for xb, _ in valid_dl])
        yield "whole", loss_func(out, y_valid), accuracy(out, y_valid)
