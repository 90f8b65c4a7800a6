"""Fixes for the findings of rules.py: each changes the copy that will be imported, never the user's file."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from services.checks.column_rules import MAX_TEXT_LENGTH
from services.checks.finding import Finding
from services.checks.rules import findings
from services.errors import SampleError
from services.library.columns import CREATION_TIMESTAMP, ITEM_ID, TIMESTAMP, USER_ID
from services.library.prepared import PreparedData

FIXES: Mapping[str, str] = {
    "ns_to_s": "read nanoseconds as seconds",
    "us_to_s": "read microseconds as seconds",
    "ms_to_s": "read milliseconds as seconds",
    "remove_nul": "remove NUL characters",
    "drop_header_lines": "drop header lines within the data",
    "drop_empty": "drop rows whose required cells are empty",
    "drop_not_numbers": "drop rows whose numbers cannot be read",
    "drop_odd_times": "drop rows from the future or before 1973",
    "drop_long_ids": "drop rows whose ids are too long",
    "cut_long_text": "cut texts that are too long",
    "drop_duplicates": "drop rows that repeat an earlier one",
    "keep_last": "keep the last record of each id",
}
"""What each fix does, in the order of application: times are converted before rows are dropped by them."""

_DIVISORS = {"ms_to_s": 1_000, "us_to_s": 1_000_000, "ns_to_s": 1_000_000_000}


def apply_fixes(data: PreparedData, ids: Iterable[str]) -> PreparedData:
    """Return the data with these fixes applied; raises SampleError for an unknown id."""
    requested = list(ids)
    unknown = [fix for fix in requested if fix not in FIXES]
    if unknown:
        raise SampleError(f'There is no fix "{unknown[0]}". Choose from {", ".join(FIXES)}.')
    for fix in FIXES:
        # a fix drops rows, so the findings are computed again each time
        while fix in requested and (finding := _next(data, fix)) is not None:
            data = _apply(data, finding)
    return _tidy(data)


def _next(data: PreparedData, fix: str) -> Finding | None:
    return next((finding for finding in findings(data) if finding.fix == fix and finding.mask is not None), None)


def _apply(data: PreparedData, finding: Finding) -> PreparedData:
    frame, mask = data.frames[finding.dataset_type], finding.mask
    assert mask is not None
    if finding.fix in _DIVISORS:
        changed = frame.copy()
        numbers = pd.to_numeric(frame[finding.column], errors="coerce").astype("Int64")
        changed[finding.column] = numbers.where(~mask, numbers // _DIVISORS[finding.fix])
    elif finding.fix == "remove_nul":
        changed = frame.copy()
        texts = frame[finding.column].str.replace("\0", "", regex=False)
        changed[finding.column] = texts.where(texts != "", None)
    elif finding.fix == "cut_long_text":
        changed = frame.copy()
        changed[finding.column] = frame[finding.column].where(
            ~mask, frame[finding.column].str.slice(0, MAX_TEXT_LENGTH)
        )
    else:
        changed = frame[~mask].reset_index(drop=True)
    data = data.with_frame(finding.dataset_type, changed)
    if finding.fix == "drop_empty" and data.unreadable is not None:
        fixed = (data.unreadable["dataset_type"] == finding.dataset_type) & (
            data.unreadable["column"] == finding.column
        )
        data = replace(data, unreadable=data.unreadable[~fixed])
    return data


def _tidy(data: PreparedData) -> PreparedData:
    """Convert times and ids back to the types of canonical frames where all values allow it."""
    for dataset_type, frame in data.frames.items():
        changes: dict[str, pd.Series] = {}
        for name in frame.columns.intersection([TIMESTAMP, CREATION_TIMESTAMP]):
            numbers = pd.to_numeric(frame[name], errors="coerce")
            if numbers.isna().equals(frame[name].isna()):
                times = numbers.astype("Int64")
                changes[name] = times if times.isna().any() else times.astype(np.int64)
        for name in frame.columns.intersection([USER_ID, ITEM_ID]):
            changes[name] = frame[name].astype("str")
        data = data.with_frame(dataset_type, frame.assign(**changes))
    return data
