"""How do pictures of your own become a dataset? A zip, a folder of this server, or a class of one's own."""

import hashlib

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from content.text import Text
from core.data import DATASETS, gather, kept, photos
from core.data.own import OwnSpec
from core.data.patches import BORDER, SIDE, Patches, patches
from core.data.recipe import recipe
from core.train import TrainSpec
from figures.cut import cut
from jobs import client
from jobs.cleanup import UPLOAD_DAYS
from ui import frame, learner, link, picture, say, source, watch
from ui.data import batches
from ui.data.current import show
from ui.fold import fold
from ui.link import key_of

PAGE = "data.own"
KNOWN = "data.own.known"                             # this browser's uploads: keys of kept sets
MOST_SAID = 20                                       # of the files that were left out


def offered(t: Text) -> tuple[str, ...]:
    """All datasets that this browser can choose."""
    return (*DATASETS, *kept.keys("folder"), *(key for key in st.session_state.get(KNOWN, ()) if kept.about(key)))


def draw(t: Text, spec: OwnSpec) -> None:
    {"zip": _zip, "folder": _folder, "class": _class}[spec.source](t, spec)


def _zip(t: Text, spec: OwnSpec) -> None:
    st.markdown(t("data.own.zip", entries=f"{gather.MOST_ENTRIES:,}", megabytes=gather.MOST_MB, hours=f"{24 * UPLOAD_DAYS:g}"))
    given = st.file_uploader(t("data.own.choose"), type="zip", key=f"{PAGE}.file")
    if given is not None and st.session_state.get(f"{PAGE}.read") != given.file_id:
        _read(t, given)
    key = _panel(t, "zip")
    if key:
        _gathered(t, key)
    _code(t, "zip", key or "zip.none", "unpacked")


def _read(t: Text, given: UploadedFile) -> None:
    """Hand an upload over to be read. While another one is being read it waits: the page runs again when that one is over."""
    now = watch.found(f"{PAGE}.zip")
    if now and now.active:
        st.info(t("data.own.waits", file=say.plain(given.name)), icon=":material/hourglass_top:")
        return
    raw, name = given.getvalue(), given.name if client.is_plain(given.name) else "pictures.zip"
    key = "zip." + hashlib.sha256(learner.token().encode() + b"\0" + raw).hexdigest()[:16]
    upload = client.put(learner.token(), name, raw)
    if watch.start(t, f"{PAGE}.zip", "gather", {"dataset": key, "upload": upload, "name": name}):
        st.session_state[f"{PAGE}.read"] = given.file_id


def _folder(t: Text, spec: OwnSpec) -> None:
    names, folder = gather.folder_names(), gather.folders() / "pets"
    st.markdown(t("data.own.folder"))
    st.code(str(gather.folders()), language=None)
    if not names:
        st.info(t("data.own.no_folder"), icon=":material/folder_off:")
    else:
        name = st.selectbox(t("data.own.which"), names, key=f"{PAGE}.name")
        folder = gather.folders() / name
        verb = "read_again" if kept.about(f"folder.{name}") else "read"
        if st.button(t(f"data.own.{verb}", name=name), key=f"{PAGE}.start", icon=":material/folder_open:"):
            watch.start(t, f"{PAGE}.folder", "gather", {"dataset": f"folder.{name}"})
    _panel(t, "folder")
    if names and kept.about(f"folder.{name}"):
        _gathered(t, f"folder.{name}")
    _code(t, "folder", f"folder.{folder.name}", str(folder))


def _panel(t: Text, way: str) -> str:
    """The job at work. Returns the key of what the last one has read, "" when there is none."""
    done = []
    watch.panel(t, f"{PAGE}.{way}", done.append, lambda found: t("data.own.reading", done=f"{found.done:,}", total=f"{found.total:,}"))
    return done[0]["dataset"] if done else ""


def _gathered(t: Text, key: str) -> None:
    """What was read, what was left out and why, and where to go from here."""
    about = kept.about(key)
    if about is None:                                # a day has passed
        st.info(t("errors.pictures_gone"), icon=":material/cloud_off:")
        return
    known = st.session_state.setdefault(KNOWN, [])
    if key.startswith("zip.") and key not in known:  # now it can be chosen as a dataset
        known.append(key)
    st.success(t("data.own.gathered", classes=len(about.classes), train=f"{about.train:,}", test=f"{about.test:,}"),
               icon=":material/check_circle:")
    if about.skipped:
        with fold(t("data.own.skipped", count=len(about.skipped)), f"{PAGE}.skipped", ":material/rule:") as is_open:
            if is_open:
                for file, code in about.skipped[:MOST_SAID]:
                    st.text(f"{file}: {t(f'data.own.reason.{code}') if t.has(f'data.own.reason.{code}') else code}")
    left, right = st.columns(2)
    left.button(t("data.own.look"), key=f"{PAGE}.look", icon=":material/photo_library:", on_click=show, args=("batches", key))
    with right:
        asked = TrainSpec(dataset=key, network="cifar_net" if about.channels == 3 else "lenet5")
        frame.page_link("train", t("data.own.train"), **link.differing(asked))


def _code(t: Text, way: str, key: str, root: str) -> None:
    """key: of a set that lies below root as it was read; before there is one, a usual zip or folder is shown."""
    st.markdown(t("data.own.code"))
    st.code(recipe(key, root) + "\nprint(len(train), len(test))")
    source.show(t, f"{PAGE}.{way}", gather.gather, kept.split)


def _class(t: Text, spec: OwnSpec) -> None:
    """A Dataset subclass at work: its length, one sample, and where the sample comes from."""
    made = patches(train=True)
    sample = st.slider(t("fields.sample.label"), 0, len(made) - 1, key=key_of(PAGE, "sample"), help=t("fields.sample.help"),
                       persist_state="session")
    photo, top, left = made.corner(sample)
    image, label = made[sample]
    words = batches.names(t, "patches", tuple(photos.PHOTOS))
    st.code(f">>> len(dataset)\n{len(made)}\n>>> image, label = dataset[{sample}]\n>>> image.shape, label\n"
            f"({image.shape}, {label})    # {words[label]}")
    said = {name: t(f"data.own.cut.{name}") for name in ("photo", "patch", "train", "test", "alt")}
    picture.show(cut(photos.load()[photo].permute(1, 2, 0).contiguous().numpy(), (top, left), SIDE, BORDER, said), f"{PAGE}.cut")
    st.markdown(t("data.own.class"))
    source.show(t, f"{PAGE}.class", Patches, patches)
