"""Downloads, from a tiny server on this machine."""

import contextlib
import errno
import gzip
import hashlib
import io
import pickle
import re
import shutil
import socket
import sys
import tarfile
import threading
from collections import Counter
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from torchvision import datasets

from core import aside, data
from core.data import DATASETS, __main__, fetch, vision
from core.errors import SpecError

BATCHES = [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]    # the files of CIFAR-10, in order


class Site:
    """A web site with files, how often each was asked for, and from which byte on."""

    sends_parts = False
    breaks_after = 0                                       # bytes, once; 0: never

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url, self.asked, self.ranges = folder, url, Counter(), []


@pytest.fixture
def site(tmp_path, monkeypatch) -> Site:
    """The site's folder, and an empty data folder."""
    folder = tmp_path / "site"
    folder.mkdir()

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.rsplit("/", 1)[-1]
            served.asked[name] += 1
            served.ranges.append(self.headers.get("Range"))
            raw = (folder / name).read_bytes() if (folder / name).is_file() else b""
            if served.breaks_after and raw:
                self.send_response(200)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw[: served.breaks_after])
                served.breaks_after = 0
            elif served.sends_parts and self.headers.get("Range"):
                first = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
                self.send_response(206 if first < len(raw) else 416)
                if first < len(raw):
                    self.send_header("Content-Length", str(len(raw) - first))
                    self.send_header("Content-Range", f"bytes {first}-{len(raw) - 1}/{len(raw)}")
                self.end_headers()
                self.wfile.write(raw[first:])
            else:
                super().do_GET()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    served = Site(folder, f"http://127.0.0.1:{server.server_port}/")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("FIRSTLIGHT_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(fetch.time, "sleep", lambda seconds: None)
    data._loaded.cache_clear()
    yield served
    data._loaded.cache_clear()
    server.shutdown()
    thread.join()
    server.server_close()


def idx(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.astype(np.uint8).tobytes()


def publish_mnist(site: Site, monkeypatch: pytest.MonkeyPatch, kind: type = datasets.MNIST, megabytes: float = 0.0) -> dict[str, bytes]:
    """Four small files of MNIST's format; torchvision is told their address and checksums."""
    random, files = np.random.default_rng(0), {}
    for part, count in (("train", 200), ("t10k", 3)):
        files[f"{part}-images-idx3-ubyte"] = idx(random.integers(0, 256, (count, 28, 28)))
        files[f"{part}-labels-idx1-ubyte"] = idx(random.integers(0, 10, count))
    packed = {f"{name}.gz": gzip.compress(raw, mtime=0) for name, raw in files.items()}
    for name, raw in packed.items():
        (site.folder / name).write_bytes(raw)
    monkeypatch.setattr(kind, "mirrors", [site.url])
    monkeypatch.setattr(kind, "resources", [(name, hashlib.md5(raw).hexdigest()) for name, raw in packed.items()])
    key = {datasets.MNIST: "mnist", datasets.FashionMNIST: "fashion_mnist"}[kind]
    monkeypatch.setitem(DATASETS, key, SimpleNamespace(**{**vars(DATASETS[key]), "download_mb": sum(map(len, packed.values())) / 1e6}))
    return files


def publish_cifar(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    random, source = np.random.default_rng(0), datasets.CIFAR10
    packed, sums = io.BytesIO(), {}
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        entries = {name: {"data": random.integers(0, 256, (2, 3072), dtype=np.uint8), "labels": [3, 8]} for name in BATCHES}
        for name, entry in {**entries, "batches.meta": {"label_names": list(vision.CIFAR10_CLASSES)}}.items():
            raw = pickle.dumps(entry)
            sums[name] = hashlib.md5(raw).hexdigest()
            member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            member.size = len(raw)
            archive.addfile(member, io.BytesIO(raw))
    (site.folder / source.filename).write_bytes(packed.getvalue())
    monkeypatch.setattr(source, "url", site.url + source.filename)
    monkeypatch.setattr(source, "tgz_md5", hashlib.md5(packed.getvalue()).hexdigest())
    monkeypatch.setattr(source, "train_list", [[name, sums[name]] for name in BATCHES[:5]])
    monkeypatch.setattr(source, "test_list", [["test_batch", sums["test_batch"]]])
    monkeypatch.setattr(source, "meta", {**source.meta, "md5": sums["batches.meta"]})


def left_over() -> list[str]:
    """All files but the lock."""
    return sorted(path.name for path in vision.root().rglob("*") if path.is_file() and path.suffix != ".lock")


# what works

@pytest.mark.parametrize("kind", [datasets.MNIST, datasets.FashionMNIST])
def test_the_fetched_files_are_the_published_ones_unpacked(kind, site, monkeypatch):
    files = publish_mnist(site, monkeypatch, kind)
    key = "mnist" if kind is datasets.MNIST else "fashion_mnist"
    list(fetch.fetch(key))
    folder = vision.root() / kind.__name__ / "raw"
    assert {name: (folder / name).read_bytes() for name in files} == files
    assert len(data.load(key, train=True)) == 200
    assert len(data.load(key, train=False)) == 3
    assert not [name for name in left_over() if name.endswith(".part")]


def test_progress_rises_to_the_total(site, monkeypatch):
    publish_mnist(site, monkeypatch)
    monkeypatch.setattr(fetch, "PIECE", 10_000)
    seen = list(fetch.fetch("mnist"))
    done = [at.done_bytes for at in seen]
    assert done == sorted(done)
    assert len(set(done)) > 10
    assert {at.total_bytes for at in seen} == {done[-1]} == {round(DATASETS["mnist"].download_mb * 1e6)}
    names = [at.doing for at in seen]
    assert list(dict.fromkeys(names)) == [name for name, _ in datasets.MNIST.resources] + [""]


def test_cifars_archive_is_fetched_and_unpacked(site, monkeypatch):
    publish_cifar(site, monkeypatch)
    seen = list(fetch.fetch("cifar10"))
    assert seen[-1].done_bytes == seen[-1].total_bytes == 170_500_000
    assert len(data.load("cifar10", train=True)) == 10
    assert data.load("cifar10", train=False).labels.tolist() == [3, 8]


def test_a_second_fetch_does_nothing(site, monkeypatch):
    publish_mnist(site, monkeypatch)
    list(fetch.fetch("mnist"))
    assert set(site.asked.values()) == {1}
    assert list(fetch.fetch("mnist")) == []
    assert set(site.asked.values()) == {1}


def test_an_embedded_dataset_needs_no_fetch(site):
    assert list(fetch.fetch("digits")) == []


def test_files_that_arrived_before_are_not_fetched_again(site, monkeypatch):
    publish_mnist(site, monkeypatch)
    half = fetch.fetch("mnist")
    first, second = (name for name, _ in datasets.MNIST.resources[:2])
    for at in half:
        if at.doing == second:
            break
    half.close()                                           # the tab was closed
    assert first in left_over()
    assert not DATASETS["mnist"].present()
    list(fetch.fetch("mnist"))
    assert site.asked[first] == 1
    assert len(data.load("mnist", train=True)) == 200


@pytest.mark.parametrize("sends_parts", [True, False], ids=["the site sends parts", "the site sends the whole only"])
def test_an_interrupted_file_goes_on_where_it_stopped(sends_parts, site, monkeypatch):
    files = publish_mnist(site, monkeypatch)
    site.sends_parts = sends_parts
    monkeypatch.setattr(fetch, "PIECE", 10_000)
    half = fetch.fetch("mnist")
    while next(half).done_bytes < 30_000:
        pass
    half.close()
    (part,) = vision.root().rglob("*.part")
    arrived = part.stat().st_size
    assert part.name == f"{datasets.MNIST.resources[0][0]}.part"
    assert arrived >= 30_000
    first, *rest = [at.done_bytes for at in fetch.fetch("mnist")]
    assert (first > 30_000) == sends_parts
    assert site.ranges[:2] == [None, f"bytes={arrived}-"]
    assert {name: (vision.root() / "MNIST" / "raw" / name).read_bytes() for name in files} == files


def test_what_is_left_of_another_edition_is_thrown_away_and_the_file_fetched_from_its_first_byte(site, monkeypatch):
    publish_mnist(site, monkeypatch)
    site.sends_parts = True
    file = fetch.files("mnist")[0]
    file.part.parent.mkdir(parents=True)
    file.part.write_bytes(b"of an older edition")
    list(fetch.fetch("mnist"))
    assert site.ranges[:2] == ["bytes=19-", None]
    assert DATASETS["mnist"].present()


@pytest.mark.parametrize("more", [b"", b"and more"], ids=["complete", "longer than the file"])
def test_a_process_that_died_before_it_could_rename_the_file_stops_nobody(more, site, monkeypatch):
    publish_mnist(site, monkeypatch)
    site.sends_parts = True
    file = fetch.files("mnist")[0]
    file.part.parent.mkdir(parents=True)
    file.part.write_bytes((site.folder / file.path.name).read_bytes() + more)
    list(fetch.fetch("mnist"))                             # the site answers 416: there is nothing behind the last byte
    assert DATASETS["mnist"].present()
    assert site.asked[file.path.name] == 1 + bool(more)


def test_a_line_that_is_cut_in_the_middle_goes_on_from_there(site, monkeypatch):
    publish_mnist(site, monkeypatch)
    site.sends_parts, site.breaks_after = True, 30_000
    list(fetch.fetch("mnist"))
    assert site.ranges[:2] == [None, "bytes=30000-"]
    assert DATASETS["mnist"].present()


def test_two_that_fetch_the_same_download_it_once(site, monkeypatch):
    publish_mnist(site, monkeypatch)
    monkeypatch.setattr(fetch, "PIECE", 10_000)
    first, second = fetch.fetch("mnist"), fetch.fetch("mnist")
    at = [next(first), next(first)][-1]
    waiting = next(second)
    assert waiting.doing == at.doing
    assert waiting.done_bytes >= at.done_bytes > 0
    list(first)
    list(second)
    assert set(site.asked.values()) == {1}


def test_who_waits_takes_over_when_the_first_gives_up(site, monkeypatch):
    publish_mnist(site, monkeypatch)
    monkeypatch.setattr(fetch, "PIECE", 10_000)
    first, second = fetch.fetch("mnist"), fetch.fetch("mnist")
    next(first), next(second)
    first.close()
    list(second)
    assert DATASETS["mnist"].present()


# a stored copy that is damaged

@pytest.mark.parametrize("name", ["train-images-idx3-ubyte", "t10k-labels-idx1-ubyte"])
def test_a_damaged_file_is_set_aside_and_unpacked_again(name, site, monkeypatch):
    files = publish_mnist(site, monkeypatch)
    list(fetch.fetch("mnist"))
    stored = vision.root() / "MNIST" / "raw" / name
    stored.write_bytes(b"half of it")
    data._loaded.cache_clear()
    with pytest.raises(SpecError, match="dataset_damaged"):
        data.load("mnist", train=name.startswith("train"))
    assert [at.replaced for at in fetch.fetch("mnist")][-1]
    assert set(site.asked.values()) == {1}                 # the archives were whole
    assert stored.read_bytes() == files[name]
    assert stored.with_name(f"{name}.bad").read_bytes() == b"half of it"
    assert sorted(path.name for path in vision.root().rglob("*.bad")) == [f"{name}.bad"]      # whole files stayed as they are
    assert len(data.load("mnist", train=True)) == 200


def test_without_internet_nothing_is_set_aside(site, monkeypatch):
    publish_mnist(site, monkeypatch)
    list(fetch.fetch("mnist"))
    for file in fetch.files("mnist"):
        file.path.unlink()                                 # copied by hand, without the archives
    shutil.rmtree(site.folder)
    vision.unpacked("mnist")[3].write_bytes(b"half of it")
    data._loaded.cache_clear()
    with pytest.raises(SpecError, match="no_internet"):
        list(fetch.fetch("mnist"))
    assert not list(vision.root().rglob("*.bad"))
    assert len(data.load("mnist", train=True)) == 200


def test_files_that_somebody_has_mapped_are_never_written_again(site, monkeypatch):
    publish_mnist(site, monkeypatch)
    list(fetch.fetch("mnist"))
    pictures, labels = vision.unpacked("mnist")[0], vision.unpacked("mnist")[3]
    before, raw = pictures.stat().st_ino, pictures.read_bytes()
    for whole in (True, False):
        labels.unlink(missing_ok=True)
        whole or pictures.write_bytes(raw[:-1])
        data._loaded.cache_clear()
        list(fetch.fetch("mnist"))
        assert (pictures.stat().st_ino == before) == whole
        assert pictures.read_bytes() == raw
    assert pictures.with_name(f"{pictures.name}.bad").stat().st_ino == before


def test_a_line_that_says_nothing_still_gives_signs_of_life(site, monkeypatch):
    publish_mnist(site, monkeypatch)

    def silent(url: str, part: Path):
        yield 7
        waited.wait(30)
        raise TimeoutError("a firewall")

    waited = threading.Event()
    monkeypatch.setattr(fetch, "_stream", silent)
    monkeypatch.setattr(aside, "LOOK_S", 0.01)
    at = fetch.fetch("mnist")
    assert [next(at).done_bytes for _ in range(5)] == [7] * 5
    waited.set()
    at.close()


def test_a_damaged_archive_is_set_aside_and_fetched_once_more(site, monkeypatch):
    publish_mnist(site, monkeypatch)
    file = fetch.files("mnist")[0]
    file.path.parent.mkdir(parents=True)
    file.path.write_bytes(b"a torn archive")
    seen = list(fetch.fetch("mnist"))
    assert seen[-1].replaced
    assert site.asked[file.path.name] == 1
    assert file.path.with_name(f"{file.path.name}.bad").read_bytes() == b"a torn archive"
    assert len(data.load("mnist", train=True)) == 200


def test_damaged_cifar_batches_are_replaced_from_the_archive(site, monkeypatch):
    publish_cifar(site, monkeypatch)
    list(fetch.fetch("cifar10"))
    batch = vision.unpacked("cifar10")[1]
    whole = batch.read_bytes()
    batch.write_bytes(b"half of it")
    data._loaded.cache_clear()
    assert list(fetch.fetch("cifar10"))[-1].replaced
    assert batch.read_bytes() == whole
    assert len(data.load("cifar10", train=True)) == 10
    assert set(site.asked.values()) == {1}


def test_a_whole_dataset_on_a_disk_that_takes_no_files_needs_no_fetch(site, monkeypatch):
    publish_mnist(site, monkeypatch)
    list(fetch.fetch("mnist"))

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Read-only file system")

    monkeypatch.setattr(fetch.FileLock, "acquire", refuse)
    assert list(fetch.fetch("mnist")) == []
    vision.unpacked("mnist")[0].unlink()
    data._loaded.cache_clear()
    with pytest.raises(SpecError, match="folder_not_writable"):
        list(fetch.fetch("mnist"))


def test_only_datasets_with_a_download_can_be_fetched():
    assert fetch.FETCHABLE == ("mnist", "fashion_mnist", "cifar10")


@pytest.mark.parametrize("kind", [datasets.MNIST, datasets.FashionMNIST])
def test_addresses_places_and_checksums_are_torchvisions(kind):
    files = fetch.files({datasets.MNIST: "mnist", datasets.FashionMNIST: "fashion_mnist"}[kind])
    assert [(file.url, file.md5) for file in files] == [(kind.mirrors[0] + name, md5) for name, md5 in kind.resources]
    assert {str(file.path.parent) for file in files} == {str(vision.root() / kind.__name__ / "raw")}


def test_cifars_one_archive_is_torchvisions():
    source = datasets.CIFAR10
    assert fetch.files("cifar10") == [fetch.File(source.url, vision.root() / source.filename, source.tgz_md5)]


# what goes wrong

def test_a_wrong_checksum_puts_nothing_in_place(site, monkeypatch):
    publish_mnist(site, monkeypatch)
    name = datasets.MNIST.resources[0][0]
    (site.folder / name).write_bytes(b"a login page of the hotel")
    with pytest.raises(SpecError) as refused:
        list(fetch.fetch("mnist"))
    assert (refused.value.code, refused.value.facts) == ("damaged_download", {"value": "mnist", "file": name})
    assert left_over() == []
    assert not DATASETS["mnist"].present()


def test_no_internet_says_so_after_three_tries(site, monkeypatch):
    publish_mnist(site, monkeypatch)
    waits = []
    monkeypatch.setattr(fetch.time, "sleep", waits.append)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))                      # a port where nobody listens
        monkeypatch.setattr(datasets.MNIST, "mirrors", [f"http://127.0.0.1:{closed.getsockname()[1]}/"])
        with pytest.raises(SpecError) as refused:
            list(fetch.fetch("mnist"))
    assert refused.value.code == "no_internet"
    assert refused.value.facts == {"value": "mnist", "folder": str(vision.root())}
    assert waits == [1, 2]
    assert left_over() == [f"{datasets.MNIST.resources[0][0]}.part"]


def test_a_file_that_is_missing_on_the_site_is_asked_for_three_times(site, monkeypatch):
    publish_mnist(site, monkeypatch)
    name = datasets.MNIST.resources[1][0]
    (site.folder / name).unlink()
    with pytest.raises(SpecError, match="no_internet"):
        list(fetch.fetch("mnist"))
    assert site.asked[name] == fetch.TRIES == 3


def test_a_short_interruption_is_survived(site, monkeypatch):
    publish_mnist(site, monkeypatch)
    stream, failures = fetch._stream, iter([True, True])

    def flaky(url: str, part: Path):
        if next(failures, False):
            raise TimeoutError("the cable")
        yield from stream(url, part)

    monkeypatch.setattr(fetch, "_stream", flaky)
    list(fetch.fetch("mnist"))
    assert DATASETS["mnist"].present()


def test_too_little_room_is_told_before_anything_is_fetched(site, monkeypatch):
    publish_mnist(site, monkeypatch)
    monkeypatch.setitem(DATASETS, "mnist", SimpleNamespace(**{**vars(DATASETS["mnist"]), "download_mb": 11.6}))
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=34_000_000))
    with pytest.raises(SpecError) as refused:
        list(fetch.fetch("mnist"))
    assert (refused.value.code, refused.value.facts) == ("disk_full", {"free_mb": 34, "needed_mb": 34})
    assert not site.asked


