"""The picture that Home shows before there is data: what watching one person's evenings does to another's list."""

from typing import Any

import altair as alt
import pandas as pd

from pages.components.charts import theme

ALT = "Example: the more of Ben's evenings Nora has, the more of Ben's films are in her list; the bestsellers stay."
_EVENTS = (0, 1, 2, 3, 5, 8, 12, 16, 20)
_SHARED = (1, 3, 5, 7, 9, 12, 14, 16, 17)


def overlap_example() -> Any:
    """Draw made-up figures; the caption beside it says that they are an example."""
    model = pd.DataFrame({"events": _EVENTS, "shared": _SHARED})
    popularity = pd.DataFrame({"events": [0, 20], "shared": [2, 2]})
    x = alt.X("events:Q", title="of Ben's events sent to Nora", scale=alt.Scale(domain=[0, 23]))
    y = alt.Y("shared:Q", title="Ben's films among her 25", scale=alt.Scale(domain=[0, 25]))
    layers = [
        alt.Chart(model).mark_line(strokeWidth=2).encode(x=x, y=y, color=theme.paint("model")),
        alt.Chart(model).mark_point(filled=True, size=40, opacity=1).encode(x=x, y=y, color=theme.paint("model")),
        _label(model.tail(1), "personal list", "model", x, y),
        alt.Chart(popularity)
        .mark_line(strokeWidth=2, strokeDash=theme.DASHED)
        .encode(x=x, y=y, color=theme.paint("popularity")),
        _label(popularity.tail(1), "bestsellers", "popularity", x, y),
    ]
    return theme.finish(alt.layer(*layers), theme.SMALL_HEIGHT)


def _label(point: pd.DataFrame, words: str, role: str, x: Any, y: Any) -> Any:
    text = alt.Chart(point.assign(words=words)).mark_text(align="left", dx=8, fontWeight="bold")
    return text.encode(x=x, y=y, text="words:N", color=theme.paint(role))
