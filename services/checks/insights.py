"""Amazon Personalize's data insights, computed here because AWS has no call for them.

Thresholds: Developer Guide, "Analyzing your data". "stop" is what training refuses, "watch" what AWS warns of.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from services.checks.periods import far_times
from services.checks.rules import MIN_INTERACTIONS, MIN_USERS_WITH_TWO
from services.language.phrases import day, fine_percent, percent, span
from services.library.columns import EVENT_TYPE, ITEM_ID, SEPARATOR, TIMESTAMP, USER_ID
from services.library.prepared import REAL_TIMES, PreparedData

PASS, WATCH, STOP = "pass", "watch", "stop"
RECOMMENDED_INTERACTIONS = 50_000
RECOMMENDED_USERS = 1_000
COMPLETE_SHARE = 0.70
TEXT_COMPLETE_SHARE = 0.85
MAX_CATEGORIES = 30
MAX_EVENT_TYPES = 10
SILENT_SHARE = 0.30
"""AWS names the share of items and users without interactions; from here on we say that it deserves a look."""
OUTLIER_DEVIATIONS = 6.0

Row = tuple[str, str, str, str]


def insights(data: PreparedData) -> pd.DataFrame:
    """Return check, state ("pass", "watch" or "stop"), value and sentence, one row per threshold."""
    rows = [*_volume(data), *_silent(data), *_columns(data), *_events(data)]
    return pd.DataFrame(rows, columns=["check", "state", "value", "sentence"]).astype("str")


def _volume(data: PreparedData) -> Iterator[Row]:
    n = len(data.interactions) - int(data.repeats.sum())
    state = STOP if n < MIN_INTERACTIONS else WATCH if n < RECOMMENDED_INTERACTIONS else PASS
    sentence = f"Training needs {MIN_INTERACTIONS:,}; {RECOMMENDED_INTERACTIONS:,} or more are recommended."
    yield "Interactions", state, f"{n:,}", sentence
    with_two = int((np.bincount(data.coded.user, minlength=1) >= 2).sum())
    state = STOP if with_two < MIN_USERS_WITH_TWO else WATCH if with_two < RECOMMENDED_USERS else PASS
    sentence = f"Training needs {MIN_USERS_WITH_TWO}; {RECOMMENDED_USERS:,} are recommended."
    yield "People with two interactions or more", state, f"{with_two:,}", sentence


def _silent(data: PreparedData) -> Iterator[Row]:
    for frame, key, known, words, why in (
        (
            data.items,
            ITEM_ID,
            data.coded.item_ids,
            "Items without interactions",
            "Only recipes that use metadata can recommend them.",
        ),
        (data.users, USER_ID, data.coded.user_ids, "People without interactions", "They are shown bestsellers."),
    ):
        if frame is not None and len(frame):
            ids = pd.Index(frame[key].dropna().unique())
            share = float((~ids.isin(known)).mean()) if len(ids) else 0.0
            yield words, WATCH if share > SILENT_SHARE else PASS, fine_percent(share), why


def _columns(data: PreparedData) -> Iterator[Row]:
    for dataset_type, frame in data.frames.items():
        for name in frame.columns:
            if name in (USER_ID, ITEM_ID, TIMESTAMP) or not len(frame):
                continue
            yield from _completeness(data, dataset_type, frame[name])
            if pd.api.types.is_numeric_dtype(frame[name].dtype):
                yield from _outliers(dataset_type, frame[name])
            elif name in data.roles.categories or name in data.roles.user_attributes:
                yield from _too_many(dataset_type, frame[name])


def _completeness(data: PreparedData, dataset_type: str, column: pd.Series) -> Iterator[Row]:
    # a rating is there for ratings only, a name for those who gave one: nothing is missing there
    if column.name in ("EVENT_VALUE", data.roles.user_name):
        return
    share = float(column.notna().mean())
    text = '"textual": true' in data.schemas.get(dataset_type, "") and f'"{column.name}"' in data.schemas[dataset_type]
    textual = text and bool(column.dropna().astype("str").str.len().mean() > 60)
    needed = TEXT_COMPLETE_SHARE if textual else COMPLETE_SHARE
    if share < needed:
        sentence = f"The share of rows that have a value. AWS recommends at least {percent(needed)}."
        yield f"{dataset_type}: {column.name} filled in", WATCH, percent(share), sentence


def _outliers(dataset_type: str, column: pd.Series) -> Iterator[Row]:
    numbers = column.dropna().astype(float)
    spread = float(numbers.std()) if len(numbers) > 1 else 0.0
    if spread == 0.0 or str(column.name).endswith("TIMESTAMP"):
        return
    far = int(((numbers - numbers.mean()).abs() > OUTLIER_DEVIATIONS * spread).sum())
    if far:
        sentence = (
            f"{far:,} values lie more than {OUTLIER_DEVIATIONS:.0f} standard deviations from the mean; are they right?"
        )
        yield f"{dataset_type}: {column.name} outliers", WATCH, f"{numbers.abs().max():,.6g}", sentence


def _too_many(dataset_type: str, column: pd.Series) -> Iterator[Row]:
    values = column.dropna().astype("str")
    n = int(values.str.split(SEPARATOR, regex=False).explode().nunique())
    state = WATCH if n > MAX_CATEGORIES else PASS
    sentence = f"Up to {MAX_CATEGORIES} groups say something about each; many small ones say little."
    yield f"{dataset_type}: {column.name} categories", state, f"{n:,}", sentence


def _events(data: PreparedData) -> Iterator[Row]:
    if EVENT_TYPE in data.interactions:
        n = int(data.interactions[EVENT_TYPE].nunique())
        state = STOP if n > MAX_EVENT_TYPES else PASS
        yield "Event types", state, f"{n}", f"Amazon Personalize takes {MAX_EVENT_TYPES} at most."
    times = data.interactions[TIMESTAMP]
    if data.time_kind != REAL_TIMES:
        yield "Different times", WATCH, "none", "No column says when: nothing about days, pauses or news can be told."
    elif len(times) > 1:
        one = times.nunique() == 1
        sentence = (
            "Without different times, the order of events cannot be learned."
            if one
            else "Events have an order in time."
        )
        yield "Different times", STOP if one else PASS, "1" if one else f"{times.nunique():,}", sentence
        yield from _far(data)


def _far(data: PreparedData) -> Iterator[Row]:
    far = far_times(data)
    if far is None:
        yield "Times far from all others", PASS, "0", "A time far from all others is mostly a wrong clock or a gap."
        return
    one = far.n_events == 1
    subject = "1 event" if one else f"Of {far.n_events:,} events the farthest"
    sentence = (
        f"{subject} is of {day(far.example)}, {span(far.gap_s)} from the others. A wrong clock, or an empty cell? "
        f"Charts leave {'it' if one else 'them'} out."
    )
    yield "Times far from all others", WATCH, f"{far.n_events:,}", sentence
