"""R8, validation: judged after every epoch on pictures that it does not learn from."""

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


def train(x_train, y_train, x_valid, y_valid, model, opt, epochs=2):
    train_ds = TensorDataset(x_train, y_train)  # has a length and slices
    train_dl = DataLoader(train_ds, batch_size=bs, shuffle=True)
    valid_ds = TensorDataset(x_valid, y_valid)
    valid_dl = DataLoader(valid_ds, batch_size=bs * 2)  # no gradients: more fit

    for _ in range(epochs):
        model.train()
        for xb, yb in train_dl:
            loss = loss_func(model(xb), yb)
            loss.backward()
            opt.step()
            opt.zero_grad()                     # backward adds to grad
            yield "batch", loss

        model.eval()
        with torch.no_grad():
            valid_loss = sum(loss_func(model(xb), yb) for xb, yb in valid_dl)
        yield "epoch", valid_loss / len(valid_dl)  # mean of the batch means

    with torch.no_grad():
        out = torch.cat([model(xb) for xb, _ in valid_dl])
        yield "whole", loss_func(out, y_valid), accuracy(out, y_valid)
