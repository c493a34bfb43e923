"""The datasets: ours against scikit-learn, the published ones against their published files."""

import hashlib
import os
import pickle
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision import datasets

from content.text import LANGUAGES, sentences
from core import data
from core.data import DATASETS, digits, fake, mapped, vision
from core.data.imageset import Chosen, ImageSet
from core.data.strokes import STROKES, sharp_digit
from core.errors import SpecError
from core.images import channel_stats
from core.seeded import seeded

BATCHES = [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]    # the files of CIFAR-10, in order

MAPS = Path("/proc/self/maps")
tells_maps = pytest.mark.skipif(not MAPS.exists(), reason="only Linux tells which memory is a file")
has_real_mnist = pytest.mark.skipif(
    not (os.environ.get("FIRSTLIGHT_DATA") and vision.has_mnist()),
    reason="needs MNIST: set FIRSTLIGHT_DATA to a folder with torchvision/MNIST/raw",
)


@pytest.fixture
def no_data(tmp_path, monkeypatch) -> Path:
    """A data folder without any dataset, and nothing remembered from another one."""
    monkeypatch.setenv("FIRSTLIGHT_DATA", str(tmp_path))
    data._loaded.cache_clear()
    yield tmp_path / "torchvision"
    data._loaded.cache_clear()


# digits

def test_the_digits_are_scikit_learns_rescaled_to_bytes():
    source = pytest.importorskip("sklearn.datasets").load_digits()
    expected = np.round(source.images * 255 / 16).astype(np.uint8)         # 0..16 -> 0..255
    order = {image.tobytes() + bytes([label]) for image, label in zip(expected, source.target, strict=True)}
    with np.load(digits.FILE) as stored:
        np.testing.assert_array_equal(stored["images"], expected)
        np.testing.assert_array_equal(stored["labels"], source.target)
    ours = [data.load("digits", train=True), data.load("digits", train=False)]
    assert order == {i.numpy().tobytes() + bytes([y]) for part in ours for i, y in zip(part.images, part.labels, strict=True)}


def test_the_digits_are_split_without_overlap():
    everything = digits.load(True), digits.load(False)
    assert [len(part) for part in everything] == [1437, 360]
    with np.load(digits.FILE) as stored:
        labels = torch.from_numpy(stored["labels"]).long()
    picks = digits.stratified(labels, 360, torch.Generator().manual_seed(0))
    assert len(picks.unique()) == 360
    with np.load(digits.FILE) as stored:
        test = torch.from_numpy(stored["images"])[picks.sort().values]
        train = torch.from_numpy(np.delete(stored["images"], picks.numpy(), axis=0))
    assert everything[1].images.squeeze(1).equal(test)
    assert everything[0].images.squeeze(1).equal(train)


def test_every_digit_keeps_its_share_on_both_sides():
    train, test = digits.load(True).class_counts(), digits.load(False).class_counts()
    assert (train + test).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]     # scikit-learn's description
    assert ((test - (train + test) * 360 / 1797).abs() <= 1).all()


def test_the_split_depends_on_its_seed_alone():
    torch.manual_seed(1)
    first = digits.load(False, seed=1).images
    torch.manual_seed(2)
    assert first.equal(digits.load(False, seed=1).images)
    assert not first.equal(digits.load(False, seed=2).images)


# the registry

def check(key: str) -> None:
    entry, train, test = DATASETS[key], data.load(key, train=True), data.load(key, train=False)
    assert (len(train), len(test)) == (entry.train_images, entry.test_images)
    for part in (train, test):
        assert part.images.shape[1:] == (entry.channels, entry.size, entry.size)
        assert part.images.dtype == torch.uint8
        assert part.labels.dtype == torch.int64
        assert part.labels.unique().tolist() == list(range(len(part.classes))) == list(range(entry.classes))
    mean, std = channel_stats(train.images)
    torch.testing.assert_close(mean, torch.tensor(entry.mean), rtol=0, atol=0.5001e-4)
    torch.testing.assert_close(std, torch.tensor(entry.std), rtol=0, atol=0.5001e-4)


@pytest.mark.parametrize("key", [key for key, entry in DATASETS.items() if not entry.download_mb])
def test_what_comes_with_firstlight_is_what_the_registry_says(key):
    check(key)


@has_real_mnist
def test_mnist_is_what_the_registry_says():
    check("mnist")


