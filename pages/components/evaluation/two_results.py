"""The tab of Evaluation that puts another result beside this one, person by person."""

import streamlit as st

from pages.components import address, lab_run, panels
from pages.components.evaluation import cache
from pages.components.evaluation.controls import Shown
from pages.components.evaluation.new_run import LAB
from pages.components.keys import Key, Widget
from pages.components.loaded import OpenData
from pages.components.markdown import escaped
from services.screens.evaluation.others import two
from services.screens.evaluation.sentences import label, method_words


def draw(shown: Shown, opened: OpenData) -> None:
    """Draw the choice of the other result, the sentence and the table."""
    runs = [run for run in lab_run.runs_of(LAB, opened.data.name).finished if run.id != shown.run.id]
    named = {f"{run.name} · {run.id[:8]}": run for run in runs}
    if not named:
        st.caption("There is no other result of this data yet. Start a new run to compare two.")
        return
    address.default_choice(Key.EVALUATION_BESIDE, list(named), next(iter(named)))
    with st.columns([2, 3])[0]:
        chosen = address.bound_select("Beside", list(named), Key.EVALUATION_BESIDE)
    run = named[chosen or next(iter(named))]
    other = cache.evaluation_result(str(run.folder), run.ended)
    if not (other.by_person and shown.result.by_person):
        st.caption("Amazon's own split gives means alone, so people cannot be paired.")
        return
    nouns, metric, k = opened.data.words.nouns, shown.metric, shown.k
    found = two.against(shown.result, shown.model, other, other.main_methods, metric, k)
    st.caption(escaped(two.truth_words(*two.same_truth(shown.result, other))))
    if not found:
        return
    name = method_words(shown.model, shown.result.words, nouns)
    first = next((one for one in found if one.method in other.models), found[0])
    beside = method_words(first.method, other.words, nouns)
    st.markdown(f"**{escaped(two.sentence(first, name, run.name, beside, metric, k))}**")
    number = st.column_config.NumberColumn
    panels.table(
        two.frame(found, other, nouns),
        alt=f"{label(metric, k)} of {name} beside {len(found)} methods of {run.name}.",
        key=Widget.EVALUATION_TWO,
        height="content",
        column_config={
            "lists": st.column_config.TextColumn("There", width=190),
            "here": number(name, format="%.3f", width=90),
            "there": number("There", format="%.3f", width=80),
            "difference": number("Difference", format="%+.3f", width=85),
            "low": number("95 % from", format="%+.3f", width=80),
            "high": number("to", format="%+.3f", width=70),
            "better": number("Better", width=60),
            "worse": number("Worse", width=60),
            "people": number("People", width=70),
        },
    )
