"""One picture through several copies of one network: what a fresh and a trained one make of it."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from core import data, fields, weights
from core.centre import centre, to_eight
from core.data.strokes import sharp_digit
from core.images import fit_to, normalise, scale
from core.models import LENETS, MODELS, fresh
from core.seeded import seeded
from core.trace import Trace, trace

FORMS = {                                            # what becomes of a drawing (H, W) before a network sees it: (28, 28)
    "centred": centre,
    "as_drawn": torch.as_tensor,
    "eight": to_eight,
}


@dataclass(frozen=True)
class LookSpec:
    """Which network looks at which picture. form: what is done to a drawn one.

    seed makes the fresh copy's weights; weights names a run or an upload, "" = ours.
    """

    network: str = fields.choice("lenet", LENETS)
    picture: str = fields.choice("sharp", ("sharp", "real", "drawn"))
    digit: int = fields.number(3, 0, 9)
    form: str = fields.choice("centred", FORMS)
    weights: str = fields.words("", 12)
    seed: int = fields.number(0, 0, 9999)


@dataclass(frozen=True)
class Copy:
    """A network with one set of weights, and all that it computed. Shapes: logits (classes,), probs (classes,)."""

    model: nn.Module
    traced: Trace
    logits: Tensor
    probs: Tensor


@dataclass(frozen=True)
class Look:
    """image (C, H, W) uint8 as the network gets it; fitting = what had to be done to it; answer = the true digit, None if nobody knows."""

    image: Tensor
    fitting: tuple[tuple[str, int, int], ...]
    answer: int | None
    fresh: Copy
    trained: Copy


def look(spec: LookSpec, raw_weights: bytes | None = None, drawing: Tensor | np.ndarray | None = None) -> Look:
    """raw_weights: a weights file to use instead of our own. Raises SpecError when it does not belong to the network.

    drawing: (28, 28) uint8, ink 255 on 0, for picture="drawn"; None is an empty one.
    """
    network = MODELS[spec.network]
    trained = weights.from_bytes(raw_weights, spec.network) if raw_weights else weights.trained(spec.network)
    said = weights.header(raw_weights or weights.stored(spec.network))
    fitted = fit_to(picture(spec, drawing).unsqueeze(0), network.channels, network.size)
    x = normalise(scale(fitted.images), *weights.normalisation_of(said, network.channels))       # (1, C, H, W)
    answer = None if spec.picture == "drawn" else spec.digit
    return Look(fitted.images[0], fitted.steps, answer, see(fresh(spec.network, spec.seed), x), see(trained, x))


def picture(spec: LookSpec, drawing: Tensor | np.ndarray | None = None) -> Tensor:
    """(1, H, W) uint8: a digit drawn by us or by the learner, or the first of its class in the embedded test set."""
    if spec.picture == "drawn":
        return FORMS[spec.form](torch.zeros(28, 28, dtype=torch.uint8) if drawing is None else drawing).unsqueeze(0)
    if spec.picture == "sharp":
        return sharp_digit(spec.digit)
    test = data.load("digits", train=False)
    return test.images[(test.labels == spec.digit).nonzero()[0, 0]]


def see(model: nn.Module, x: Tensor) -> Copy:
    """Run one picture x (1, C, H, W) and keep every operation."""
    traced = trace(model.eval(), x)
    return Copy(model, traced, traced.output[0], traced.output[0].softmax(0))


def misfits(model: nn.Module, network: str) -> dict[str, Trace]:
    """The two classic mistakes, run for real: a picture of another size, and a missing batch dimension."""
    fits = MODELS[network]
    other = 28 if fits.size == 32 else 32
    return {"size": trace(model, torch.zeros(1, fits.channels, other, other)),
            "batch": trace(model, torch.zeros(fits.channels, fits.size, fits.size))}


def some_batch(network: str, size: int) -> Tensor:
    """(size, C, H, W) random numbers in the form that the network takes."""
    fits = MODELS[network]
    return torch.rand(size, fits.channels, fits.size, fits.size, generator=torch.Generator().manual_seed(0))


@dataclass(frozen=True)
class Called:
    """The same logits twice; how often a forward hook ran is the difference."""

    logits: Tensor
    equal: bool
    hooks_by_call: int
    hooks_by_forward: int


def call_and_forward(model: nn.Module, x: Tensor) -> Called:
    """net(x) against net.forward(x): the call also runs the hooks that tools put on a network."""
    ran: list[str] = []
    hook = model.register_forward_hook(lambda *_: ran.append("hook"))
    try:
        with torch.no_grad():
            called = model(x)
            by_call = len(ran)
            forward = model.forward(x)
    finally:
        hook.remove()
    return Called(called, called.equal(forward), by_call, len(ran) - by_call)


def text_output() -> tuple[nn.Module, Tensor]:
    """LeNet and its raw output as the introyt1 text prints them: seed 1729, then the text's draws in its order."""

    def chain() -> tuple[nn.Module, Tensor]:
        for size in ((2, 2), (2, 3), (3, 2), (2, 2)):
            torch.rand(size)
        net = MODELS["lenet"].build()
        return net, net(torch.rand(1, 1, 32, 32))

    return seeded(1729, chain)
