"""What a network looks at: three ways to ask which pixels made it answer as it did.

Each asks a copy in eval mode, so the network itself keeps its mode, has no gradients afterwards, and nobody else's forward meets our hook.
"""

from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.errors import SpecError


@dataclass(frozen=True)
class GradCam:
    """heat (H, W), as large as the picture; coarse (h, w), as the layer has it; weights (K,), one for each of its channels."""

    heat: Tensor
    coarse: Tensor
    weights: Tensor


@dataclass(frozen=True)
class Occlusion:
    """How much the class loses, (rows, columns): one number for each place of the square. Below zero it gains."""

    logit_drop: Tensor
    prob_drop: Tensor


def saliency(model: nn.Module, x: Tensor, target: int) -> Tensor:
    """How strongly each pixel moves the logit of one class: |d logit / d pixel|, the largest over the channels.

    Shapes: x (1, C, H, W) -> (H, W). Units: logits per unit of the normalised input.
    Source: Simonyan, Vedaldi and Zisserman 2013, "Deep Inside Convolutional Networks".
    """
    x = x.detach().requires_grad_()
    with torch.enable_grad():
        logit = deepcopy(model).eval()(x)[0, target]
        (slope,) = torch.autograd.grad(logit, x)     # (1, C, H, W)
    return slope[0].abs().amax(0)                    # (C, H, W) -> (H, W)


def grad_cam(model: nn.Module, x: Tensor, target: int, layer: str) -> GradCam:
    """Where a layer's maps speak for one class: their sum, each weighted with its mean gradient; what speaks against it counts as 0.

    The maps are the output of `layer`, a path such as "conv2" or "conv1.0": before the ReLU where forward() applies that afterwards.
    Shapes: x (1, C, H, W), maps (K, h, w).
    Raises SpecError("no_maps") when there is no such layer, or its output is no maps.
    Source: Selvaraju et al. 2017, "Grad-CAM".
    """
    maps, slopes = _maps_and_slopes(model, x, target, layer)
    weights = slopes.mean((1, 2))                                          # (K, h, w) -> (K,)
    coarse = (weights[:, None, None] * maps).sum(0).relu()                 # (K, 1, 1) * (K, h, w) -> (h, w)
    heat = F.interpolate(coarse[None, None], size=x.shape[2:], mode="bilinear")      # (1, 1, h, w) -> (1, 1, H, W)
    return GradCam(heat[0, 0], coarse, weights)


def occlusion(model: nn.Module, x: Tensor, target: int, size: int, stride: int, fill: float | Tensor = 0.0) -> Occlusion:
    """Slide a square over the picture and see how much the class loses without the pixels under it; all places in one batch.

    Shapes: x (1, C, H, W), fill a number or (C, 1, 1); rows = (H - size) // stride + 1, columns likewise.
    Units: size and stride in pixels, fill in the normalised input's, where 0 is the mean of the training pictures, a grey.
    Raises SpecError("square_too_large") when the square is larger than the picture.
    Source: Zeiler and Fergus 2013, "Visualizing and Understanding Convolutional Networks".
    """
    tops, lefts = (range(0, side - size + 1, stride) for side in x.shape[2:])
    if not tops or not lefts:
        raise SpecError("square_too_large", value=size, size=min(x.shape[2:]))
    pictures = x.detach().repeat(1 + len(tops) * len(lefts), 1, 1, 1)      # the first stays whole
    for picture, (top, left) in zip(pictures[1:], ((top, left) for top in tops for left in lefts), strict=True):
        picture[:, top : top + size, left : left + size] = fill
    with torch.no_grad():
        logits = deepcopy(model).eval()(pictures)                          # (1 + rows·columns, classes)
    drops = ((each[0] - each[1:]).view(len(tops), len(lefts)) for each in (logits[:, target], logits.softmax(1)[:, target]))
    return Occlusion(*drops)


def _maps_and_slopes(model: nn.Module, x: Tensor, target: int, layer: str) -> tuple[Tensor, Tensor]:
    """A layer's output for x, and the gradient of the class's logit for it: (K, h, w) each."""
    model, made = deepcopy(model).eval(), []
    layers = dict(model.named_modules())
    if layer in layers:
        layers[layer].register_forward_hook(lambda _layer, _x, out: made.append(out))
    with torch.enable_grad():
        logit = model(x.detach().requires_grad_())[0, target]
        if not made or made[-1].ndim != 4:
            known = (path for path, each in layers.items() if isinstance(each, nn.Conv2d))
            raise SpecError("no_maps", value=layer, known=", ".join(known))
        (slopes,) = torch.autograd.grad(logit, made[-1])
    return made[-1][0].detach(), slopes[0]
