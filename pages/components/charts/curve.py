"""The learning curve: how often a list holds a right item, while the model learns, against popularity."""

from typing import Any

import altair as alt
import pandas as pd

from pages.components.charts import theme
from services.language.phrases import percent

HEIGHT = theme.SMALL_HEIGHT


def learning_curve(points: pd.DataFrame, baseline: float | None, height: int = theme.SMALL_HEIGHT) -> Any:
    """Draw points [minutes, value] (value 0 to 1) and popularity's value as a flat labelled line."""
    last_minute = float(points["minutes"].max()) if len(points) else 1.0
    highest = max([0.1, baseline or 0.0, *points["value"].tolist()])
    x = alt.X("minutes:Q", title="minutes of training", scale=alt.Scale(domain=[0, max(last_minute, 0.1) * 1.15]))
    y = alt.Y(
        "value:Q",
        title="people with a right item among 25",
        axis=alt.Axis(format="%"),
        scale=alt.Scale(domain=[0, highest * 1.15]),
    )
    tooltip = [
        alt.Tooltip("minutes:Q", format=".2f"),
        alt.Tooltip("value:Q", title="people with a right item among 25", format=".1%"),
    ]
    line = alt.Chart(points).mark_line(strokeWidth=2).encode(x=x, y=y, color=theme.paint("model"))
    dots = (
        alt.Chart(points)
        .mark_point(filled=True, size=40, opacity=1)
        .encode(x=x, y=y, color=theme.paint("model"), tooltip=tooltip)
    )
    end = (
        alt.Chart(points.tail(1))
        .mark_text(align="left", dx=8, fontWeight="bold")
        .encode(x=x, y=y, text=alt.Text("value:Q", format=".0%"), color=theme.paint("model"))
    )
    layers = [line, dots, end]
    if baseline is not None:
        level = pd.DataFrame({"value": [baseline], "minutes": [0.0], "label": [f"bestsellers {percent(baseline)}"]})
        layers.append(alt.Chart(level).mark_rule(strokeWidth=2).encode(y=y, color=theme.paint("popularity")))
        layers.append(
            alt.Chart(level)
            .mark_text(align="left", baseline="bottom", dy=-4, dx=4)
            .encode(x=x, y=y, text="label:N", color=theme.paint("popularity"))
        )
    return theme.finish(alt.layer(*layers), height)


def curve_alt(points: pd.DataFrame, baseline: float | None, recipe: str) -> str:
    """Say what the curve shows."""
    if len(points) == 0:
        return f"{recipe} has not been measured yet."
    value = float(points["value"].iloc[-1])
    against = "" if baseline is None else f"; bestsellers: {percent(baseline)}"
    return f"{recipe}: a right item among 25 for {percent(value)} of the people held out, so far{against}."