def test_a_disk_that_fills_up_meanwhile_is_not_called_a_lack_of_internet(site, monkeypatch):
    publish_mnist(site, monkeypatch)

    def full(url: str, part: Path):
        raise OSError(errno.ENOSPC, "No space left on device")
        yield

    monkeypatch.setattr(fetch, "_stream", full)
    with pytest.raises(SpecError, match="disk_full"):
        list(fetch.fetch("mnist"))


def test_an_answer_that_is_no_http_is_no_internet(site, monkeypatch):
    publish_mnist(site, monkeypatch)
    listener = socket.create_server(("127.0.0.1", 0))

    def babble() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(1000)
                    connection.sendall(b"SSH-2.0-captive portal\r\n\r\n")

    thread = threading.Thread(target=babble)
    thread.start()
    monkeypatch.setattr(datasets.MNIST, "mirrors", [f"http://127.0.0.1:{listener.getsockname()[1]}/"])
    try:
        with pytest.raises(SpecError, match="no_internet"):
            list(fetch.fetch("mnist"))
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
    assert not DATASETS["mnist"].present()


def test_an_unknown_dataset_is_refused_before_anything_else():
    with pytest.raises(SpecError, match="unknown_dataset"):
        list(fetch.fetch("imagenet"))


# on the command line

