"""What is in this dataset? Its pictures in a grid, one of them in numbers, how many of each class, and what lies behind."""

from dataclasses import replace
from functools import lru_cache

import streamlit as st

from content.text import Text
from core.data import gather, info, load
from core.data.browse import BrowseSpec, Sheet, sheet
from core.data.imageset import ImageSet
from core.data.recipe import recipe
from core.data.summary import BALANCE, balance, mean_images, spread
from core.images import Tensor
from core.pca import along_all, pca, svd
from figures import batch as figure
from figures import sheet as drawing
from ui import chart, controls, picture, predict, say, source
from ui.data import current, magnifier, scatter
from ui.data import sheet as grid
from ui.data.batches import names
from ui.fold import fold
from ui.link import key_of

PAGE = "data.look"
MAPPED = 500                                         # pictures of the map
FOLDS = {"told": ":material/code_blocks:", "means": ":material/blur_on:", "map": ":material/scatter_plot:"}


def draw(t: Text, spec: BrowseSpec) -> None:
    data = current.pictures(t)
    words = names(t, current.dataset(), data.classes)
    spec = _fields(t, spec, data)
    st.markdown(current.about(t))
    _grid(t, spec, data, words)
    image, label = data[spec.picked]
    magnifier.show(t, image.numpy(), t("data.look.one", index=f"{spec.picked:,}", label=words[int(label)]))
    _counts(t, data, words)
    for key, icon in FOLDS.items():
        with fold(t(f"data.look.{key}.title"), f"{PAGE}.{key}", icon) as is_open:
            if is_open:
                {"told": _told, "means": _means, "map": _map}[key](t, data, words)
    source.show(t, PAGE, ImageSet, sheet, mean_images, pca, svd)


def _fields(t: Text, spec: BrowseSpec, data: ImageSet) -> BrowseSpec:
    """The page and the picture within what there is; the seed only where chance draws."""
    ends = {"sheet": (1, _page(current.version(), replace(spec, picked=0)).of), "picked": (0, len(data) - 1)}
    for name, (_, last) in ends.items():
        st.session_state[key_of(PAGE, name)] = min(st.session_state[key_of(PAGE, name)], last)
    columns = iter(st.columns(3))
    for name, (first, last) in ends.items():
        with next(columns):
            st.number_input(t(f"data.look.{name}", last=f"{last:,}"), first, last, key=key_of(PAGE, name), persist_state="session",
                            help=t(f"fields.{name}.help"))
    if spec.arrange == "random":
        with next(columns):
            controls.control(PAGE, BrowseSpec, "chance", t)
    return controls.read(PAGE, BrowseSpec)


def _grid(t: Text, spec: BrowseSpec, data: ImageSet, words: list[str]) -> None:
    svg = _drawn(t, current.version(), replace(spec, picked=0), tuple(words))
    grid.show(svg, spec.picked, lambda: _pick(grid.KEY))


@lru_cache(maxsize=64)                               # 30 KB each
def _drawn(t: Text, version: tuple, spec: BrowseSpec, words: tuple[str, ...]) -> str:
    data = load(version[0], train=True)
    found = _page(version, spec)
    rows = [data.pick(indices) for indices in found.rows]
    labels = [[words[c] for c in row.labels.tolist()] for row in rows]
    classes, indices = [words[c] for c in found.classes], [row.tolist() for row in found.rows]
    return drawing.sheet([row.images.numpy() for row in rows], classes, labels, indices, found.across, t("data.grid_alt"))


@lru_cache(maxsize=64)                               # an order of 60,000 takes 5 ms
def _page(version: tuple, spec: BrowseSpec) -> Sheet:
    return sheet(load(version[0], train=True), spec)


def _pick(key: str) -> None:
    """A click on a picture, in the grid or on the map."""
    said = grid.said(key)
    if said is not None and 0 <= said < info(current.dataset()).train_images:
        st.session_state[key_of(PAGE, "picked")] = said


