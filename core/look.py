"""One picture through several copies of one network: what a fresh and a trained one make of it."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from core import fields, weights
from core.architecture.plan import buildable
from core.images import fit_to, normalise, scale
from core.introyt1 import text_output, text_picture
from core.models import LENETS, fresh, named
from core.picture import FORMS, KINDS, picture
from core.trace import Trace, trace


@dataclass(frozen=True)
class LookSpec:
    """Which network looks at which picture. form: what is done to a drawn or an uploaded one.

    start says whose untrained weights the fresh copy wears: those that seed makes, or LeNet's in the introyt1 text. picture="text" is
    that text's random picture. Both exist for "lenet" alone; elsewhere they mean "fresh" and "sharp".
    weights names a run or an upload, "" = ours.
    """

    network: str = fields.choice("lenet", LENETS, buildable)
    picture: str = fields.choice("sharp", KINDS)
    digit: int = fields.number(3, 0, 9)
    form: str = fields.choice("learned", FORMS)
    weights: str = fields.words("", 12)
    seed: int = fields.number(0, 0, 9999)
    start: str = fields.choice("fresh", ("fresh", "text"))


@dataclass(frozen=True)
class Copy:
    """A network with one set of weights, and all that it computed. Shapes: logits (classes,), probs (classes,)."""

    model: nn.Module
    traced: Trace
    logits: Tensor
    probs: Tensor


@dataclass(frozen=True)
class Look:
    """image (C, H, W) uint8 as the network gets it; fitting = what had to be done to it; answer = the true digit, None if nobody knows.

    picture is the kind that was shown; all but "text" are normalised with mean and std, one number for each channel.
    """

    image: Tensor
    fitting: tuple[tuple[str, int, int], ...]
    answer: int | None
    fresh: Copy
    trained: Copy
    picture: str
    mean: tuple[float, ...]
    std: tuple[float, ...]
    dataset: str                                     # what the trained copy learned from, "" if its file does not say


def look(spec: LookSpec, raw_weights: bytes | None = None, own: Tensor | np.ndarray | None = None) -> Look:
    """raw_weights: a weights file to use instead of our own. Raises SpecError when it does not belong to the network.

    own: the learner's drawing or photo, as `core.picture` takes it.
    """
    spec = meant(spec)
    network = named(spec.network)
    trained = weights.from_bytes(raw_weights, spec.network) if raw_weights else weights.trained(spec.network)
    said = weights.header(raw_weights or weights.stored(spec.network))
    dataset = said.get("dataset", "")
    shown = picture(spec.picture, spec.digit, spec.form, own, dataset)
    fitted = fit_to(shown.images.unsqueeze(0), network.channels, network.size)
    mean, std = weights.normalisation_of(said, network.channels)
    x = text_picture() if spec.picture == "text" else normalise(scale(fitted.images), mean, std)       # (1, C, H, W)
    answer = None if spec.picture in ("drawn", "uploaded", "text") else spec.digit
    untrained = text_output()[0] if spec.start == "text" else fresh(spec.network, spec.seed)
    return Look(fitted.images[0], shown.steps + fitted.steps, answer, see(untrained, x), see(trained, x), spec.picture, mean, std, dataset)


def meant(spec: LookSpec) -> LookSpec:
    """The same without what only "lenet" has, for another network."""
    if spec.network == "lenet":
        return spec
    return replace(spec, start="fresh", picture="sharp" if spec.picture == "text" else spec.picture)


def see(model: nn.Module, x: Tensor) -> Copy:
    """Run one picture x (1, C, H, W) and keep every operation."""
    traced = trace(model.eval(), x)
    return Copy(model, traced, traced.output[0], traced.output[0].softmax(0))


def misfits(model: nn.Module, network: str) -> dict[str, Trace]:
    """The two classic mistakes, run for real: a picture of another size, and a missing batch dimension."""
    fits = named(network)
    other = 28 if fits.size == 32 else 32
    return {"size": trace(model, torch.zeros(1, fits.channels, other, other)),
            "batch": trace(model, torch.zeros(fits.channels, fits.size, fits.size))}


def some_batch(network: str, size: int) -> Tensor:
    """(size, C, H, W) random numbers in the form that the network takes."""
    fits = named(network)
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
