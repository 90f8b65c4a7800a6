"""Rows that the user corrected by hand, put back into the data that will be imported."""

from dataclasses import replace

import pandas as pd

from services.library.prepared import PreparedData

FIRST_LINE = 2
"""The line of a file's first row: the header is line 1."""


def with_rows(data: PreparedData, dataset_type: str, rows: pd.DataFrame) -> PreparedData:
    """Return the data with these rows of one data set in place of its own.

    rows: [line, ...columns], lines counted as in the CSV file that will be imported. A value that does not fit its
    column's type turns the column into text, so that the next check can name it.
    """
    frame = data.frames[dataset_type].copy()
    labels = frame.index[rows["line"].to_numpy() - FIRST_LINE]
    for column in rows.columns.drop("line"):
        values = rows[column].to_numpy()
        try:
            frame.loc[labels, column] = values
        except (TypeError, ValueError):
            frame[column] = frame[column].astype("string")
            frame.loc[labels, column] = [None if pd.isna(value) else str(value) for value in values]
    return replace(data.with_frame(dataset_type, frame), before=data)
