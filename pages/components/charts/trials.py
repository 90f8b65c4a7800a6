"""The trials of a search for the best settings: order against metric, the best one labelled."""

from typing import Any

import altair as alt
import pandas as pd

from pages.components.charts.theme import SMALL_HEIGHT, by_role, finish, paint


def trial_plot(rows: pd.DataFrame, metric: str, n_planned: int = 0, height: int = SMALL_HEIGHT) -> Any:
    """Draw one dot a trial; those that were stopped early are hollow, failed ones leave a gap.

    rows: [trial, role, value, state, settings], role "model" for the best and "quiet" for the others; value may be
    missing. metric is the short name, "NDCG@25"; n_planned leaves room for trials that are still to come.
    """
    measured = rows.dropna(subset=["value"])
    measured = measured.assign(words=[f"{value:.3f}" for value in measured["value"]])
    domain = list(range(1, max(n_planned, *rows["trial"]) + 1))
    x = alt.X("trial:O", title="trial", scale=alt.Scale(domain=domain), axis=alt.Axis(labelAngle=0))
    y = alt.Y("value:Q", title=metric, scale=alt.Scale(zero=False, nice=True), axis=alt.Axis(format=".3f"))
    tooltip = [
        alt.Tooltip("trial:O", title="trial"),
        alt.Tooltip("value:Q", title=metric, format=".4f"),
        alt.Tooltip("state:N", title="state"),
        alt.Tooltip("settings:N", title="settings"),
    ]
    layers = [
        alt.Chart(part)
        .mark_point(filled=filled, size=110, strokeWidth=2, opacity=1)
        .encode(x=x, y=y, color=by_role("role"), tooltip=tooltip)
        for part, filled in (
            (measured[measured["state"] == "done"], True),
            (measured[measured["state"] != "done"], False),
        )
    ]
    best = alt.Chart(measured[measured["role"] == "model"])
    layers.append(best.mark_text(dy=-14, fontWeight="bold").encode(x=x, y=y, text="words:N", color=paint("text")))
    return finish(alt.layer(*layers), height)
