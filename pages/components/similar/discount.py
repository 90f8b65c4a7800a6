"""What the popularity discount does to an item's neighbours, by the formula, and the model that another value needs."""

import itertools
from dataclasses import replace

import pandas as pd
import streamlit as st

from pages.components import changing, missing, panels, process
from pages.components.charts.rows import rows_html
from pages.components.charts.slope import slope
from pages.components.charts.theme import MAIN_HEIGHT
from pages.components.keys import Widget
from pages.components.markdown import escaped
from pages.components.similar.controls import RECIPE, Chosen
from services.language.phrases import cut
from services.money.sentences import before_deploying, before_training
from services.personalize import datasets, training
from services.screens.similar import sentences
from services.screens.similar.discount import DiscountView, discount_view
from services.screens.similar.formula import SimsSettings

NAME = 18
MAX_RANKS = 10
"""Ranks on the picture."""
OUTSIDE = "not among them"


def view_of(chosen: Chosen) -> DiscountView | None:
    """Return the seed item's neighbours under several discounts, None for an item outside the loaded data."""
    ids = chosen.opened.catalog.ids
    if chosen.item_id not in chosen.opened.catalog:
        return None
    row = list(ids).index(chosen.item_id)
    return discount_view(chosen.together.formula, ids, row, chosen.settings.discount, chosen.discount, MAX_RANKS)


def draw(chosen: Chosen, view: DiscountView | None) -> None:
    """Draw the ranks at 0, the deployed value, the slider's and 1."""
    words, label = chosen.opened.data.words, chosen.opened.catalog.label(chosen.item_id)
    st.markdown(f"**Discount: ranks beside {escaped(cut(label, 28))}, by the formula**")
    if view is None:
        st.caption(escaped(f"{label} is not in the loaded data."))
        return
    st.caption(escaped(f"{sentences.discount_sentence(view, words)} Computed from the loaded data."))
    if not view.deepest:
        return
    points = view.points(chosen.opened.catalog)
    columns = [view.column(discount) for discount in view.lists]
    outside = OUTSIDE if points["rank"].isna().any() else None
    lines, ends = segments(points, columns), names(points, columns)
    alt = sentences.discount_alt(view, label, words)
    with panels.wide(Widget.DISCOUNT_SLOPE):
        picture = slope(lines, ends, columns, view.deepest, below=outside, room=1.2, height=MAIN_HEIGHT)
        panels.show(picture, alt, key=Widget.DISCOUNT_SLOPE)
    with panels.narrow(Widget.DISCOUNT_SLOPE):
        st.html(rows_html(rank_rows(points, columns), alt))


def segments(points: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the lines of the slope chart: coloured where an item stays or moves, grey where it enters or leaves."""
    ranks: dict[tuple[str, str], dict[str, float]] = {}
    for item_id, label, column, rank in points.itertuples(index=False):
        ranks.setdefault((item_id, label), {})[column] = rank
    rows = [
        (
            label,
            f"{_rank(own[left])} → {_rank(own[right])}",
            left,
            right,
            own[left],
            own[right],
            _role(own[left], own[right]),
        )
        for left, right in itertools.pairwise(columns)
        for (_, label), own in ranks.items()
        if not (pd.isna(own[left]) and pd.isna(own[right]))
    ]
    return pd.DataFrame(rows, columns=["item", "words", "left", "right", "left_rank", "right_rank", "role"])


def rank_rows(points: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return every item with its rank in each column, for a window without room for the picture: [name, said]."""
    ranks = points.pivot(index="label", columns="column", values="rank")[columns].sort_values(columns)
    said = [" → ".join("–" if pd.isna(rank) else f"{rank:.0f}" for rank in row) for row in ranks.to_numpy()]
    return pd.DataFrame({"name": list(ranks.index), "said": said})


def names(points: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the names at both ends."""
    ends = points[points["column"].isin([columns[0], columns[-1]]) & points["rank"].notna()]
    return ends.assign(item=ends["label"], words=[cut(label, NAME) for label in ends["label"]])


def _role(left: float, right: float) -> str:
    return "quiet" if pd.isna(left) or pd.isna(right) else "model"


def _rank(value: float) -> str:
    return OUTSIDE if pd.isna(value) else f"{value:.0f}"


def other_model(chosen: Chosen, view: DiscountView | None) -> None:
    """Where the slider is not at the deployed value, explain that it needs another model, and offer to train it."""
    sentence = "" if view is None else sentences.other_model(view, chosen.opened.data.words)
    if view is None or not sentence:
        return
    with panels.empty(sentence, detail=costs(), key=Widget.OTHER_MODEL):
        changing.button(
            f"Train and deploy with {view.chosen:g}",
            icon=":material/play_arrow:",
            key=Widget.TRAIN_DISCOUNT,
            on_click=_train,
            args=(chosen.group, replace(chosen.settings, discount=view.chosen), f"d{100 * view.chosen:.0f}"),
            help="A campaign of its own beside the present one; choose it under More.",
        )


def costs() -> str:
    """Return what another model beside the present one costs; "" where nothing costs."""
    backend = process.backend()
    return f"{before_training(backend, RECIPE)} {before_deploying(backend, RECIPE)}".strip()


def lift(group: str, settings: SimsSettings) -> None:
    """Train with every item in the lists and the campaign's other settings, for a campaign of its own."""
    _train(group, replace(settings, items=(0.0, 1.0)), "every-item")


def _train(group: str, settings: SimsSettings, suffix: str) -> None:
    """Train with these settings and deploy the version when it is ready; AWS's defaults are not sent."""
    with panels.toast_errors():
        view = datasets.find_group(process.backend(), group)
        if view is None:
            return
        arn = training.train_next(
            process.backend(),
            view,
            RECIPE,
            event_type=settings.event_type,
            hyperparameters=settings.changed(),
        )
        name = training.free_name(process.backend(), f"{training.default_name(group, RECIPE)}-{suffix}")
        missing.deploy_when_ready(arn, name)
