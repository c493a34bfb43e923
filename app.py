"""Firstlight's frame: page config, language, navigation, run. Start it with: streamlit run app.py"""

import streamlit as st

from ui import frame, language, warm

SIDEBAR_PX = 280

st.set_page_config(page_title="Firstlight 初光", page_icon="🌅", layout="wide", initial_sidebar_state=SIDEBAR_PX)

t = language.current()
page = frame.navigation(t)
frame.style()
frame.sidebar(t)
try:
    page.run()
finally:                                             # a page may stop early
    warm.start()