@has_real_mnist
def test_mnist_stands_in_its_published_order():
    train, test = data.load("mnist", True), data.load("mnist", False)
    assert train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert test.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert train.class_counts().tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    published = datasets.MNIST(vision.root(), train=False)
    assert np.array_equal(np.asarray(published[17][0]), test.images[17, 0].numpy())


@pytest.mark.parametrize("key", DATASETS)
def test_every_dataset_has_one_mean_and_std_per_channel(key):
    entry = DATASETS[key]
    assert len(entry.mean) == len(entry.std) == entry.channels
    assert all(0 < n < 1 for n in entry.mean + entry.std)


@pytest.mark.parametrize("key", DATASETS)
def test_a_dataset_that_was_not_fetched_says_where_it_belongs(key, no_data):
    entry = DATASETS[key]
    if not entry.download_mb:
        assert entry.present()
        assert len(data.load(key, train=True)) == entry.train_images
        return
    assert not entry.present()
    with pytest.raises(SpecError) as refused:
        data.load(key, train=True)
    assert refused.value.code == "dataset_missing"
    assert refused.value.facts == {"value": key, "folder": str(no_data), "megabytes": entry.download_mb}


def test_the_download_sizes_are_those_of_the_published_files():
    published = {
        "mnist": 9_912_422 + 28_881 + 1_648_877 + 4_542, "fashion_mnist": 26_421_880 + 29_515 + 4_422_102 + 5_148, "cifar10": 170_498_071,
    }
    assert {key: round(n / 1e6, 1) for key, n in published.items()} == {k: d.download_mb for k, d in DATASETS.items() if d.download_mb}


def test_an_unknown_dataset_lists_the_known_ones():
    for ask in (data.info, lambda key: data.load(key, train=True)):
        with pytest.raises(SpecError, match=f"unknown_dataset value=imagenet known={', '.join(DATASETS)}"):
            ask("imagenet")


def test_pictures_are_loaded_once_and_shared():
    asked = [(key, train) for key, entry in DATASETS.items() for train in (True, False) if not entry.download_mb]
    first = [data.load(*one) for one in asked]
    assert all(data.load(*one) is before for one, before in zip(asked, first, strict=True))
    assert data._loaded.cache_info().maxsize >= 2 * len(DATASETS)          # those that are downloaded too


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_help_says_which_datasets_are_downloaded(lang):
    words = sentences()
    told = {key for key in DATASETS if words[f"options.dataset.{key}"][lang] in words["fields.dataset.help"][lang]}
    assert told == {key for key, entry in DATASETS.items() if entry.download_mb}


# noise

@pytest.mark.parametrize(("train", "count", "offset"), [(True, fake.TRAIN, 0), (False, fake.TEST, fake.TRAIN)])
def test_noise_is_number_by_number_torchvisions_fakedata(train, count, offset):
    theirs = datasets.FakeData(count, fake.SHAPE, fake.CLASSES, random_offset=offset)
    ours = fake.load(train)
    for i in [*range(40), count - 1]:
        image, label = theirs[i]
        assert np.array_equal(np.asarray(image).transpose(2, 0, 1), ours.images[i].numpy())
        assert (label, type(label)) == (ours.labels[i].item(), int)
    assert len(ours) == count


def test_noise_and_seeded_draws_of_other_threads_do_not_disturb_each_other():
    expected = fake.load(False)
    alone = [seeded(seed, lambda: torch.randn(64)) for seed in range(10)]
    before = torch.get_rng_state()
    with ThreadPoolExecutor(4) as pool:
        loads = [pool.submit(fake.load, False) for _ in range(8)]
        draws = [pool.submit(seeded, i % 10, lambda: torch.randn(64)) for i in range(400)]
    assert all(each.result().equal(alone[i % 10]) for i, each in enumerate(draws))
    assert all(each.result().images.equal(expected.images) and each.result().labels.equal(expected.labels) for each in loads)
    assert torch.get_rng_state().equal(before)


def test_loading_noise_touches_no_global_generator(monkeypatch):
    for name in ("manual_seed", "set_rng_state", "get_rng_state"):
        monkeypatch.setattr(torch, name, never)
    fake.load(True)