def test_the_command_line_says_where_the_files_are(site, monkeypatch, capsys):
    publish_mnist(site, monkeypatch)
    monkeypatch.setattr(sys, "argv", ["core.data", "fetch", "mnist"])
    assert __main__.main() == 0
    said = capsys.readouterr().out
    assert f"mnist is in {vision.root()}" in said
    assert re.search(r"0\.\d of 0\.\d MB, \d+\.\d MB/s", said)
    assert "has been replaced" not in said


def test_the_command_line_tells_of_a_damaged_copy(site, monkeypatch, capsys):
    publish_mnist(site, monkeypatch)
    list(fetch.fetch("mnist"))
    vision.unpacked("mnist")[0].write_bytes(b"")
    data._loaded.cache_clear()
    monkeypatch.setattr(sys, "argv", ["core.data", "fetch", "mnist"])
    assert __main__.main() == 0
    assert "the stored copy was damaged and has been replaced" in capsys.readouterr().out


def test_the_command_line_fails_with_a_reason(site, monkeypatch, capsys):
    publish_mnist(site, monkeypatch)
    shutil.rmtree(site.folder)
    monkeypatch.setattr(sys, "argv", ["core.data", "fetch", "mnist"])
    assert __main__.main() == 1
    assert "no_internet value=mnist" in capsys.readouterr().err
