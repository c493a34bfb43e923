"""What is wrong with this code, and how do you mend it?"""

from collections import Counter

import streamlit as st

from core.lessons.clinic.cards import CARDS
from core.lessons.clinic.deck import ClinicSpec, drawn
from core.lessons.clinic.runner import compiled, executed, raised, run
from ui import controls, link, say, source
from ui.clinic import card, mosaic, receipt
from ui.fold import deeper, fold
from ui.frame import open_page, question, under_app

under_app()
t = open_page("clinic")
changed = link.restore("clinic", ClinicSpec)
question(t("clinic.question"))
controls.row("clinic", ClinicSpec, ("written_in", "topic", "cards", "deck"), t, [3, 2.6, 2.6, 2])
spec = controls.read("clinic", ClinicSpec)
cards = drawn(spec.written_in, spec.topic, spec.cards, spec.deck)
if cards:
    table = st.container()                           # the card lies above the row that chooses it
    chosen = mosaic.choose(t, cards)
    link.keep("clinic", controls.read("clinic", ClinicSpec))
    say.changed(t, ClinicSpec, changed)
    with table:
        card.draw(t, chosen, cards.index(chosen) + 1, len(cards))
    mosaic.legend(t, cards)
    mosaic.onward(t, cards, chosen)
    with fold(t("clinic.receipt.title"), "clinic.receipt", ":material/receipt_long:") as is_open:
        if is_open:
            receipt.draw(t, cards, spec.deck)
else:
    link.keep("clinic", spec)
    say.changed(t, ClinicSpec, changed)
    st.info(t("clinic.none"), icon=":material/filter_alt_off:")
with deeper(t, "clinic") as is_open:
    if is_open:
        st.markdown(t("clinic.deeper", cards=len(CARDS), **Counter(one.kind for one in CARDS.values())))
source.show(t, "clinic", run, compiled, executed, raised, drawn)
