"""Weights in and out of files, and files that somebody made on purpose."""

import collections
import io
import json
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import safetensors.torch
import torch
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core import weights
from core.data import DATASETS
from core.data.strokes import sharp_digit
from core.errors import SpecError
from core.images import fit_to, normalise, scale
from core.models import LENETS, MODELS, fresh
from core.train import TrainSpec, split

FUZZ = settings(derandomize=True, deadline=None, database=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
WRITERS = {"safetensors": lambda model: weights.as_safetensors(model, {}), "pt": weights.as_pt}


def state(network: str = "lenet") -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in fresh(network, 1).state_dict().items()}


def pt(content: object) -> bytes:
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


def st_file(header: object, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def refused(raw: bytes, network: str = "lenet") -> SpecError:
    with pytest.raises(SpecError) as caught:
        weights.from_bytes(raw, network)
    return caught.value


# what belongs together

@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("network", MODELS)
def test_weights_come_back_as_they_went(network, kind):
    model = fresh(network, 7)
    loaded = weights.from_bytes(WRITERS[kind](model), network)
    assert loaded.state_dict().keys() == model.state_dict().keys()
    assert all(loaded.state_dict()[name].equal(tensor) for name, tensor in model.state_dict().items())
    assert not loaded.training
    assert all(p.requires_grad for p in loaded.parameters())


def test_the_pt_file_is_what_torch_load_reads_in_the_lesson():
    model = fresh("lenet5", 7)
    loaded = torch.load(io.BytesIO(weights.as_pt(model)), weights_only=True)
    again = fresh("lenet5", 0)
    again.load_state_dict(loaded)
    assert all(a.equal(b) for a, b in zip(again.parameters(), model.parameters(), strict=True))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
@pytest.mark.parametrize("write", [pt, safetensors.torch.save], ids=["pt", "safetensors"])
def test_other_floating_dtypes_become_float32(write, dtype):
    loaded = weights.from_bytes(write({name: tensor.to(dtype) for name, tensor in state().items()}), "lenet")
    for name, tensor in state().items():
        assert loaded.state_dict()[name].equal(tensor.to(dtype).float())


def test_parameters_that_were_saved_themselves_are_weights_too():
    loaded = weights.from_bytes(pt(dict(fresh("lenet", 7).named_parameters())), "lenet")
    assert loaded.conv1.weight.equal(fresh("lenet", 7).conv1.weight)


@pytest.mark.parametrize("other", [n for n in MODELS if n != "lenet"])
@pytest.mark.parametrize("kind", WRITERS)
def test_weights_of_another_network_are_refused(kind, other):
    assert refused(WRITERS[kind](fresh(other, 0))).code in ("weights_missing", "weights_shape")


def test_an_unknown_network_is_refused():
    assert refused(weights.as_pt(fresh("lenet", 0)), "resnet").code == "unknown_network"


# ours

@pytest.mark.parametrize("network", LENETS)
def test_our_own_weights_know_all_ten_sharp_digits(network):
    model, said, wanted = weights.trained(network), weights.header(weights.stored(network)), MODELS[network]
    images = fit_to(torch.stack([sharp_digit(d) for d in range(10)]), wanted.channels, wanted.size).images
    with torch.no_grad():
        logits = model(normalise(scale(images), *weights.normalisation_of(said, wanted.channels)))
    assert logits.argmax(1).tolist() == list(range(10))


@pytest.mark.parametrize("network", LENETS)
def test_our_own_files_say_what_they_are(network):
    said = weights.header(weights.stored(network))
    assert (said["network"], said["dataset"]) == (network, "mnist")
    assert 0.97 < float(said["test_accuracy"]) < 1
    channels = MODELS[network].channels
    assert weights.normalisation_of(said, channels) == ((0.1307,) * channels, (0.3081,) * channels)


def test_every_file_beside_the_code_belongs_to_a_network():
    assert {path.name for path in weights.FOLDER.glob("*.safetensors")} == {f"{network}-mnist.safetensors" for network in LENETS}


# what a file says of itself

def test_what_is_written_into_the_header_is_read_back():
    spec = TrainSpec(network="cifar_net", normalisation="half")
    told = weights.about(spec, split(spec), step="12")
    assert told == {"network": "cifar_net", "dataset": "digits", "mean": "0.5,0.5,0.5", "std": "0.5,0.5,0.5", "step": "12"}
    assert weights.header(weights.as_safetensors(fresh("cifar_net", 0), told)) == told
    assert weights.normalisation_of(told, 3) == ((0.5,) * 3, (0.5,) * 3)


@pytest.mark.parametrize("raw", [b"", b"PK\3\4", weights.as_pt(fresh("lenet5", 0)), weights.as_safetensors(fresh("lenet5", 0), {})])
def test_a_file_that_says_nothing_has_an_empty_header(raw):
    assert weights.header(raw) == {}


json_values = st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x))


