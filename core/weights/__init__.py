"""Weights in and out of files. What comes from outside is checked before a network sees it.

The files beside this one are our own: each LeNet trained on MNIST (remake: python -m core.weights.make).
"""

import copy
import io
import json
import math
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load as read_safetensors
from safetensors.torch import save as safetensors_bytes
from torch import Tensor, nn

from core.architecture.spec import CLASSES
from core.data import DATASETS
from core.errors import SpecError
from core.models import LENETS, MODELS, fresh
from core.train import Splits, TrainSpec

FOLDER = Path(__file__).parent
LARGEST_PT = 20_000_000                              # bytes
MOST_CLASSES = 256
LARGEST_HEADER = 1_000_000                           # bytes of a safetensors header
COUNTS = (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)        # BatchNorm counts its batches
SAID = ("network", "dataset", "mean", "std", "step", "test_accuracy")


@dataclass(frozen=True)
class LayerRow:
    """One layer's shape in a file and in a network; None where it does not exist."""

    layer: str
    file: tuple[int, ...] | None
    network: tuple[int, ...] | None

    @property
    def verdict(self) -> str:
        """same, differs, missing (in the file) or extra (not in the network)."""
        if self.file is None or self.network is None:
            return "missing" if self.file is None else "extra"
        return "same" if self.file == self.network else "differs"


def as_safetensors(model: nn.Module, said: dict[str, str]) -> bytes:
    """The state_dict in a format that holds numbers only, no program code. Of `said`, what SAID names is kept in the header."""
    kept = {name: value[:80] for name, value in said.items() if name in SAID}
    return safetensors_bytes({name: t.detach().cpu().contiguous() for name, t in model.state_dict().items()}, metadata=kept)


def as_pt(model: nn.Module) -> bytes:
    """What `torch.save(model.state_dict(), file)` writes."""
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    return file.getvalue()


def trained(network: str) -> nn.Module:
    """The network with our own weights, trained on MNIST, for the caller to keep. In eval mode. Raises SpecError("no_trained_weights")."""
    return copy.deepcopy(_ours(network))


@cache
def _ours(network: str) -> nn.Module:
    return from_bytes(stored(network), network)


@cache
def stored(network: str) -> bytes:
    """The file that comes with Firstlight. Raises SpecError("no_trained_weights") for any other network than the four LeNets."""
    if network not in LENETS:
        raise SpecError("no_trained_weights", network=network)
    return (FOLDER / f"{network}-mnist.safetensors").read_bytes()


def from_bytes(raw: bytes, network: str) -> nn.Module:
    """A fresh network filled with the weights of a file, in eval mode.

    Raises SpecError with one of the codes weights_* when the file is no weights file, holds program code, is larger than
    it says, belongs to another network, or holds values that are not finite.
    """
    weights = _read(raw)
    model = fresh(network, 0, _outputs(weights, network))
    _check(weights, model.state_dict(), network)
    model.load_state_dict(weights)
    return model.eval()


def compare(raw: bytes, network: str) -> list[LayerRow]:
    """Layer by layer, what a file holds beside what the network needs: first the network's layers, then what is left of the file.

    Raises SpecError for a file that `from_bytes` cannot read either.
    """
    weights = _read(raw)
    given = {name: tuple(tensor.shape) for name, tensor in weights.items()}
    wanted = {name: tuple(tensor.shape) for name, tensor in fresh(network, 0, _outputs(weights, network)).state_dict().items()}
    return [LayerRow(name, given.get(name), wanted.get(name)) for name in dict.fromkeys((*wanted, *given))]


def fitting(raw: bytes) -> list[str]:
    """The networks whose layers a file holds, all of them and no other."""
    return [network for network in MODELS if all(row.verdict == "same" for row in compare(raw, network))]


def about(spec: TrainSpec, splits: Splits, **more: str) -> dict[str, str]:
    """What a weights file says of itself: the network, what it learned from, and how its pictures were normalised."""
    numbers = {"mean": ",".join(map(str, splits.mean)), "std": ",".join(map(str, splits.std))}
    return {"network": spec.network, "dataset": spec.dataset, **numbers, **more}


