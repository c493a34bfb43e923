"""What Firstlight is, the map of the course, and lessons for a class."""

import streamlit as st

from figures.overview import BOXES, loop
from ui import controls, link, picture
from ui.fold import fold
from ui.frame import PAGES, open_page, page_link, question, under_app
from ui.home import lessons, limits

under_app()
t = open_page("home")
link.restore("home", lessons.PathSpec)
question(t("home.question"))
words = {name: t(f"home.loop.{name}") for name in ("forward", "backward", "alt")}
for name, _ in BOXES:
    words |= {name: t(f"home.loop.{name}.word"), f"{name}.about": t(f"home.loop.{name}.about")}
picture.show(loop(words), "home.loop")
st.markdown(t("home.promise"))

st.subheader(t("home.map"), anchor=False)
cards = st.grid(2, border=True)
for key in PAGES:
    if key != "home":
        with cards.cell():
            page_link(key, f"**{t(f'{key}.nav')}**")
            st.caption(t(f"home.about.{key}"))

st.subheader(t("home.lessons"), anchor=False)
path = controls.control("home", lessons.PathSpec, "path", t, wide=True, label_visibility="collapsed")
link.keep("home", lessons.PathSpec(path))
lessons.draw(t, path)

with fold(t("home.limits.title"), "home.limits", ":material/tune:") as is_open:
    if is_open:
        limits.draw(t)