@FUZZ
@given(st.binary(max_size=200) | st.binary(max_size=200).map(st_file) | json_values.map(st_file)
       | json_values.map(lambda said: st_file({"__metadata__": said})))
@example(st_file({"__metadata__": []}))
@example(st_file({"__metadata__": None}))
@example(st_file(b'{"__metadata__": {"a": "\xff"}}'))
@example(struct.pack("<Q", 2**63))
def test_no_header_is_too_strange_to_be_read(raw):
    said = weights.header(raw)
    assert all(isinstance(name, str) and isinstance(value, str) for name, value in said.items())


def test_a_deeply_nested_header_is_empty():
    deep = st_file(b"[" * 20_000)
    assert weights.header(deep) == {}


numbers = st.text("0123456789.,-+einfa ", max_size=20) | st.lists(st.floats().map(str) | st.text(max_size=5), max_size=4).map(",".join)


@FUZZ
@given(st.dictionaries(st.sampled_from(["mean", "std", "network"]), numbers), st.sampled_from([1, 3]))
@example({"mean": "nan", "std": "1"}, 1)
@example({"mean": "0,0,0", "std": "1,nan,1"}, 3)
@example({"mean": "0", "std": "inf"}, 1)
@example({"mean": "0", "std": "0"}, 1)
def test_every_header_gives_a_normalisation_that_can_be_used(said, channels):
    mean, std = weights.normalisation_of(said, channels)
    assert len(mean) == len(std) == channels
    assert all(torch.tensor(n).isfinite() for n in (*mean, *std))
    assert min(std) > 0


@pytest.mark.parametrize("said", [
    {}, {"mean": "0.5"}, {"mean": "0.5", "std": "half"}, {"mean": "0.5,0.5", "std": "1,1"}, {"mean": "0", "std": "-1"},
])
def test_a_header_without_usable_numbers_means_mnists(said):
    assert weights.normalisation_of(said, 1) == (DATASETS["mnist"].mean, DATASETS["mnist"].std)
    assert weights.normalisation_of(said, 3) == (DATASETS["mnist"].mean * 3, DATASETS["mnist"].std * 3)


# layer by layer

@pytest.mark.parametrize("kind", WRITERS)
def test_every_layer_of_a_fitting_file_is_the_same(kind):
    rows = weights.compare(WRITERS[kind](fresh("lenet", 0)), "lenet")
    assert [row.layer for row in rows] == list(state("lenet"))
    assert {row.verdict for row in rows} == {"same"}


def test_a_wider_layer_a_lost_one_and_one_too_many_are_told_apart():
    given_ = state()
    given_["fc1.weight"] = torch.zeros(128, 400)
    del given_["fc1.bias"]
    given_["fc9.bias"] = torch.zeros(3)
    rows = {row.layer: row for row in weights.compare(pt(given_), "lenet")}
    assert (rows["fc1.weight"].file, rows["fc1.weight"].network, rows["fc1.weight"].verdict) == ((128, 400), (120, 400), "differs")
    assert (rows["fc1.bias"].file, rows["fc1.bias"].verdict) == (None, "missing")
    assert (rows["fc9.bias"].network, rows["fc9.bias"].verdict) == (None, "extra")
    assert list(rows)[-1] == "fc9.bias"                    # what the network needs comes first
    assert [row.verdict for row in rows.values()].count("same") == len(state()) - 2


@pytest.mark.parametrize("network", MODELS)
@pytest.mark.parametrize("kind", WRITERS)
def test_a_file_fits_the_network_that_it_was_saved_from_and_no_other(kind, network):
    assert weights.fitting(WRITERS[kind](fresh(network, 0))) == [network]


