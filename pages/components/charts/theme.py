"""One look for every chart: colours by role, fixed heights, no frame.

A chart names a role and the browser paints it: the scale below has one place for each role, and the place's colour is
Streamlit's chartCategoricalColors in .streamlit/config.toml, light or dark. Python never picks a colour, because
Streamlit 1.67 does not rerun the script when a person switches the theme.
"""

from typing import Any

import altair as alt
import pandas as pd

ROLES = ("a", "b", "c", "d", "model", "popularity", "chance", "text", "quiet")
"""Users A to D, our model, popularity, chance, text on the picture, and what stays in the background."""

MAIN_HEIGHT = 420
SMALL_HEIGHT = 220
STRIP_HEIGHT = 110

DASHED = [4, 4]
"""The stroke of chance and of every flat reference line: a second sign beside its colour."""


LOCALE: dict[str, Any] = {
    "number": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", ""], "percent": " %"}
}
"""How Vega writes numbers: a per cent as services.language.phrases.percent does."""


def role_scale() -> alt.Scale:
    """Return the scale from role to colour; it is the same on all charts."""
    return alt.Scale(domain=list(ROLES))


def paint(role: str) -> Any:
    """Return the colour encoding of a whole layer in one role."""
    if role not in ROLES:
        raise ValueError(f'"{role}" is no role; choose one of {", ".join(ROLES)}')
    return alt.ColorDatum(role, type="nominal")


def by_role(column: str) -> Any:
    """Return the colour encoding from a column that holds role names; label the marks, there is no legend."""
    return alt.Color(f"{column}:N", scale=role_scale(), legend=None)


def finish(chart: Any, height: int = MAIN_HEIGHT) -> Any:
    """Return the chart with the shared height, fonts and lines.

    A colour that is a datum cannot bring its scale (altair 6.3), so an invisible layer brings the one of the roles.
    """
    roles = alt.Chart(pd.DataFrame({"role": list(ROLES)})).mark_point(size=0, opacity=0).encode(color=by_role("role"))
    return (
        alt.layer(chart, roles)
        .properties(height=height)
        .configure_view(strokeWidth=0)
        .configure_axis(
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            tickCount=5,
            domain=False,
            labelColor=alt.ExprRef("scale('color', 'text')"),
            titleColor=alt.ExprRef("scale('color', 'text')"),
        )
        .configure_text(fontSize=12)
        .configure_legend(disable=True)
        .configure(locale=LOCALE)
    )
