"""Home when there is data: figures, the chain of resources, its table, and the next step."""

import time
from collections.abc import Mapping
from typing import Literal

import streamlit as st

from pages.components import navigation, panels, process
from pages.components.home import later, story
from pages.components.keys import Widget
from pages.components.markdown import escaped
from services.demo.runner import DemoRunner
from services.demo.state import DemoState
from services.demo.steps import GROUP
from services.laboratory.hit_rates import LABEL
from services.language.phrases import age, percent
from services.screens.home import overview
from services.screens.home.overview import FAILED, KINDS, READY, Overview, Resource

COLORS: Mapping[str, Literal["green", "red"]] = {READY: "green", FAILED: "red"}
ICONS = {READY: ":material/check:", FAILED: ":material/error:"}
MAX_BOXES = 8
"""With more resources than this, the chain shows counts per kind."""


def draw(group: str, runner: DemoRunner, state: DemoState) -> None:
    """Draw it; for the film demo's group, also the background steps that are not done."""
    view = overview.overview(process.backend(), group)
    if view is None:
        panels.head("Home", f"The data set group {group} was deleted in another window.")
        return
    panels.head("Home", view.headline(), " · ".join(part for part in (group, view.note) if part))
    _next_step(view)
    if group == GROUP and state.finished:
        later.draw(runner, state)
    _figures(view)
    story.draw(group)
    _chain(view)
    _table(view)


def _next_step(view: Overview) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        step = view.next_step
        if st.button(escaped(step.label), type="primary", icon=":material/arrow_forward:", key=Widget.NEXT_STEP):
            navigation.open_screen(step.screen)
        st.caption(escaped(f"Next step: {step.why}"))


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
            )
        )
    panels.kpi_row(kpis)


def _chain(view: Overview) -> None:
    now = time.time()
    st.markdown("##### What there is")
    columns = st.columns([8, 1, 8, 1, 8, 1, 8], vertical_alignment="center")
    for place, kind in enumerate(KINDS):
        if place:
            columns[2 * place - 1].markdown(":gray[:material/arrow_forward:]", text_alignment="center")
        with columns[2 * place]:
            _boxes(kind, view.of_kind(kind), now, counts=len(view.resources) > MAX_BOXES)
    st.caption(escaped(view.chain_sentence()))


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
    st.markdown("##### Resources")
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