def test_a_file_that_cannot_be_read_has_no_layers_to_compare():
    with pytest.raises(SpecError, match="weights_unreadable"):
        weights.compare(b"no weights", "lenet")


# BatchNorm counts its batches, and keeps variances

def test_counted_batches_travel_with_the_weights():
    model = fresh("lenet5_bn", 1)
    model(torch.rand(4, 1, 28, 28))
    for write in WRITERS.values():
        loaded = weights.from_bytes(write(model), "lenet5_bn")
        assert loaded.conv1[1].num_batches_tracked == 1
        assert loaded.conv1[1].running_var.equal(model.conv1[1].running_var)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bool, torch.complex64])
def test_a_count_that_is_no_whole_number_is_refused(dtype):
    given_ = state("lenet5_bn")
    given_["conv1.1.num_batches_tracked"] = torch.ones((), dtype=dtype)
    found = refused(pt(given_), "lenet5_bn")
    assert (found.code, found.facts["layer"]) == ("weights_dtype", "conv1.1.num_batches_tracked")


def test_a_variance_below_zero_is_refused():
    given_ = state("lenet5_bn")
    given_["conv2.1.running_var"][:3] = -1.0
    assert refused(pt(given_), "lenet5_bn").facts == {"layer": "conv2.1.running_var", "count": 3}


# hostile files

class Touch:
    """Unpickled, it writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("place", ["value", "key", "whole"])
def test_program_code_in_a_file_never_runs(place, legacy, tmp_path):
    trap = Touch(tmp_path / "ran")
    content = {"value": {**state(), "conv1.weight": trap}, "key": {"a": 1, trap: 1}, "whole": trap}[place]
    file = io.BytesIO()
    torch.save(content, file, _use_new_zipfile_serialization=not legacy)
    assert refused(file.getvalue()).code == ("weights_unreadable" if legacy else "weights_code")
    assert not (tmp_path / "ran").exists()
    torch.load(io.BytesIO(file.getvalue()), weights_only=False)            # the trap is a real one
    assert (tmp_path / "ran").exists()


def test_a_bare_pickle_never_runs(tmp_path):
    raw = pickle.dumps(Touch(tmp_path / "ran"))
    assert refused(raw).code == "weights_unreadable"
    assert weights.header(raw) == {}
    assert not (tmp_path / "ran").exists()


def test_pytorchs_own_words_advise_an_unsafe_way_and_are_not_passed_on(tmp_path):
    found = refused(pt({"a": Touch(tmp_path / "ran")}))
    assert "weights_only" in str(found.__cause__)          # torch says: set weights_only=False
    assert str(found) == "weights_code"


def test_a_whole_network_instead_of_its_weights_is_refused():
    assert refused(pt(fresh("lenet", 0))).code == "weights_code"


def repacked(raw: bytes, compression: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(packed, "w", compression) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry))
    return packed.getvalue()


def test_compressed_entries_are_refused_unread(monkeypatch):
    raw = repacked(pt({name: torch.zeros_like(tensor) for name, tensor in state().items()}), zipfile.ZIP_DEFLATED)
    assert len(raw) < 20_000                               # 247 kB of zeros
    monkeypatch.setattr(torch, "load", lambda *_, **__: pytest.fail("was opened"))
    assert refused(raw).code == "weights_compressed"


def test_one_piece_of_a_file_that_is_listed_many_times_is_refused_unread(monkeypatch):
    """Stored, and still a bomb: fifty entries that all point to the same megabyte."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("archive/data/0", bytes(1_000_000))
        first = archive.filelist[0]
        for i in range(1, 50):
            again = zipfile.ZipInfo(f"archive/data/{i:x}")
            again.header_offset, again.CRC = first.header_offset, first.CRC
            again.file_size = again.compress_size = first.file_size
            archive.filelist.append(again)
        archive._didModify = True
    raw = packed.getvalue()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert sum(entry.file_size for entry in archive.infolist()) == 50_000_000 > 40 * len(raw)
    opened = []
    monkeypatch.setattr(torch, "load", lambda *_, **__: opened.append(True) or {})
    refused(raw)
    assert not opened