@pytest.mark.parametrize(("variables", "folder"), [
    ({"FIRSTLIGHT_DATA": "/a", "FIRSTLIGHT_HOME": "/b"}, "/a/torchvision"),
    ({"FIRSTLIGHT_HOME": "/b"}, "/b/data/torchvision"),
    ({"FIRSTLIGHT_DATA": "", "FIRSTLIGHT_HOME": ""}, str(Path.home() / ".firstlight/data/torchvision")),
])
def test_the_data_folder_is_found_by_environment_variables(variables, folder, monkeypatch):
    for name in ("FIRSTLIGHT_DATA", "FIRSTLIGHT_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert str(vision.root()) == folder


# the published formats, with tiny files

def write_idx(path: Path, array: np.ndarray) -> None:
    """The format of MNIST's files: 0, 0, 8 = bytes, the number of axes, each axis as four bytes, the values."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.astype(np.uint8).tobytes())


@pytest.mark.parametrize(("key", "folder"), [("mnist", "MNIST"), ("fashion_mnist", "FashionMNIST")])
def test_idx_files_are_read_as_pictures_and_labels(key, folder, no_data):
    source, written = np.random.default_rng(0), {}
    for part, count in (("train", 5), ("t10k", 3)):
        written[part] = source.integers(0, 256, (count, 28, 28)), source.integers(0, 10, count)
        for what, array in zip(("images-idx3-ubyte", "labels-idx1-ubyte"), written[part], strict=True):
            assert not DATASETS[key].present()             # not before the last file is there
            write_idx(no_data / folder / "raw" / f"{part}-{what}", array)
    assert DATASETS[key].present()
    for part, train in (("train", True), ("t10k", False)):
        loaded = data.load(key, train)
        np.testing.assert_array_equal(loaded.images.squeeze(1).numpy(), written[part][0])
        assert loaded.labels.tolist() == written[part][1].tolist()
        assert loaded.images.dtype == torch.uint8
    assert len(data.load(key, True).classes) == 10


WHOLE = bytes([0, 0, 8, 3]) + struct.pack(">3I", 2, 28, 28) + bytes(2 * 28 * 28)
DAMAGED = {
    "empty": b"", "three bytes": WHOLE[:3], "half of the header": WHOLE[:10], "half of the pictures": WHOLE[:900], "too long": WHOLE + b"x",
    "a web page": b"<!doctype html>", "zeros": bytes(100), "labels": bytes([0, 0, 8, 1]) + struct.pack(">I", 4) + bytes(4),
    "four axes": bytes([0, 0, 8, 4]) + struct.pack(">4I", 1, 1, 1, 1) + b"x",
    "shorts": bytes([0, 0, 11, 3]) + struct.pack(">3I", 1, 1, 1) + bytes(2),
}


@pytest.mark.filterwarnings("ignore:The given buffer is not writable")     # torchvision, before it refuses
@pytest.mark.parametrize("raw", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_idx_file_is_refused_in_words(raw, no_data):
    for part in ("train", "t10k"):
        write_idx(no_data / "MNIST" / "raw" / f"{part}-images-idx3-ubyte", np.zeros((2, 28, 28)))
        write_idx(no_data / "MNIST" / "raw" / f"{part}-labels-idx1-ubyte", np.zeros(2))
    assert len(data.load("mnist", train=False)) == 2
    (no_data / "MNIST" / "raw" / "train-images-idx3-ubyte").write_bytes(raw)
    with pytest.raises(SpecError):
        data.load("mnist", train=True)


def test_more_pictures_than_labels_are_refused_in_words(no_data):
    for part in ("train", "t10k"):
        write_idx(no_data / "MNIST" / "raw" / f"{part}-images-idx3-ubyte", np.zeros((3, 28, 28)))
        write_idx(no_data / "MNIST" / "raw" / f"{part}-labels-idx1-ubyte", np.zeros(2))
    with pytest.raises(SpecError, match="dataset_damaged"):
        data.load("mnist", train=True)


def file_of(images: torch.Tensor) -> Path | None:
    """The file that a tensor's numbers stay in, as the system tells; None when they are held in memory."""
    for line in MAPS.read_text().splitlines():
        (first, last), name = line.split()[0].split("-"), line.split()[5:]
        if int(first, 16) <= images.data_ptr() < int(last, 16):
            return Path(name[0]) if name and name[0].startswith("/") else None
    return None


@tells_maps
def test_pictures_stay_in_their_file_and_writing_does_not_reach_it(no_data):
    for part in ("train", "t10k"):
        write_idx(no_data / "MNIST" / "raw" / f"{part}-images-idx3-ubyte", np.full((3, 28, 28), 7))
        write_idx(no_data / "MNIST" / "raw" / f"{part}-labels-idx1-ubyte", np.zeros(3))
    path = no_data / "MNIST" / "raw" / "train-images-idx3-ubyte"
    before, loaded = path.read_bytes(), data.load("mnist", train=True)
    assert file_of(loaded.images) == path
    assert file_of(loaded.choose(torch.tensor([2, 0])).stored.images) == path
    loaded.images[0] = 200
    assert loaded.images[0].unique().tolist() == [200]
    assert path.read_bytes() == before


def test_fashions_classes_are_torchvisions():
    assert list(vision.FASHION_CLASSES) == datasets.FashionMNIST.classes


def write_cifar(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[np.ndarray, list[int]]]:
    """Six batches of two pictures in CIFAR-10's format, with torchvision's checksums of the real ones replaced."""
    folder.mkdir(parents=True)
    source, written, sums = np.random.default_rng(0), {}, {}
    for name in BATCHES:
        written[name] = source.integers(0, 256, (2, 3072), dtype=np.uint8), source.integers(0, 10, 2).tolist()
        raw = pickle.dumps({"data": written[name][0], "labels": written[name][1]})
        (folder / name).write_bytes(raw)
        sums[name] = hashlib.md5(raw).hexdigest()
    meta = pickle.dumps({"label_names": list(vision.CIFAR10_CLASSES)})
    (folder / "batches.meta").write_bytes(meta)
    monkeypatch.setattr(datasets.CIFAR10, "train_list", [[name, sums[name]] for name in BATCHES[:5]])
    monkeypatch.setattr(datasets.CIFAR10, "test_list", [[name, sums[name]] for name in BATCHES[5:]])
    monkeypatch.setattr(datasets.CIFAR10, "meta", {**datasets.CIFAR10.meta, "md5": hashlib.md5(meta).hexdigest()})
    return written


def test_cifar_batches_are_read_in_order_with_the_channels_first(no_data, monkeypatch):
    written = write_cifar(no_data / "cifar-10-batches-py", monkeypatch)
    assert DATASETS["cifar10"].present()
    for train, names in ((True, BATCHES[:5]), (False, BATCHES[5:])):
        loaded = data.load("cifar10", train)
        pixels = np.concatenate([written[name][0] for name in names]).reshape(-1, 3, 32, 32)     # all red, all green, all blue
        np.testing.assert_array_equal(loaded.images.numpy(), pixels)
        assert loaded.labels.tolist() == sum((written[name][1] for name in names), [])
        assert loaded.images.is_contiguous()


def never(*_: object, **__: object) -> None:
    pytest.fail("the published files were read again")


@tells_maps
def test_cifar_is_read_once_and_then_mapped_from_a_copy(no_data, monkeypatch):
    write_cifar(no_data / "cifar-10-batches-py", monkeypatch)
    first = [data.load("cifar10", train) for train in (True, False)]
    data._loaded.cache_clear()
    monkeypatch.setattr(vision, "datasets", never)
    for train, before in zip((True, False), first, strict=True):
        again = data.load("cifar10", train)
        assert file_of(again.images) == no_data / "cifar-10-batches-py" / f"firstlight-{'train' if train else 'test'}.bin"
        assert again.images.equal(before.images)
        assert again.labels.equal(before.labels)


SPOILT = {"a byte short": lambda raw: raw[:-1], "cut off": lambda raw: raw[:50], "empty": lambda raw: b"",
          "too long": lambda raw: raw + b"x", "zeros": lambda raw: bytes(len(raw))}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_damaged_copy_is_made_again(spoil, no_data, monkeypatch):
    folder = no_data / "cifar-10-batches-py"
    written = write_cifar(folder, monkeypatch)
    data.load("cifar10", train=True)
    data._loaded.cache_clear()
    copy = folder / "firstlight-train.bin"
    whole = copy.read_bytes()
    copy.write_bytes(spoil(whole))
    loaded = data.load("cifar10", train=True)
    assert loaded.images.numpy()[0].tobytes() == written["data_batch_1"][0][0].tobytes()
    assert copy.read_bytes() == whole


def test_a_copy_of_other_files_is_not_used(no_data, monkeypatch):
    folder = no_data / "cifar-10-batches-py"
    write_cifar(folder, monkeypatch)
    data.load("cifar10", train=True)
    data._loaded.cache_clear()
    (folder / "data_batch_2").write_bytes(b"something else")               # torchvision finds out, because it is read again
    with pytest.raises(SpecError, match="dataset_damaged"):
        data.load("cifar10", train=True)


@tells_maps
@pytest.mark.parametrize("own_too", [True, False], ids=["our own folder can be written", "nothing can be written"])
def test_cifar_loads_where_its_folder_cannot_be_written(own_too, no_data, monkeypatch, tmp_path):
    written = write_cifar(no_data / "cifar-10-batches-py", monkeypatch)
    monkeypatch.setenv("FIRSTLIGHT_HOME", str(tmp_path / "home"))

    def write(path: Path, fill, **_: object) -> None:
        if no_data in path.parents or not own_too:
            raise PermissionError(13, "read-only", str(path))
        write_atomic(path, fill)

    write_atomic = mapped.write_atomic
    monkeypatch.setattr(mapped, "write_atomic", write)
    for _ in range(2):
        data._loaded.cache_clear()
        loaded = data.load("cifar10", train=False)
        np.testing.assert_array_equal(loaded.images.numpy(), written["test_batch"][0].reshape(-1, 3, 32, 32))
        assert loaded.labels.tolist() == written["test_batch"][1]
        kept = file_of(loaded.images)
        assert (kept.parent == tmp_path / "home" / "cache") if own_too else kept is None
    assert not list(no_data.rglob("firstlight*"))


def test_cifar_is_not_there_as_long_as_any_of_its_files_is_missing(no_data, monkeypatch):
    folder = no_data / "cifar-10-batches-py"
    write_cifar(folder, monkeypatch)
    (folder / "batches.meta").unlink()
    with pytest.raises(SpecError, match="dataset_missing"):
        data.load("cifar10", train=True)


def test_a_damaged_file_in_place_is_refused_in_words(no_data, monkeypatch):
    folder = no_data / "cifar-10-batches-py"
    write_cifar(folder, monkeypatch)
    (folder / "data_batch_3").write_bytes(b"cut off")
    with pytest.raises(SpecError):
        data.load("cifar10", train=True)


# a set of pictures

def test_a_dataset_is_a_length_and_an_item_for_each_index():
    pictures = ImageSet(torch.arange(6, dtype=torch.uint8).view(3, 1, 1, 2), torch.tensor([2, 0, 2]), ("a", "b", "c"))
    assert len(pictures) == 3
    image, label = pictures[1]
    assert (image.flatten().tolist(), label.item()) == ([2, 3], 0)
    assert pictures.class_counts().tolist() == [1, 0, 2]
    picked = pictures.pick(torch.tensor([2, 0]))
    assert (picked.images.flatten().tolist(), picked.labels.tolist(), picked.classes) == ([4, 5, 0, 1], [2, 2], ("a", "b", "c"))


def test_chosen_pictures_are_those_that_a_copy_would_hold():
    stored = ImageSet(torch.arange(24, dtype=torch.uint8).view(4, 1, 2, 3), torch.tensor([2, 0, 1, 2]), ("a", "b", "c"))
    indices = torch.tensor([3, 0, 2])
    lazy, copied = stored.choose(indices), stored.pick(indices)
    again = lazy.choose(torch.tensor([2, 1])), copied.pick(torch.tensor([2, 1]))
    for ours, expected in ((lazy, copied), again, (lazy.pick(slice(None, None, 2)), copied.pick(slice(None, None, 2)))):
        assert len(ours) == len(expected)
        assert ours.images.equal(expected.images)
        assert ours.labels.equal(expected.labels)
        assert ours.classes == expected.classes
        for i in range(len(expected)):
            assert all(a.equal(b) for a, b in zip(ours[i], expected[i], strict=True))
    assert isinstance(lazy, Chosen)
    assert lazy.stored is again[0].stored is stored        # no copy was made


# the drawn digits

def test_there_is_a_drawing_of_each_digit():
    assert set(STROKES) == set(range(10))
    assert len({sharp_digit(d).numpy().tobytes() for d in range(10)}) == 10


@pytest.mark.parametrize("digit", range(10))
def test_a_drawn_digit_is_made_as_mnist_was(digit):
    image = sharp_digit(digit)
    assert image.shape == (1, 28, 28)
    assert image.dtype == torch.uint8
    assert image.max() == 255
    rows, columns = (image[0] > 0).nonzero().unbind(1)
    assert rows.max() - rows.min() < 20                    # inside 20 x 20 pixels
    assert columns.max() - columns.min() < 20
    mass = image[0].double() / image.double().sum()
    place = torch.arange(28, dtype=torch.float64)
    assert 13.5 <= (mass.sum(1) * place).sum() < 14.5                      # its centre of mass, as in all of MNIST's test pictures
    assert 13.5 <= (mass.sum(0) * place).sum() < 14.5