def header(raw: bytes) -> dict[str, str]:
    """What a safetensors file says of itself; empty when it says nothing, or is another kind of file."""
    size = int.from_bytes(raw[:8], "little")
    if size > LARGEST_HEADER:
        return {}
    try:
        said = json.loads(raw[8 : 8 + size])
    except (ValueError, RecursionError):
        return {}
    said = said.get("__metadata__") if isinstance(said, dict) else None
    return {str(name): str(value) for name, value in said.items()} if isinstance(said, dict) else {}


def normalisation_of(said: dict[str, str], channels: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The mean and std that a header names, one number per channel; MNIST's where it names none that can be used."""
    try:
        mean, std = (tuple(float(n) for n in said[name].split(",")) for name in ("mean", "std"))
    except (KeyError, ValueError):
        mean, std = (), ()
    if len(mean) == len(std) == channels and all(map(math.isfinite, mean + std)) and min(std) > 0:
        return mean, std
    return DATASETS["mnist"].mean * channels, DATASETS["mnist"].std * channels


def _outputs(weights: dict[str, Tensor], network: str) -> int:
    """For how many classes a file's network is: as many as its last layer has rows and biases, where these agree."""
    *_, weight, bias = (weights.get(name) for name in fresh(network, 0).state_dict())
    fits = weight is not None and bias is not None and weight.ndim == 2 and bias.shape == weight.shape[:1]
    return len(bias) if fits and 2 <= len(bias) <= MOST_CLASSES else CLASSES


def _read(raw: bytes) -> dict[str, Tensor]:
    return _read_pt(raw) if raw[:2] == b"PK" else _read_safetensors(raw)


def _read_safetensors(raw: bytes) -> dict[str, Tensor]:
    if int.from_bytes(raw[:8], "little") > LARGEST_HEADER:
        raise SpecError("weights_unreadable")
    try:
        return read_safetensors(raw)
    except (SafetensorError, KeyError, RuntimeError, TypeError) as broken:       # dtypes and sizes that torch does not have
        raise SpecError("weights_unreadable") from broken


def _read_pt(raw: bytes) -> dict[str, Tensor]:
    """A file of `torch.save`. Only its numbers are read; stored entries only, since 195 kB can unpack to 200 MB."""
    if len(raw) > LARGEST_PT:
        raise SpecError("weights_too_large", megabytes=round(len(raw) / 1e6), limit=LARGEST_PT // 1_000_000)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
            raise SpecError("weights_compressed")
        if sum(entry.file_size for entry in entries) > len(raw):           # entries that share their bytes
            raise SpecError("weights_unreadable")
        loaded = torch.load(io.BytesIO(raw), weights_only=True, map_location="cpu")
    except SpecError:
        raise
    except Exception as refused:                     # torch.load raises many kinds; its own words advise an unsafe way
        raise SpecError("weights_code") from refused
    if not isinstance(loaded, dict) or not all(isinstance(k, str) and isinstance(v, Tensor) for k, v in loaded.items()):
        raise SpecError("weights_unreadable")
    return loaded


def _check(weights: dict[str, Tensor], wanted: dict[str, Tensor], network: str) -> None:
    for name, like in wanted.items():
        if name not in weights:
            raise SpecError("weights_missing", layer=name, network=network)
        given = weights[name]
        if tuple(given.shape) != tuple(like.shape):
            raise SpecError("weights_shape", layer=name, given=tuple(given.shape), wanted=tuple(like.shape), network=network)
        fits = given.is_floating_point() if like.is_floating_point() else given.dtype in COUNTS
        if given.layout != torch.strided or not fits:
            raise SpecError("weights_dtype", layer=name, value=str(given.dtype).removeprefix("torch."))
        if given.is_meta or given.numel() * given.element_size() > given.untyped_storage().nbytes():
            raise SpecError("weights_unreadable")    # no numbers, or stride 0: a small file that claims to be a large tensor
        broken = int((~given.to(like.dtype).isfinite()).sum())             # 1e300 is finite until it becomes float32
        if broken:
            raise SpecError("weights_not_finite", layer=name, count=broken)
        below = int((given.to(like.dtype) < 0).sum()) if name.endswith("running_var") else 0
        if below:                                    # BatchNorm takes the square root
            raise SpecError("weights_variance", layer=name, count=below)
    extra = sorted(set(weights) - set(wanted))
    if extra:
        raise SpecError("weights_extra", layer=extra[0], network=network)