def test_a_pt_file_above_twenty_megabytes_is_refused_unread(monkeypatch):
    monkeypatch.setattr(torch, "load", lambda *_, **__: pytest.fail("was opened"))
    found = refused(b"PK" + bytes(weights.LARGEST_PT))
    assert (found.code, found.facts) == ("weights_too_large", {"megabytes": 20, "limit": 20})


BAD: dict[str, tuple[str, Callable[[torch.Tensor], torch.Tensor]]] = {
    "nan": ("weights_not_finite", lambda t: t.index_fill(0, torch.tensor([0]), float("nan"))),
    "infinite": ("weights_not_finite", lambda t: t.index_fill(0, torch.tensor([0]), float("-inf"))),
    "infinite as float32": ("weights_not_finite", lambda t: torch.full_like(t, 1e300, dtype=torch.float64)),
    "complex": ("weights_dtype", lambda t: t.to(torch.complex64)),
    "int": ("weights_dtype", lambda t: t.long()),
    "bool": ("weights_dtype", lambda t: t > 0),
    "wrong shape": ("weights_shape", lambda t: t[:-1].clone()),
    "transposed": ("weights_shape", lambda t: t.T.contiguous()),
    "a number": ("weights_shape", lambda t: t.sum()),
    "empty": ("weights_shape", lambda t: t[:0].clone()),
}


@pytest.mark.parametrize("write", [pt, safetensors.torch.save], ids=["pt", "safetensors"])
@pytest.mark.parametrize("what", BAD)
def test_a_bad_layer_is_refused_by_its_name(what, write):
    code, spoil = BAD[what]
    given_ = state()
    given_["fc2.weight"] = spoil(given_["fc2.weight"])
    try:
        raw = write(given_)
    except KeyError:
        pytest.skip("this safetensors cannot write complex numbers")
    found = refused(raw)
    assert (found.code, found.facts["layer"]) == (code, "fc2.weight")


def test_twelve_broken_values_are_counted():
    given_ = state()
    given_["fc3.weight"].view(-1)[:12] = float("nan")
    assert refused(pt(given_)).facts == {"layer": "fc3.weight", "count": 12}


def test_a_wrong_shape_says_both():
    facts = refused(pt({**state(), "fc3.bias": torch.zeros(9)})).facts
    assert (facts["given"], facts["wanted"]) == ((9,), (10,))


def test_a_missing_and_an_extra_layer_are_named():
    given_ = state()
    del given_["conv2.bias"]
    assert str(refused(pt(given_))) == "weights_missing layer=conv2.bias network=lenet"
    assert str(refused(pt({**state(), "fc4.weight": torch.zeros(1)}))) == "weights_extra layer=fc4.weight network=lenet"


def test_a_small_file_that_claims_a_large_tensor_is_refused():
    repeated = state()
    repeated["fc1.weight"] = torch.zeros(1).expand(120, 400)               # stride 0: four bytes stored, 192 kB claimed
    raw = pt(repeated)
    assert len(raw) < 100_000
    assert refused(raw).code == "weights_unreadable"
    huge = pt({**state(), "fc1.weight": torch.zeros(1).expand(10**6, 10**6)})
    assert refused(huge).code == "weights_shape"           # 10^12 numbers; their shape is enough
    assert refused(pt({**state(), "more": torch.zeros(1).expand(10**6, 10**6)})).code == "weights_extra"


ODD: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "sparse": lambda t: t.to_sparse(),
    "meta": lambda t: t.to("meta"),
    "float8": lambda t: t.to(torch.float8_e4m3fn),
}


@pytest.mark.filterwarnings("ignore:Validating sparse tensor invariants")
@pytest.mark.parametrize("what", ODD)
def test_tensors_without_plain_values_are_refused_or_become_float32(what):
    raw = pt({**state(), "fc1.weight": ODD[what](state()["fc1.weight"])})
    answer(raw, "lenet")


@pytest.mark.parametrize("content", [
    [1, 2], torch.zeros(3), None, "text", 7, {}, {1: torch.zeros(1)}, {"conv1.weight": 1.0}, {"model": {"conv1.weight": torch.zeros(1)}},
    collections.OrderedDict(a=[torch.zeros(1)]),
], ids=str)
def test_what_is_no_dict_of_tensors_is_refused(content):
    assert refused(pt(content)).code == ("weights_missing" if content == {} else "weights_unreadable")