def _counts(t: Text, data: ImageSet, words: list[str]) -> None:
    """How many pictures of each class: said first, then shown."""
    options = {key: t(f"data.look.balance.{key}") for key in BALANCE}
    said = predict.ask(t, current.dataset(), t("data.look.predict"), options, PAGE)
    if said is None:
        return
    counts = data.class_counts()
    most, least = int(counts.argmax()), int(counts.argmin())
    many, few, share = f"{int(counts[most]):,}", f"{int(counts[least]):,}", f"{int(counts[most]) / len(data):.1%}"
    why = (t("data.look.why_equal", many=many, share=share) if many == few
           else t("data.look.why", most=say.plain(words[most]), many=many, least=say.plain(words[least]), few=few, share=share))
    predict.compare(t, said, balance(counts), options, why, PAGE)
    chart.show(figure.counts(words, counts.tolist(), t("data.pictures")), f"{PAGE}.counts", t("data.counts_alt"))


def _told(t: Text, data: ImageSet, words: list[str]) -> None:
    """The lines of a program that make the same dataset."""
    key, root = current.dataset(), "data"
    kind = "torchvision" if info(key).download_mb else "own" if "." in key else key
    st.markdown(t(f"data.look.told.{kind}"))
    if key.startswith("folder."):
        root = str(gather.folders() / key.partition(".")[2])
    elif key.startswith("zip."):
        root = "unpacked"
    st.code(recipe(key, root, info(key).size) + "\nimage, label = train[0]\nprint(len(train), image.shape, image.dtype, label)")


def _means(t: Text, data: ImageSet, words: list[str]) -> None:
    images, counted = _averages(current.version())
    part = "whole" if int(counted.sum()) == len(data) else "some"
    facts = {"n": f"{int(counted.sum()):,}"} | ({"all": f"{len(data):,}"} if part == "some" else {})
    st.markdown(t(f"data.look.means.{part}", **facts))
    hovers = [t("data.look.means.hover", label=word, n=f"{n:,}") for word, n in zip(words, counted.tolist(), strict=True)]
    picture.show(figure.grid(list(images.numpy()), words, hovers, t("data.look.means.alt"), columns=10), f"{PAGE}.means")


def _map(t: Text, data: ImageSet, words: list[str]) -> None:
    """Where 500 pictures lie in the two directions in which they differ most, and what changes along them."""
    told, strip, share, shown = _mapped(t, current.version(), tuple(words))
    st.markdown(t("data.look.map.about", n=shown, values=f"{data.images[0].numel():,}", both=f"{sum(share):.1%}", first=f"{share[0]:.1%}",
                  second=f"{share[1]:.1%}", rest=f"{1 - sum(share):.1%}"))
    scatter.show(t, told, lambda: _pick(scatter.KEY))
    st.markdown(t("data.look.map.along"))
    steps = ["−2σ", "−σ", t("data.look.map.mean"), "+σ", "+2σ"]
    labels = [t("data.look.map.step", axis=axis, step=step) for axis in (1, 2) for step in steps]
    picture.show(figure.grid(list(strip), labels, labels, t("data.look.map.along_alt"), columns=5), f"{PAGE}.along")


@lru_cache(maxsize=8)
def _averages(version: tuple) -> tuple[Tensor, Tensor]:
    return mean_images(load(version[0], train=True))


@lru_cache(maxsize=8)                                # 0.1 s, and 0.1 s for the file of pictures
def _mapped(t: Text, version: tuple, words: tuple[str, ...]) -> tuple[bytes, object, list[float], int]:
    """The map's message, the pictures along both axes (10, C, H, W), and the share of each axis."""
    data = load(version[0], train=True)
    indices = spread(len(data), MAPPED)
    some = data.pick(indices)
    found = pca(some.images.flatten(1).double() / 255)
    axes = [t("data.look.map.axis", axis=axis, share=f"{float(share):.0%}") for axis, share in enumerate(found.share, start=1)]
    told = scatter.message(t, some.images.numpy(), found.at.numpy(), some.labels.tolist(), indices.tolist(), list(words), axes)
    strip = along_all(found).unflatten(1, some.images.shape[1:]).float()
    return told, strip.numpy(), found.share.tolist(), len(some)
