"""What is wrong with this code, and how do you mend it?"""

from collections import Counter
from dataclasses import replace

import streamlit as st

from core.lessons.clinic.cards import CARDS
from core.lessons.clinic.deck import END, START, ClinicSpec, drawn
from core.lessons.clinic.runner import compiled, executed, raised, run
from ui import controls, learner, link, say, scroll, source
from ui.clinic import card, choosing, mosaic, result, teacher
from ui.fold import deeper
from ui.frame import open_page, question, under_app

under_app()
t = open_page("clinic")
followed = link.news("clinic")
changed = link.restore("clinic", ClinicSpec)
say.changed(t, ClinicSpec, changed, st.warning)
question(t("clinic.question"))
choosing.draw(t, followed)
spec = controls.read("clinic", ClinicSpec)
cards = drawn(spec.written_in, spec.topic, spec.cards, spec.deck)
if cards:
    table = st.container()                           # the card lies above the row that chooses it
    chosen = mosaic.choose(t, cards)
    spec = controls.read("clinic", ClinicSpec)
    link.keep("clinic", replace(spec, card=START) if chosen == cards[0] else spec)
    with table:
        scroll.here(chosen, "clinic.here")
        mosaic.heading(t, cards, chosen)
        if chosen == END:
            result.draw(t, cards, spec.deck)
        else:
            card.draw(t, chosen)
    mosaic.onward(t, cards, chosen)
    mosaic.legend(t, cards)
    teacher.draw(t, spec)
else:
    link.keep("clinic", spec)
    st.info(t("clinic.none"), icon=":material/filter_alt_off:")
with deeper(t, "clinic") as is_open:
    if is_open:
        st.markdown(t("clinic.deeper", cards=len(CARDS), **Counter(one.kind for one in CARDS.values())))
shown = spec.card if spec.card in cards else ""
source.show(t, "clinic", run, compiled, executed, raised, drawn, first=(f"{shown}.py", CARDS[shown].code) if shown else None)
learner.remember()
