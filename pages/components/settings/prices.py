"""Whose prices count in every sentence about costs: the choice of a region, and own prices with date and source."""

from datetime import date

import streamlit as st

from pages.components import changing, panels, process
from pages.components.keys import Widget
from pages.components.markdown import escaped
from services.backend import regions
from services.language.phrases import capital
from services.money import price_lists, sentences
from services.money.price_lists import LABELS, KeptPrices, PriceList, as_values, table_list
from services.screens.settings.where import Where

STEP_LABELS = ("1,000 requests, to 72 million", "1,000 requests, to 720 million", "1,000 requests, beyond")


def choose(where: Where) -> None:
    """Draw the choice of the region whose prices count."""
    home = process.backend().home
    kept = price_lists.kept_prices(home)
    if kept.problem:
        st.error(escaped(kept.problem), icon=":material/error:")
    options = sentences.choices(regions(), kept, where.region)
    if not changing.allowed("Choosing prices"):
        return
    st.selectbox(
        "Prices of",
        list(options),
        index=list(options).index(kept.chosen),
        format_func=options.__getitem__,
        key=f"{Widget.SETTINGS_PRICES_OF}_{kept.chosen}_{len(options)}",
        on_change=_choose,
        args=(f"{Widget.SETTINGS_PRICES_OF}_{kept.chosen}_{len(options)}",),
    )


def _choose(key: str) -> None:
    with panels.toast_errors():
        price_lists.choose(process.backend().home, st.session_state[key])


def own(where: Where) -> None:
    """Draw the form of own prices, begun with what counts in its region now."""
    if not changing.allowed("Own prices"):
        return
    kept = price_lists.kept_prices(process.backend().home)
    with st.expander("Own prices", icon=":material/edit:"):
        st.caption("In US dollars, from AWS's page or your contract; they count instead of ours.")
        known = regions()
        region = str(
            st.selectbox(
                "Region",
                known,
                index=known.index(where.region) if where.region in known else 0,
                key=Widget.SETTINGS_OWN_REGION,
            )
        )
        _form(region, kept)
        if region in kept.own:
            forget = changing.button("Remove own prices", key=f"{Widget.SETTINGS_OWN_FORGET}_{region}")
            if forget:
                with panels.toast_errors():
                    price_lists.forget(process.backend().home, region)
                    st.rerun()


def _form(region: str, kept: KeptPrices) -> None:
    present: PriceList = kept.own.get(region) or table_list(region)
    values = as_values(present.prices)
    with st.form(f"{Widget.SETTINGS_OWN_KEEP}_{region}", border=False):
        columns = st.columns(2)
        for number, (name, label) in enumerate(LABELS.items()):
            with columns[number % 2]:
                if name == "per_1000_requests":
                    steps = zip(STEP_LABELS, values[name], strict=True)
                    values[name] = [_price(f"{name}_{i}", words, v, region) for i, (words, v) in enumerate(steps)]
                else:
                    values[name] = _price(name, label, values[name], region)
        as_of = st.date_input("Read on", "today", max_value="today", key=f"{Widget.SETTINGS_OWN_DATE}_{region}")
        source = st.text_input(
            "Source",
            present.source if present.is_own else "",
            max_chars=price_lists.MAX_SOURCE,
            placeholder="aws.amazon.com/personalize/pricing",
            key=f"{Widget.SETTINGS_OWN_SOURCE}_{region}",
        )
        pressed = st.form_submit_button("Keep these prices", type="primary")
    if pressed:
        with panels.toast_errors():
            day = as_of if isinstance(as_of, date) else date.today()
            price_lists.keep(process.backend().home, region, values, day, source)
            st.rerun()


def _price(name: str, label: str, value: float, region: str) -> float | None:
    key = f"{Widget.SETTINGS_OWN_PRICE}_{name}_{region}"
    return st.number_input(capital(label), value=float(value), min_value=0.0, format="%0.4g", step=0.001, key=key)
