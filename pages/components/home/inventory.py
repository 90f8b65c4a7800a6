"""The inventory on Home: figures, the chain of resources, and its table, folded under one line."""

import time
from collections.abc import Mapping
from typing import Literal

import streamlit as st

from pages.components import navigation, panels
from pages.components.keys import Widget
from pages.components.markdown import escaped
from services.laboratory.hit_rates import LABEL
from services.language.phrases import age, percent
from services.screens.home.overview import FAILED, KINDS, READY, Overview, Resource

COLORS: Mapping[str, Literal["green", "red"]] = {READY: "green", FAILED: "red"}
ICONS = {READY: ":material/check:", FAILED: ":material/error:"}
MAX_BOXES = 8
"""With more resources than this, the chain shows counts per kind."""


def draw(view: Overview) -> None:
    """Draw it; open where something has failed."""
    broken = any(resource.state == FAILED for resource in view.resources)
    with st.expander(
        escaped(f"What there is: {view.chain_sentence()}"), icon=":material/account_tree:", expanded=broken
    ):
        _figures(view)
        _chain(view)
        _table(view)


def _figures(view: Overview) -> None:
    kpis = [
        panels.Kpi("Events", _count(view.n_events)),
        panels.Kpi("People", _count(view.n_users)),
        panels.Kpi(view.nouns.capitalize(), _count(view.n_items)),
        panels.Kpi("Recipes ready", f"{view.recipes_ready} of {view.recipes_known}"),
    ]
    rates = view.found_it
    if rates is not None:
        kpis.append(
            panels.Kpi(
                LABEL,
                percent(rates.model),
                delta=rates.points,
                against=f"against {rates.against}",
                help=rates.about,
                color="normal" if rates.is_clear else "off",
            )
        )
    panels.kpi_row(kpis)


def _chain(view: Overview) -> None:
    now = time.time()
    columns = st.columns([8, 1, 8, 1, 8, 1, 8], vertical_alignment="center")
    for place, kind in enumerate(KINDS):
        if place:
            columns[2 * place - 1].markdown(":gray[:material/arrow_forward:]", text_alignment="center")
        with columns[2 * place]:
            _boxes(kind, view.of_kind(kind), now, counts=len(view.resources) > MAX_BOXES)


def _boxes(kind: str, resources: tuple[Resource, ...], now: float, *, counts: bool) -> None:
    if not resources:
        with st.container(border=True, gap="xxsmall"):
            st.caption(f"no {kind.lower()} yet")
    elif counts and len(resources) > 1:
        states = [resource.state for resource in resources]
        with st.container(border=True, gap="xxsmall"):
            st.markdown(f"**{len(resources)}** {kind.lower()}s")
            for state in dict.fromkeys(states):
                _state(f"{states.count(state)} {state}", state)
    else:
        for resource in resources:
            with st.container(border=True, gap="xxsmall"):
                st.markdown(f":small[{kind}]  \n**{escaped(resource.name)}**")
                _state(f"{resource.state} · {age(resource.created, now)}", resource.state)


def _state(words: str, state: str) -> None:
    st.badge(escaped(words), color=COLORS.get(state, "gray"), icon=ICONS.get(state, ":material/hourglass_empty:"))


def _table(view: Overview) -> None:
    picked = panels.table(
        view.frame(time.time()),
        alt=view.chain_sentence(),
        key=Widget.RESOURCES,
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "kind": "Kind",
            "name": "Name",
            "state": "State",
            "created": st.column_config.DatetimeColumn("Created (UTC)", format="YYYY-MM-DD HH:mm"),
            "age": "Age",
            "error": st.column_config.TextColumn("Last error", width="large"),
        },
    )
    st.caption("Choose a row to open its screen.")
    if picked.selection.rows:
        navigation.open_screen(view.resources[picked.selection.rows[0]].screen)


def _count(number: int | None) -> str:
    return "unknown" if number is None else f"{number:,}"
