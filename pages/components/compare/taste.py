"""Where tastes differ: the dumbbells of Compare, by any categorical column, and the category that lists are kept to."""

from collections.abc import Sequence

import streamlit as st

from pages.components import address, loaded, panels
from pages.components.charts import dumbbell
from pages.components.compare.controls import Chosen
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from services.library.tastes import Tastes
from services.screens.compare import sentences, taste_gaps
from services.screens.compare.sides import Side


def tastes_of(chosen: Chosen) -> Tastes:
    """Return tastes by the chosen column."""
    columns = taste_gaps.columns_of(chosen.opened.data)
    column = st.session_state.get(Key.TASTE_BY) or st.query_params.get(Key.TASTE_BY)
    return loaded.tastes(chosen.opened, column if column in columns else (columns[0] if columns else ""))


def only(chosen: Chosen, compared: Sequence[Side]) -> str | None:
    """Draw the category that the lists are kept to, with a button to show everything, and return it; None for all."""
    category = st.query_params.get(Key.ONLY)
    if category is None:
        return None
    tastes = tastes_of(chosen)
    if category not in set(tastes.everybody["category"]):
        keep_to(None)
        return None
    counts = ", ".join(
        f"{side.who} {sum(tastes.in_taste(side.ids, [category]))}" for side in compared if not side.error
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            f"Only {escaped(category)}",
            icon=":material/close:",
            key=Widget.ONLY_OFF,
            help="Show everything",
            on_click=keep_to,
            args=(None,),
        )
        st.markdown(f":small[:gray[{escaped(counts)} in the list]]", width="content")
    return category


def keep_to(category: str | None) -> None:
    """Keep the lists to one category, or show everything."""
    if category is None:
        st.query_params.pop(Key.ONLY, None)
    else:
        st.query_params[Key.ONLY] = category


def draw(chosen: Chosen, compared: Sequence[Side]) -> None:
    """Draw the picture with the choice of its column."""
    columns = taste_gaps.columns_of(chosen.opened.data)
    if not columns:
        return
    title, which = st.columns([5, 2], vertical_alignment="bottom")
    place = title.empty()
    with which:
        address.default_choice(Key.TASTE_BY, columns, columns[0])
        address.bound_select("By", columns, Key.TASTE_BY)
    tastes = tastes_of(chosen)
    rows = taste_gaps.gaps(compared, tastes)
    name = tastes.column.replace("_", " ").lower()
    place.markdown(
        f"**Where tastes differ, by {escaped(name)}** · ring: history, dot: list; click a row to filter the lists"
    )
    if rows.empty:
        st.caption(escaped(f"Neither the histories nor the lists have a {name}."))
        return
    key = f"{Key.TASTE_MAP}_{tastes.column}_{'_'.join(side.user_id for side in compared)}"
    panels.show(dumbbell.dumbbells(rows), sentences.gap_sentence(rows), key=key, on_select=lambda: _clicked(key))
    st.caption(escaped(sentences.gap_sentence(rows)))


def _clicked(key: str) -> None:
    picked = st.session_state[key]["selection"].get(dumbbell.PICK) or []
    if picked and picked[0].get("category"):
        keep_to(str(picked[0]["category"]))
