"""Rows of HTML in place of a picture that a phone has no room for: a name, its value in words, and a bar below."""

import math
from html import escape

import pandas as pd

STYLE = """<style>
.pe-rows.pe-rows { list-style: none; margin: 0; padding: 0; font-size: 0.95rem; }
.pe-rows.pe-rows li { display: grid; grid-template-columns: minmax(0, 1fr) auto; column-gap: 0.8em; margin: 0;
  padding: 0.3em 0; border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
.pe-rows .pe-said { font-weight: 600; text-align: right; font-variant-numeric: tabular-nums; }
.pe-rows .pe-below { grid-column: 1 / -1; opacity: 0.75; font-size: 0.9em; }
.pe-rows .pe-bar { grid-column: 1 / -1; height: 6px; border-radius: 3px; margin-top: 0.2em;
  background: color-mix(in srgb, currentColor 12%, transparent); }
.pe-rows .pe-bar > span { display: block; height: 100%; border-radius: 3px; background: light-dark(#0072b2, #56b4e9); }
</style>"""
"""The bar has the blue of role "a" in .streamlit/config.toml."""


def rows_html(rows: pd.DataFrame, alt: str) -> str:
    """Return the rows of [name, said] and, where they are there, [share, below].

    share is the bar's part of the width, none where it is missing; below are words under the row, "" for none; alt says
    for screen readers what the list is.
    """
    rows = rows.reindex(columns=["name", "said", "share", "below"])
    lines = "".join(_row(*row) for row in rows.itertuples(index=False))
    return f'{STYLE}<ul class="pe-rows" aria-label="{escape(alt)}">{lines}</ul>'


def _row(name: str, said: str, share: float, below: object) -> str:
    bar = ""
    if not math.isnan(share):
        bar = f'<div class="pe-bar"><span style="width: {100 * min(1.0, max(0.0, share)):.1f}%"></span></div>'
    under = f'<span class="pe-below">{escape(below)}</span>' if isinstance(below, str) and below else ""
    return f'<li><span>{escape(name)}</span><span class="pe-said">{escape(said)}</span>{bar}{under}</li>'