def one_tensor(dtype: str, shape: list[int], start: int, end: int) -> dict:
    return {"a": {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}}


BROKEN = {
    "nothing": b"", "one byte": b"\0", "a length of zero": bytes(8), "half of PK": b"P",
    "a length beyond everything": struct.pack("<Q", 2**64 - 1),
    "a header that is too long": struct.pack("<Q", weights.LARGEST_HEADER + 1) + b"{",
    "two megabytes of spaces": st_file(b"{}" + b" " * 2_000_000),
    "a list": st_file(b"[]"), "half of a dict": st_file(b"{"), "a number for a tensor": st_file({"a": 1}),
    "twenty thousand brackets": st_file(b"[" * 20_000),
    "a list for the metadata": st_file({"__metadata__": [], **one_tensor("F32", [1], 0, 4)}, bytes(4)),
    "more shape than bytes": st_file(one_tensor("F32", [2], 0, 4), bytes(4)),
    "a hole": st_file(one_tensor("F32", [1], 4, 8), bytes(8)),
    "no bytes": st_file(one_tensor("F32", [1], 0, 4)),
    "four bits a number": st_file(one_tensor("F4", [2], 0, 1), bytes(1)),
    "exponents only": st_file(one_tensor("F8_E8M0", [8], 0, 8), bytes(8)),
    "strides beyond everything": st_file(one_tensor("F32", [0, 2**62, 2**62], 0, 0)),
    "a shape beyond everything": st_file(one_tensor("F32", [0, 2**63 + 5], 0, 0)),
}


@pytest.mark.parametrize("raw", BROKEN.values(), ids=BROKEN)
def test_a_broken_safetensors_file_is_unreadable(raw):
    assert refused(raw).code == "weights_unreadable"


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("part", [0.0001, 0.01, 0.5, 0.99, 0.99999])
def test_a_file_that_was_cut_off_is_refused(kind, part):
    raw = WRITERS[kind](fresh("lenet5", 0))
    assert refused(raw[:int(len(raw) * part)], "lenet5").code in ("weights_unreadable", "weights_code")


def answer(raw: bytes, network: str = "lenet5") -> None:
    """A network with finite weights, or a reason; nothing else."""
    try:
        parameters, code = list(weights.from_bytes(raw, network).parameters()), "weights_"
    except SpecError as found:
        parameters, code = [], found.code
    assert code.startswith("weights_")
    assert all(p.dtype == torch.float32 and p.isfinite().all() for p in parameters)


@FUZZ
@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda b: b"PK\3\4" + b) | st.binary(max_size=300).map(st_file))
def test_random_bytes_give_a_reason(raw):
    answer(raw)


DTYPES = ["F32", "F64", "BF16", "I64", "BOOL", "F8_E4M3", "F8_E8M0", "F4", "F6_E2M3", "C64", "X"]
tensors = st.fixed_dictionaries({
    "dtype": st.sampled_from(DTYPES),
    "shape": st.lists(st.integers(0, 4) | st.just(2**62), max_size=4),
    "data_offsets": st.lists(st.integers(0, 16), min_size=2, max_size=2),
})
names = st.sampled_from(["conv1.0.weight", "conv1.0.bias", "x", "__metadata__"])


@FUZZ
@given(st.dictionaries(names, tensors, max_size=3), st.binary(max_size=16))
def test_made_up_safetensors_headers_give_a_reason(header, data):
    answer(st_file(header, data))


DAMAGED = {kind: write(fresh("lenet5", 0)) for kind, write in WRITERS.items()}


@settings(FUZZ, max_examples=150)
@given(st.sampled_from(list(WRITERS)), st.lists(st.tuples(st.integers(0, 1999), st.integers(0, 255)), max_size=8), st.booleans())
def test_a_file_with_damaged_bytes_gives_a_reason_or_finite_weights(kind, damage, near_the_end):
    raw = bytearray(DAMAGED[kind])
    for place, value in damage:                            # headers, pickle and directory stand at the two ends
        raw[-1 - place if near_the_end else place] = value
    answer(bytes(raw))
