"""Rows that hold several items in one cell, such as a basket or the news that were shown: one row for each of them.

Impressions mark each item, as those of MIND: "N501-1 N502-0" is N501 clicked and N502 only shown. Only what was clicked
is an interaction.
"""

import re

import pandas as pd

from services.sources.cells import has_lists, listed, plain_text

_BETWEEN, _BLANKS = re.compile(r"\s*[,;|]\s*"), re.compile(r"\s+")
_MARK = r"-([01])$"
_SAMPLE = 2_000
_AGREE = 0.5


def one_row_each(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return a row for each item of a cell, with the index of the row that it was in; empty cells give none."""
    items = split(frame[column]).explode()
    if marked(items):
        items = items[items.str.endswith("-1")].str.replace(_MARK, "", regex=True)
    items = items[items.notna() & (items != "")]
    rows: pd.DataFrame = frame.loc[items.index].assign(**{column: items.to_numpy()})
    return rows


def split(column: pd.Series) -> pd.Series:
    """Return the list of items that each cell holds; index unique."""
    if len(held := column.dropna()) and isinstance(held.iloc[0], list | tuple):
        return column
    text = plain_text(column)
    if has_lists(text):
        return text.map(lambda cell: listed(cell) if isinstance(cell, str) else None)
    return text.str.split(_BETWEEN if _has_separators(text) else _BLANKS, regex=True)


def _has_separators(text: pd.Series) -> bool:
    return bool(text.dropna().head(_SAMPLE).str.contains(_BETWEEN).mean() >= _AGREE)


def marked(items: pd.Series) -> bool:
    """Return whether items say if they were clicked: "-1" and "-0" behind them."""
    marks = items.dropna().astype("str").str.extract(_MARK)[0]
    return len(marks) > 0 and bool(marks.notna().all()) and marks.nunique() == 2


def holds_several(column: pd.Series, known: pd.Index | None = None) -> float:
    """Return how well a column's cells read as several items: 0 for not at all, more the better.

    known are the ids that an items file has: at least half of the items must be among them. Without it, commas, bars
    or marks must stand between items, and items must repeat more than the cells do.
    """
    sample = column.dropna().head(_SAMPLE)
    if sample.empty or pd.api.types.is_numeric_dtype(sample.dtype):
        return 0.0
    lists = split(sample).dropna()
    if (lists.map(len) > 1).mean() < _AGREE:
        return 0.0
    items = lists.explode().dropna().astype("str")
    has_marks = marked(items)
    if has_marks:
        items = items.str.replace(_MARK, "", regex=True)
    different = items.nunique()
    if known is not None:
        share = float(items.isin(known).mean())
        if share < _AGREE:
            return 0.0
    elif different >= sample.astype("str").nunique() or not (
        has_marks or has_lists(sample.astype("str")) or _has_separators(sample.astype("str"))
    ):
        return 0.0
    # of two such columns, what was shown differs from row to row and what came before does not
    return 1.0 + has_marks + sample.astype("str").nunique() / len(sample)
