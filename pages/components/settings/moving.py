"""Moving a data set group to the account and back: what to take along, the plan, the confirmation, how far it is."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from pages.components import changing, panels, process
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from services.errors import PlainError
from services.money.price_lists import price_list
from services.money.sentences import before_going_on
from services.moving import sentences
from services.moving.contents import Contents
from services.moving.differences import Target
from services.moving.memory import TO_AWS, TO_HERE, Request
from services.moving.parcel import parcel, script_name, template_name
from services.moving.plan import Choice, MovingPlan, planned
from services.moving.runner import CONFIRMATION, MoveState, MovingRunner
from services.moving.script import script
from services.moving.template import template
from services.personalize.datasets import group_names
from services.progress import StepState
from services.screens.settings.where import Where

DIRECTIONS = {TO_AWS: "From this machine to AWS", TO_HERE: "From AWS to this machine"}
KINDS = {"solution": "Train", "campaign": "Deploy", "recommender": "Recommender"}


def draw(where: Where) -> None:
    """Draw how far a move is, else what can be moved."""
    with st.container(border=True, gap="small"):
        st.markdown("**Move a data set group**")
        if not changing.allowed("Moving"):
            return
        runner = process.moving()
        state = runner.state()
        if state is not None and state.active:
            panels.auto_refresh(True, lambda: _running(runner), key=Widget.MOVE_PROGRESS)
            return
        if state is not None:
            _ended(runner, state, where)
        _choose(runner, where)


def _running(runner: MovingRunner) -> bool:
    state = runner.state()
    if state is None:
        return False
    _progress(state)
    st.button("Stop", icon=":material/stop_circle:", key=Widget.MOVE_STOP, on_click=runner.cancel)
    return state.active


def _progress(state: MoveState) -> None:
    kept = state.kept
    words = sentences.state(
        state.n_done,
        len(kept.steps),
        kept.request.name,
        active=state.active,
        failed=bool(kept.failure),
        wanted=kept.wanted,
    )
    st.markdown(escaped(words))
    if state.active:
        st.progress(state.n_done / max(1, len(kept.steps)))
        panels.step_list([step for step in kept.steps if step.state != StepState.WAITING])


def _ended(runner: MovingRunner, state: MoveState, where: Where) -> None:
    """Draw the newest move, which runs no longer."""
    _progress(state)
    failed = [step for step in state.kept.steps if step.state == StepState.FAILED]
    if state.kept.failure:
        with panels.failed(state.kept.failure, title=f"{failed[0].label} failed" if failed else "The move failed"):
            pass
    noted = [step for step in state.kept.steps if step.note.startswith("tracking ID")]
    for step in noted:
        st.markdown(escaped(f"{step.label}: {step.note}."))
    if not state.ended and where.is_aws:
        changing.costs(before_going_on(process.backend()))
    if not state.ended and where.is_aws and changing.button("Go on", type="primary", key=Widget.MOVE_AGAIN):
        _start(runner, state.kept.request)


def _start(runner: MovingRunner, request: Request) -> None:
    with panels.toast_errors():
        runner.start(request)
        st.session_state.pop(Key.SETTINGS_PLAN, None)
        st.rerun()


def _choose(runner: MovingRunner, where: Where) -> None:
    """Draw what to move, and the plan once it was asked for."""
    if not where.is_aws:
        st.caption("Ask AWS above to move something there. Its plan can be seen and taken along without.")
    direction = TO_AWS
    if where.is_aws:
        ways = list(DIRECTIONS.values())
        shown = st.segmented_control("Direction", ways, default=ways[0], key=Widget.MOVE_DIRECTION, required=True)
        direction = TO_HERE if shown == DIRECTIONS[TO_HERE] else TO_AWS
    try:
        source = runner.sides(direction)[0]
        names = group_names(source)
        if not names:
            st.caption("There is no data set group to move.")
            return
        which, renamed = st.columns(2)
        with which:
            group = str(st.selectbox("Data set group", names, key=f"{Widget.MOVE_GROUP}_{direction}"))
        with renamed:
            name = st.text_input("Its name there", group, key=f"{Widget.MOVE_NAME}_{group}").strip()
        found = runner.found(direction, group)
        choice = _taken_along(found)
        _plan(runner, where, Request(direction, group, name or group, choice), found)
    except PlainError as error:
        st.error(escaped(str(error)), icon=":material/error:")


def _taken_along(found: Contents) -> Choice:
    """Draw which solutions, campaigns and recommenders go too: none unless chosen, because they cost."""
    parts: Mapping[str, Any] = {
        "solution": found.solutions,
        "campaign": found.campaigns,
        "recommender": found.recommenders,
    }
    options = {
        f"{KINDS[kind]} {entry['name']}": (kind, entry["name"]) for kind, all_ in parts.items() for entry in all_
    }
    if not options:
        return Choice()
    chosen = st.multiselect(
        "Besides data, event trackers and filters",
        list(options),
        key=f"{Widget.MOVE_CHOICE}_{found.name}",
        placeholder="Nothing: trainings and campaigns cost",
    )
    taken = [options[label] for label in chosen]
    return Choice(*(tuple(name for kind, name in taken if kind == wanted) for wanted in parts))


def _plan(runner: MovingRunner, where: Where, request: Request, found: Contents) -> None:
    """Draw the button that plans; the plan, what to take along, and the confirmation after it."""
    if st.button("Show the plan", icon=":material/list_alt:", key=Widget.MOVE_PLAN):
        st.session_state[Key.SETTINGS_PLAN] = request
    if st.session_state.get(Key.SETTINGS_PLAN) != request:
        return
    if where.is_aws:
        plan = runner.plan(request, found)
    else:
        target = Target(is_aws=True, region=where.region, priced=price_list(process.backend()))
        plan = planned(found, target, request.choice, request.name)
    st.markdown(escaped(sentences.headline(plan)))
    if runner.is_again(request):
        st.caption(escaped(sentences.again(request.name)))
    rows = [
        {"Step": sentences.label(step), "Cost": sentences.cost(step), "What differs there": step.differs}
        for step in plan.steps
    ]
    panels.table(
        pd.DataFrame(rows),
        alt="The steps of the plan",
        key=Widget.MOVE_TABLE,
        height="content",
        column_config={"Cost": st.column_config.Column(width=150), "What differs there": {"width": "large"}},
    )
    st.caption(escaped(sentences.left(plan)))
    if plan.target.is_aws:
        st.caption(escaped(sentences.prices(plan)))
        _downloads(runner, plan, found)
    if where.is_aws:
        _confirm(runner, request)


def _downloads(runner: MovingRunner, plan: MovingPlan, found: Contents) -> None:
    """Draw the plan as files: a program, a template, and both with the data."""
    with st.container(horizontal=True):
        program, yaml = script_name(plan), template_name(plan)
        options: dict[str, Any] = {"icon": ":material/download:", "on_click": "ignore"}
        st.download_button("boto3 program", script(plan, program), program, key=Widget.MOVE_SCRIPT, **options)
        st.download_button("CloudFormation template", template(plan), yaml, key=Widget.MOVE_TEMPLATE, **options)
        st.download_button(
            "Both with the data",
            lambda: parcel(runner.sides(TO_AWS)[0], found, plan),
            f"{plan.name}.zip",
            key=Widget.MOVE_PARCEL,
            **options,
        )


def _confirm(runner: MovingRunner, request: Request) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if changing.confirmed(CONFIRMATION, "Move", typed_key=Widget.MOVE_TYPED, key=Widget.MOVE):
            _start(runner, request)
