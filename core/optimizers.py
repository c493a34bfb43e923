"""The optimizers, in teaching order. `fused` updates all parameters in one call: the same rule, in less time."""

from collections.abc import Callable, Iterable

import torch
from torch import nn, optim


class LeanSGD(optim.SGD):
    """torch.optim.SGD(fused=True) with the same update, bit for bit, and the same state_dict, for one group of parameters.

    It leaves out what serves profilers and hooks, and looks its buffers up once: 20 to 55 us less per step, of 685 for a small
    network at batch 4 (measured: benchmarks/RESULTS.md).
    """

    def __init__(self, parameters: Iterable[nn.Parameter], lr: float, momentum: float) -> None:
        super().__init__(parameters, lr=lr, momentum=momentum, fused=True)
        self.buffers: list[torch.Tensor] | None = None

    def zero_grad(self, set_to_none: bool = True) -> None:
        for p in self.param_groups[0]["params"]:
            p.grad = None

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        group = self.param_groups[0]
        parameters, momentum = group["params"], group["momentum"]
        if self.buffers is None or bool(momentum) != bool(self.buffers):       # loaded, or momentum was switched on or off on the way
            self._find_buffers(parameters, momentum)
        torch._fused_sgd_(                           # the call that torch.optim.SGD(fused=True) makes
            parameters, [p.grad for p in parameters], self.buffers, lr=group["lr"], momentum=momentum, weight_decay=0.0, dampening=0.0,
            nesterov=False, maximize=False, is_first_step=self.is_first)
        self.is_first = False

    step.hooked = True                               # keeps torch from wrapping it

    def load_state_dict(self, state_dict: dict) -> None:
        super().load_state_dict(state_dict)
        self.buffers = None

    def _find_buffers(self, parameters: list[nn.Parameter], momentum: float) -> None:
        """The momentum of each parameter, kept where torch.optim.SGD keeps it, so that state_dict finds it."""
        self.is_first = not self.state
        if momentum:
            for p in parameters:
                self.state[p].setdefault("momentum_buffer", torch.empty_like(p))
        self.buffers = [self.state[p]["momentum_buffer"] for p in parameters] if momentum else []


OPTIMIZERS: dict[str, Callable[[Iterable[nn.Parameter], float, float], optim.Optimizer]] = {
    "sgd": LeanSGD,
    "adam": lambda parameters, lr, momentum: optim.Adam(parameters, lr=lr, fused=True),
}
