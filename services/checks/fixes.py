"""Fixes for the findings of rules.py: each changes the copy that will be imported, never the user's file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

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
    "keep_common_types": "drop the rows of the rarest event types",
    "drop_duplicates": "drop rows that repeat an earlier one",
    "keep_last": "keep the last record of each id",
}
"""What each fix does, in the order of application: times are converted before rows are dropped by them."""

_DIVISORS = {"ms_to_s": 1_000, "us_to_s": 1_000_000, "ns_to_s": 1_000_000_000}


MAX_DROPPED_SHARE = 0.02
"""Of a data set's rows: a fix that drops more is never chosen by itself."""
_CHANGES = frozenset(("ns_to_s", "us_to_s", "ms_to_s", "remove_nul", "cut_long_text"))
"""Fixes that change values and drop no row."""


def is_harmless(finding: Finding, n_rows: int) -> bool:
    """Return whether a finding's fix may be proposed as chosen: it changes values, or drops few of n_rows rows."""
    return finding.fix in _CHANGES or finding.n_rows <= MAX_DROPPED_SHARE * n_rows


def apply_fixes(data: PreparedData, ids: Iterable[str]) -> PreparedData:
    """Return the data with these fixes applied, and the data of before for undo().

    An id is a fix of FIXES, for all its findings, or the tick of one finding. Raises SampleError for an unknown id.
    """
    requested, before = list(ids), data
    unknown = [fix for fix in requested if fix.split(":")[0] not in FIXES]
    if unknown:
        raise SampleError(f'There is no fix "{unknown[0]}". Choose from {", ".join(FIXES)}.')
    for fix in FIXES:
        # a fix drops rows, so the findings are computed again each time
        while (finding := _next(data, fix, requested)) is not None:
            data = _apply(data, finding)
    return replace(_tidy(data), before=before)


def undo(data: PreparedData) -> PreparedData:
    """Return the data as it was before the last fixes; the data itself where there were none."""
    return data.before or data


@dataclass(frozen=True)
class Preview:
    """What one fix does, alone."""

    rows_before: int
    rows_after: int
    before: pd.DataFrame
    """The first rows that it drops or changes, with their line."""
    after: pd.DataFrame
    """The same rows as they become; no rows where they are dropped."""


def preview(data: PreparedData, tick: str, limit: int = 3) -> Preview | None:
    """Return what the fix of one finding does when it alone is applied; None where nothing needs it any more."""
    finding = next((found for found in findings(data) if found.tick == tick and found.mask is not None), None)
    if finding is None or finding.mask is None:
        return None
    frame = data.frames[finding.dataset_type]
    changed = _apply(data, finding).frames[finding.dataset_type]
    places = finding.mask.nonzero()[0][:limit]
    before = frame.iloc[places]
    dropped = len(changed) != len(frame)
    after = frame.head(0) if dropped else changed.iloc[places]
    lines = places + 2
    return Preview(
        len(frame),
        len(changed),
        before.reset_index(drop=True).assign(line=lines)[["line", *frame.columns]],
        after.reset_index(drop=True).assign(line=lines[: len(after)])[["line", *frame.columns]],
    )


def _next(data: PreparedData, fix: str, requested: list[str]) -> Finding | None:
    if not any(asked.split(":")[0] == fix for asked in requested):
        return None
    found = (finding for finding in findings(data) if finding.fix == fix and finding.mask is not None)
    return next((finding for finding in found if fix in requested or finding.tick in requested), None)


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
