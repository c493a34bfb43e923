"""One step of learning without autograd: the gradients of the LeNet family, written out. So much does autograd do for you.

Forward, a layer remembers what it will need. Back, it is handed the gradient of the loss for what it gave; it writes down the gradients
of its own weights and hands on the gradient for what it got: the chain rule, layer by layer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.errors import SpecError
from core.models import LENETS

if TYPE_CHECKING:
    from core.train import TrainState


def check(network: str, output: str) -> None:
    """Raises SpecError("not_by_hand") for a network, or an output, whose gradients are not written out here."""
    if network not in LENETS or output != "logits":
        raise SpecError("not_by_hand", network=network, output=output, known=", ".join(LENETS))


class ByHand:
    """The layers of a LeNet, and all its parameters side by side in one tensor, so that the optimizer moves one and not ten."""

    def __init__(self, model: nn.Module) -> None:
        self.parameters = list(model.parameters())
        sizes = [*(p.numel() for p in self.parameters), 1]
        self.flat = torch.zeros(sum(sizes), device=self.parameters[0].device)            # the last stays 0: ConvPool needs one
        self.flat.grad = torch.zeros_like(self.flat)
        for p, values in zip(self.parameters, self.flat.split(sizes), strict=False):
            p.data = values.view_as(p).copy_(p.detach())                   # a view: the model and the optimizer see the same numbers
        self.grads = [grad.view_as(p) for p, grad in zip(self.parameters, self.flat.grad.split(sizes), strict=False)]
        values = [p.detach() for p in self.parameters]                     # no autograd
        conv1, conv2, fc1, fc2, fc3 = ((*values[i : i + 2], *self.grads[i : i + 2]) for i in range(0, 10, 2))
        self.layers = [
            ConvPool(self.flat, *conv1), ReLU(),     # the first hands nothing on: pictures do not learn
            ConvPool(self.flat, *conv2, hands_on=True), ReLU(), Flatten(),
            Linear(*fc1), ReLU(), Linear(*fc2), ReLU(), Linear(*fc3),
        ]

    def training_step(self, state: TrainState, x: Tensor, y: Tensor) -> Iterator[str]:
        """As `core.train.training_step`, with the same five parts. Shapes: x (B, C, H, W), y (B,)."""
        yield "zero_grad"                            # nothing to forget: every gradient is written over
        state.logits = self.forward(x)
        yield "forward"
        state.loss, gradient = cross_entropy(state.logits, y)
        yield "loss"
        self.backward(gradient)
        yield "backward"
        state.optimizer.step()
        yield "step"

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, 10) logits."""
        x = x.transpose(0, 1).contiguous()           # -> (C, B, H, W)
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, gradient: Tensor) -> None:
        """From the gradient for the logits, (B, 10), to the `.grad` of every parameter."""
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient)
        if self.parameters[0].grad is None:          # until the first step there are none
            for p, grad in zip(self.parameters, self.grads, strict=True):
                p.grad = grad


