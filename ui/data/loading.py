"""Who brings which picture when? A loader over the first pictures of the dataset, and how fast each way of loading is on this server."""

import streamlit as st

from content.text import Text
from core.loading import Batch, LoaderSpec, epochs, one_by_one, spread
from core.train import many_at_a_time
from figures import epochs as figure
from figures.speeds import speeds
from ui import chart, picture, predict, say, source, watch
from ui.data import batches, current
from ui.fold import deeper

PAGE = "data.loader"
SHOWN = 22                                           # pictures: no batch size but 1, 2 and 11 divides them
EPOCHS = 2


def draw(t: Text, spec: LoaderSpec) -> None:
    data = current.pictures(t)
    some = spread(data, SHOWN)
    sizes = answers(len(some), spec)
    given = predict.ask(t, (spec.batch_size, spec.drop_last), t("data.loader.predict", count=len(some), **vars(spec)), sizes, PAGE)
    if given is not None:
        truth = str([len(batch.labels) for batch in epochs(some, spec, 1)[0]])
        rule = "none" if spec.drop_last and spec.batch_size > len(some) else "drop" if spec.drop_last else "keep"
        predict.compare(t, given, truth, sizes, t(f"data.loader.why_{rule}", **_amount(len(some), spec)), PAGE)
        words = batches.names(t, current.dataset(), data.classes)
        _epochs(t, spec, epochs(some, spec, EPOCHS), words, len(some))
        st.markdown(say.together(t, t("data.loader.who"), t("data.loader.some", count=len(some))))
    _speed(t, spec)
    with deeper(t, PAGE) as is_open:
        if is_open:
            st.markdown(t("data.workers"))
    source.show(t, PAGE, epochs, one_by_one, many_at_a_time)


def answers(count: int, spec: LoaderSpec) -> dict[str, str]:
    """Sizes of the batches of an epoch: the right ones and the usual mistakes."""
    whole, rest = divmod(count, spec.batch_size)
    kept = [spec.batch_size] * whole
    possible = (kept, [*kept, rest], [*kept, spec.batch_size], [spec.batch_size])
    return {str([size for size in sizes if size]): _listed([size for size in sizes if size]) for sizes in possible}


def _listed(sizes: list[int]) -> str:
    """Not more of them than can be read."""
    if len(sizes) <= 6:
        return ", ".join(map(str, sizes)) or "0"
    return f"{sizes[0]}, {sizes[1]}, … {sizes[-1]}  (× {len(sizes)})"


def _amount(count: int, spec: LoaderSpec) -> dict[str, int]:
    whole, rest = divmod(count, spec.batch_size)
    return {"count": count, "batch_size": spec.batch_size, "whole": whole, "rest": rest}


def _epochs(t: Text, spec: LoaderSpec, every: list[list[Batch]], words: list[str], count: int) -> None:
    """Every picture with its number and label, as they come; and those that never come."""
    rows, left_out = [], []
    for epoch in every:
        rows.append([list(zip(batch.images.numpy(), batch.indices.tolist(), (words[i] for i in batch.labels.tolist()), strict=True))
                     for batch in epoch])
        seen = {index for batch in epoch for index in batch.indices.tolist()}
        left_out.append(sorted(set(range(count)) - seen))
    said = {"alt": t("data.loader.alt"), "hover": t("data.loader.hover"), "left_out": t("data.loader.left_out")}
    titles = [t("data.loader.epoch", number=i + 1) for i in range(len(every))]
    picture.show(figure.epochs(rows, spec.batch_size, titles, left_out, said), PAGE)


def _speed(t: Text, spec: LoaderSpec) -> None:
    """Measured outside the web process, on this very machine."""
    st.markdown(f"#### {t('data.loader.speed')}")
    slot = f"{PAGE}.timing.{current.dataset()}.{spec.batch_size}"
    if st.button(t("data.measure", batch_size=spec.batch_size), key="data.measure", icon=":material/timer:"):
        watch.start(t, slot, "loader_timing", {"dataset": current.dataset(), "batch_size": spec.batch_size})
    watch.panel(t, slot, lambda record: _timed(t, record), lambda found: t("data.measuring", done=f"{found.done / 10:.0f}",
                                                                           total=f"{found.total / 10:.0f}"))


def _timed(t: Text, record: dict) -> None:
    rows = record["rows"]
    names = [t("data.loader.memory") if row["way"] == "memory" else t("data.loader.with_workers", workers=row["way"]) for row in rows]
    hovers = [t("data.timed", first_ms=f"{row['first_s'] * 1000:,.0f}", rate=f"{row['images_per_s']:,.0f}", batches=f"{row['batches']:,}")
              for row in rows]
    bars = speeds(names, [row["images_per_s"] for row in rows], hovers, t("data.loader.rate"))
    chart.show(bars, f"{PAGE}.speeds", t("data.loader.speeds_alt"))
    st.caption(t("data.loader.first", **{f"first_{row['way']}": f"{row['first_s'] * 1000:,.0f}" for row in rows}))
