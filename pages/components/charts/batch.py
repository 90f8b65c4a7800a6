"""The picture of Batch: which items stand in most lists, beside popularity."""

from typing import Any

import altair as alt
import pandas as pd

from pages.components.charts.theme import finish, paint
from services.language.phrases import fine_percent

ROW_HEIGHT = 18
AXIS_HEIGHT = 34


def frequent_items(rows: pd.DataFrame) -> Any:
    """Draw the share of lists that hold each item (bar), and the share with popularity (hollow square, where any).

    rows: [label, share, popular_share], the most frequent first, labels all different; popular_share may be missing.
    """
    rows = rows.assign(words=[fine_percent(share) for share in rows["share"]])
    names = alt.Axis(labelLimit=280, labelPadding=8, labelOverlap=False, labelFlush=False, grid=False)
    y = alt.Y("label:N", sort=list(rows["label"]), title=None, axis=names)
    tooltip = [
        alt.Tooltip("label:N", title="title"),
        alt.Tooltip("share:Q", title="of the lists", format=".1%"),
        alt.Tooltip("popular_share:Q", title="if everybody got bestsellers", format=".1%"),
    ]
    base = alt.Chart(rows).encode(y=y, tooltip=tooltip)
    axis = alt.Axis(format=".0%", tickCount=5)
    x = alt.X("share:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=axis)
    layers = [
        base.mark_bar(opacity=0.85).encode(x=x, color=paint("model")),
        base.mark_text(align="left", dx=14).encode(x=x, text="words:N", color=paint("text")),
    ]
    known = rows[rows["popular_share"] > 0]
    if len(known):
        squares = alt.Chart(known).encode(y=y, tooltip=tooltip, color=paint("popularity"))
        point = alt.X("popular_share:Q", title=None)
        layers.append(
            squares.mark_point(shape="square", filled=False, size=70, strokeWidth=2, opacity=1).encode(x=point)
        )
    return finish(alt.layer(*layers), frequent_height(len(rows)))


def frequent_height(n_rows: int) -> int:
    """Return the height of the picture in pixels."""
    return AXIS_HEIGHT + ROW_HEIGHT * n_rows