def cross_entropy(logits: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """The mean loss, and its gradient for the logits: (softmax - one-hot) / B. Shapes: (B, 10), (B,) -> (), (B, 10)."""
    log_probs = logits.log_softmax(1)
    right = y.unsqueeze(1)                                                 # (B, 1), the column of each answer
    gradient = log_probs.exp().scatter_add_(1, right, logits.new_full((len(y), 1), -1))
    return F.nll_loss(log_probs, y), gradient.div_(len(y))


class ReLU:
    """Where the input was below zero, nothing comes through: forward no value, back no gradient."""

    def forward(self, x: Tensor) -> Tensor:
        self.out = x.relu_()
        return x

    def backward(self, gradient: Tensor) -> Tensor:
        return gradient.mul_(self.out.sign())        # 1 or 0


class Flatten:
    """From maps to one row for each picture: (C, B, P, P) -> (B, C·P·P)."""

    def forward(self, x: Tensor) -> Tensor:
        self.shape = x.shape
        return x.transpose(0, 1).reshape(x.shape[1], -1)

    def backward(self, gradient: Tensor) -> Tensor:
        channels, batch, height, width = self.shape
        return gradient.view(batch, channels, height, width).transpose(0, 1).contiguous()


class Linear:
    """x · weightᵀ + bias: (B, I) -> (B, O)."""

    def __init__(self, weight: Tensor, bias: Tensor, weight_grad: Tensor, bias_grad: Tensor) -> None:
        self.weight, self.bias, self.weight_grad, self.bias_grad = weight, bias, weight_grad, bias_grad

    def forward(self, x: Tensor) -> Tensor:
        self.x = x
        return torch.addmm(self.bias, x, self.weight.t())                  # (B, I) @ (I, O) + (O,) -> (B, O)

    def backward(self, gradient: Tensor) -> Tensor:
        torch.mm(gradient.t(), self.x, out=self.weight_grad)               # (O, B) @ (B, I) -> (O, I)
        torch.sum(gradient, 0, out=self.bias_grad)                         # (B, O) -> (O,)
        return gradient.mm(self.weight)                                    # (B, O) @ (O, I) -> (B, I)


class ConvPool:
    """A convolution and the 2 x 2 max pooling behind it, at once: (C, B, H, H) -> (O, B, P, P), P = (H - K + 1) / 2.

    A pooled value is the best of four places of a K x K kernel in a window of L x L pixels, L = K + 1. So the kernel is written down
    four times with zeros around it, and one matrix product gives the four scores of every window.
    The ReLU comes after: it changes no order, so the largest before it is the largest behind it.
    """

    def __init__(self, flat: Tensor, kernel: Tensor, bias: Tensor, kernel_grad: Tensor, bias_grad: Tensor, hands_on: bool = False) -> None:
        self.flat, self.bias, self.hands_on = flat, bias.view(-1, 1), hands_on
        self.kernel_grad, self.bias_grad = kernel_grad.view(-1), bias_grad
        self.out, channels, k, _ = kernel.shape
        self.side = side = k + 1
        wide = torch.full((2, 2, self.out, channels, side, side), len(flat) - 1)           # which number of flat stands where: zeros, ...
        slots = torch.arange(wide.numel()).view_as(wide)
        places = [(i, j, ..., slice(i, i + k), slice(j, j + k)) for i in (0, 1) for j in (0, 1)]
        for place in places:
            wide[place] = kernel.storage_offset() + torch.arange(kernel.numel()).view_as(kernel)     # ... and the kernel
        self.wide = wide.flatten().to(flat.device)                                         # 4·O·C·L·L
        self.slots = torch.stack([slots[place] for place in places]).flatten().to(flat.device)       # 4·O·C·K·K, back from there
        self.shape = torch.Size()

    def forward(self, x: Tensor) -> Tensor:
        if x.shape != self.shape:
            self._make_room(x)
        torch.index_select(x.view(-1), 0, self.pixels, out=self.windows.view(-1))          # (C·L·L, B·P·P), a column for each window
        torch.index_select(self.flat, 0, self.wide, out=self.kernels.view(-1))             # (4·O, C·L·L)
        torch.mm(self.kernels, self.windows, out=self.scores)                              # (4·O, B·P·P)
        torch.maximum(self.left, self.right, out=self.rows)                                # (2, O, B·P·P)
        torch.maximum(self.upper, self.lower, out=self.best)                               # (O, B·P·P)
        return self.best.add_(self.bias).view(self.out, *self.pooled)

    def backward(self, gradient: Tensor) -> Tensor | None:
        gradient = gradient.view_as(self.best)
        torch.sum(gradient, 1, out=self.bias_grad)
        share(gradient, self.upper, self.lower, self.to_upper, self.to_lower)
        share(self.to_rows, self.left, self.right, self.to_left, self.to_right)
        found = self.to_scores.mm(self.windows.t()).view(-1)                               # (4·O, C·L·L)
        torch.sum(found.index_select(0, self.slots).view(4, -1), 0, out=self.kernel_grad)  # the same kernel at four places
        if not self.hands_on:
            return None
        torch.mm(self.kernels.t(), self.to_scores, out=self.to_windows)                    # (C·L·L, B·P·P)
        self.to_x.zero_().view(-1).scatter_add_(0, self.pixels, self.to_windows.view(-1))  # a pixel stands in up to nine windows
        return self.to_x

    def _make_room(self, x: Tensor) -> None:
        """For batches of this shape: where each window's pixels stand in x, and tensors that every step writes over."""
        numbers = torch.arange(x.numel(), device=x.device).view_as(x)
        windows = numbers.unfold(2, self.side, 2).unfold(3, self.side, 2)                  # (C, B, P, P, L, L)
        self.shape, self.pooled = x.shape, windows.shape[1:4]
        self.pixels = windows.permute(0, 4, 5, 1, 2, 3).flatten()
        pixels, count = len(x) * self.side**2, self.pooled.numel()         # C·L·L, B·P·P
        self.windows, self.kernels, self.best = x.new_empty(pixels, count), x.new_empty(4 * self.out, pixels), x.new_empty(self.out, count)
        self.scores, self.to_scores = x.new_empty(2, 4 * self.out, count)
        self.left, self.right = self.scores.view(2, 2, self.out, count).unbind(1)          # (2, O, B·P·P), for the upper and the lower row
        self.to_left, self.to_right = self.to_scores.view(2, 2, self.out, count).unbind(1)
        self.rows, self.to_rows = x.new_empty(2, 2, self.out, count)
        (self.upper, self.lower), (self.to_upper, self.to_lower) = self.rows, self.to_rows # (O, B·P·P)
        if self.hands_on:
            self.to_windows, self.to_x = torch.empty_like(self.windows), torch.empty_like(x)


def share(gradient: Tensor, first: Tensor, second: Tensor, to_first: Tensor, to_second: Tensor) -> None:
    """Back through `maximum`: the larger gets the gradient, the other nothing. When they are equal the first gets it, as in PyTorch."""
    torch.gt(second, first, out=to_second).mul_(gradient)                  # 1 or 0, times the gradient
    torch.sub(gradient, to_second, out=to_first)
