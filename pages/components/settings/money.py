"""What is billed now and in a month, what of it nobody asks, and the button that stops everything."""

import pandas as pd
import streamlit as st

from pages.components import changing, panels, process
from pages.components.keys import Key, Widget
from pages.components.markdown import escaped
from pages.components.settings import prices
from services.errors import PlainError
from services.money import sentences as words
from services.money import stopping
from services.money.bill import Bill, bill
from services.money.price_lists import price_list
from services.screens.settings import sentences
from services.screens.settings.where import Where

KINDS = {"campaign": "Campaign", "recommender": "Recommender", "automatic training": "Trains by itself"}
USE = {True: "idle", False: "in use"}


def draw(where: Where) -> None:
    """Draw the figures, the running resources and "stop all"; at AWS after a button, because it asks a lot."""
    with st.container(border=True, gap="small"):
        st.markdown("**Costs**")
        prices.choose(where)
        costs = _costs(where)
        if costs is None:
            prices.own(where)
            return
        st.markdown(escaped(words.headline(costs, is_aws=where.is_aws)))
        _figures(costs)
        if costs.running:
            panels.table(_frame(costs), alt="What runs and costs", key=Widget.SETTINGS_RUNNING)
        st.caption(escaped(words.about_the_prices(costs.priced, where.region)))
        prices.own(where)
        if where.is_aws:
            _stop_all(costs)


def _costs(where: Where) -> Bill | None:
    costs: Bill | None = st.session_state.get(Key.SETTINGS_BILL) if where.is_aws else None
    if where.is_aws:
        if costs is None:
            st.caption("Asks AWS for every campaign, recommender and training; some dozens of requests.")
        pressed = st.button("Count", icon=":material/payments:", key=Widget.SETTINGS_READ_BILL)
        if not pressed and (costs is None or costs.priced == price_list(process.backend())):
            return costs
    try:
        costs = bill(process.backend())
    except PlainError as error:
        st.error(escaped(str(error)), icon=":material/error:")
        return None
    st.session_state[Key.SETTINGS_BILL] = costs
    return costs


def _figures(costs: Bill) -> None:
    stored = "unknown" if costs.stored_bytes is None else f"{costs.stored_bytes / 1e9:,.2f} GB"
    panels.kpi_row(
        [
            panels.Kpi("A month", words.usd(costs.usd_per_month), help="Of 30 days, if everything stays as it is."),
            panels.Kpi("An hour", words.usd(costs.usd_per_hour)),
            panels.Kpi(
                "Training so far", words.usd(costs.training_usd), below=f"{costs.training_hours:,.2f} training hours"
            ),
            panels.Kpi("Stored", stored, help="In the bucket of uploads."),
        ]
    )


def _frame(costs: Bill) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "What": KINDS[entry.kind],
                "Name": entry.name,
                "Data set group": entry.group_arn.rpartition("/")[2],
                "Reserved per second": entry.reserved_per_second or None,
                "Use": "" if entry.used_per_second is None else USE[entry.idle],
                "A month": "not in the table" if entry.usd_per_month is None else words.usd(entry.usd_per_month),
            }
            for entry in costs.running
        ]
    )


def _stop_all(costs: Bill) -> None:
    if not changing.allowed("Stop all"):
        return
    with st.expander("Stop all", icon=":material/stop_circle:"):
        try:
            plan = stopping.stop_plan(process.backend(), costs)
        except PlainError as error:
            st.error(escaped(str(error)), icon=":material/error:")
            return
        st.markdown(escaped(sentences.to_be_stopped(plan)))
        if not plan:
            return
        rows = [{"What": entry.kind, "Name": entry.name} for entry in plan]
        panels.table(pd.DataFrame(rows), alt="What would be stopped", key=Widget.SETTINGS_STOPS)
        if changing.confirmed(
            stopping.CONFIRMATION, "Stop all", typed_key=Widget.SETTINGS_STOP_TYPED, key=Widget.SETTINGS_STOP
        ):
            with panels.toast_errors():
                n = stopping.stop_all(process.backend(), plan)
                st.toast(f"{n} of {len(plan)} stopped.", icon=":material/check_circle:")
            st.session_state.pop(Key.SETTINGS_BILL, None)
            st.rerun()
