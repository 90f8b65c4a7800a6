"""The list of Live events as rows that move: each comes from the place that it had before the last event.

Rows are HTML, drawn once for each list; a style of a row's own says how many places it comes from, and the browser
moves it. Who prefers reduced motion sees the rows where they are.
"""

import math
from html import escape

import pandas as pd

ROW = 30
"""Pixels of a row."""
STYLE = f"""<style>
.pe-list.pe-list {{ list-style: none; margin: 0; padding: 0; font-size: 0.95rem; }}
.pe-list.pe-list li {{ display: grid; grid-template-columns: 1.8em minmax(0, 1fr) auto 4.2em; gap: 0.6em;
  align-items: center; height: {ROW}px; margin: 0; padding: 0 0.6em;
  border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent);
  animation: pe-move 0.55s cubic-bezier(0.2, 0.8, 0.2, 1); }}
.pe-list li.pe-new {{ animation-name: pe-come; }}
.pe-list li.pe-theirs {{ background: color-mix(in srgb, currentColor 8%, transparent); }}
.pe-list .pe-title {{ overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }}
.pe-list .pe-rank, .pe-list .pe-mark {{ opacity: 0.75; text-align: right; font-variant-numeric: tabular-nums; }}
.pe-list .pe-badge {{ border: 1px solid color-mix(in srgb, currentColor 40%, transparent); border-radius: 6px;
  padding: 0 0.4em; font-size: 0.85em; }}
@keyframes pe-move {{ from {{ transform: translateY(var(--pe-from, 0)); }} }}
@keyframes pe-come {{ from {{ opacity: 0; transform: translateX(2em); }} }}
@media (prefers-reduced-motion: reduce) {{ .pe-list li {{ animation: none; }} }}
</style>"""


def rows_html(frame: pd.DataFrame, badge: str, alt: str) -> str:
    """Return the rows of figures.list_frame() with rise, the places that a row has gained (missing for a new one).

    badge marks the rows that are in the other list; alt is the list in words, for screen readers.
    """
    columns = (frame[name].tolist() for name in ("label", "mark", "rise", "theirs"))
    rows = "".join(
        _row(place, label, mark, None if math.isnan(rise) else int(rise), badge if theirs else "")
        for place, (label, mark, rise, theirs) in enumerate(zip(*columns, strict=True), 1)
    )
    return f'{STYLE}<ol class="pe-list" aria-label="{escape(alt)}">{rows}</ol>'


def _row(place: int, label: str, mark: str, rise: int | None, badge: str) -> str:
    names = " ".join(name for name, there in (("pe-new", rise is None), ("pe-theirs", bool(badge))) if there)
    marked = f'<span class="pe-badge">{escape(badge)}</span>' if badge else "<span></span>"
    return (
        f'<li class="{names}" style="--pe-from: {(rise or 0) * ROW}px"><span class="pe-rank">{place}</span>'
        f'<span class="pe-title" title="{escape(label)}">{escape(label)}</span>{marked}'
        f'<span class="pe-mark">{escape(mark)}</span></li>'
    )
