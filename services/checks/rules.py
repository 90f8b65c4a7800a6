"""The rules of Amazon Personalize, checked on canonical frames before anything is uploaded: all findings, and the rules
about whole tables.

Each finding has a severity ("stop": the import would fail; "warn": worth a look), the rows that break the rule, and the
fix of services/checks/fixes.py, if any.
"""

import json
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from services.checks.column_rules import column_findings
from services.checks.finding import STOP, WARN, Finding, first_value
from services.language.phrases import counted
from services.library.columns import EVENT_TYPE, ITEM_ID, TIMESTAMP, USER_ID
from services.library.prepared import FILE_ORDER, REAL_TIMES, PreparedData
from services.library.schemas import REQUIRED

MIN_INTERACTIONS = 1_000
MIN_USERS_WITH_TWO = 25
MAX_EVENT_TYPES_AND_COLUMNS = 10
_NOT_COUNTED = ("IMPRESSION", "RECOMMENDATION_ID")


def findings(data: PreparedData) -> list[Finding]:
    """Return every broken rule, those that stop the import first."""
    broken: list[Finding] = []
    for dataset_type, frame in data.frames.items():
        fields = {field["name"]: field for field in json.loads(data.schemas[dataset_type])["fields"]}
        missing = [name for name in (*REQUIRED[dataset_type], *fields) if name not in frame]
        if missing:
            broken.append(_missing(dataset_type, list(dict.fromkeys(missing))))
            continue
        for name, field in fields.items():
            broken += column_findings(data, dataset_type, frame[name], field)
        broken += [finding for rule in _RULES[dataset_type] for finding in rule(data)]
    return sorted(broken, key=lambda finding: finding.severity != STOP)


def _missing(dataset_type: str, names: list[str]) -> Finding:
    listed = ", ".join(names)
    return Finding(
        STOP,
        f"Input CSV is missing the following columns:[{listed}].",
        dataset_type,
        listed,
        f"{dataset_type} has no column {listed}, which the schema asks for. Map a column to it or change the schema.",
    )


def _duplicates(data: PreparedData) -> Iterator[Finding]:
    repeated = data.repeats
    if repeated.any():
        rows = int(repeated.sum())
        yield Finding(
            WARN,
            "Records that are the same in every column are kept once",
            "Interactions",
            "",
            f"{counted(rows, 'row repeats', 'rows repeat')} an earlier one exactly. Amazon Personalize keeps one.",
            repeated,
            "",
            "drop_duplicates",
            f"drop {counted(rows, 'duplicate row', 'duplicate rows')}",
        )


def _minimum(data: PreparedData) -> Iterator[Finding]:
    """Yield what is too little to import, or to train with: there rows that repeat others count once."""
    n = len(data.interactions)
    n_different = n - int(data.repeats.sum())
    if n_different < MIN_INTERACTIONS:
        said = f"There are {n:,} interactions; an import needs {MIN_INTERACTIONS:,}. Give more of them."
        if n >= MIN_INTERACTIONS:
            said = (
                f"Of {n:,} interactions {n_different:,} differ, as the others repeat them; a training needs "
                f"{MIN_INTERACTIONS:,} that differ. Give more of them."
            )
        yield Finding(
            STOP,
            f"At least {MIN_INTERACTIONS:,} interactions are needed",
            "Interactions",
            "",
            said,
            value=f"{n_different:,}",
        )
    with_two = int((np.bincount(data.coded.user[data.coded.user >= 0], minlength=1) >= 2).sum())
    if with_two < MIN_USERS_WITH_TWO:
        yield Finding(
            WARN,
            f"Dataset has fewer than {MIN_USERS_WITH_TWO} users with at least 2 interactions each.",
            "Interactions",
            USER_ID,
            f"Only {with_two} people have two interactions or more; training needs {MIN_USERS_WITH_TWO}.",
            value=f"{with_two}",
        )


def _event_types(data: PreparedData) -> Iterator[Finding]:
    """Yield what an import refuses: more kinds of events and optional columns than Amazon Personalize takes."""
    frame = data.interactions
    if EVENT_TYPE not in frame:
        return
    counts = frame[EVENT_TYPE].value_counts()
    optional = [field["name"] for field in json.loads(data.schemas["Interactions"])["fields"]]
    n_columns = len([name for name in optional if name not in (*REQUIRED["Interactions"], *_NOT_COUNTED)])
    n_kept = MAX_EVENT_TYPES_AND_COLUMNS - n_columns
    if len(counts) <= n_kept:
        return
    rare = frame[EVENT_TYPE].isin(counts.index[max(n_kept, 1) :]).to_numpy(dtype=bool)
    yield Finding(
        STOP,
        f"Event types and optional columns together must not be more than {MAX_EVENT_TYPES_AND_COLUMNS}",
        "Interactions",
        EVENT_TYPE,
        f"There are {len(counts)} event types and {counted(n_columns, 'optional column', 'optional columns')}; at most "
        f"{MAX_EVENT_TYPES_AND_COLUMNS} are taken together. Keep the {n_kept} most frequent types, or leave out "
        "columns on Source.",
        rare if n_kept > 0 else None,
        f"{len(counts)} + {n_columns}",
        "keep_common_types" if n_kept > 0 else "",
        f"keep the {n_kept} most frequent event types: drop {counted(int(rare.sum()), 'row', 'rows')} of the others"
        if n_kept > 0
        else "",
    )


def _names_only(data: PreparedData) -> Iterator[Finding]:
    """Yield the files that name items or people and say nothing else of them."""
    for kind, frame, what in (("Items", data.items, "items"), ("Users", data.users, "people")):
        if frame is not None and kind not in data.schemas:
            yield Finding(
                WARN,
                f"{kind} needs at least one metadata field",
                "Interactions",
                "",
                f"The {what} have names, pictures or texts only. The screens show them; no data set {kind} is made, as "
                "Amazon Personalize asks for a category or a number.",
            )


def _one_time(data: PreparedData) -> Iterator[Finding]:
    times = data.interactions[TIMESTAMP]
    if data.time_kind != REAL_TIMES:
        stands = "the order of the file stands for time" if data.time_kind == FILE_ORDER else "all have one time"
        yield Finding(
            WARN,
            "Interactions say when they happened",
            "Interactions",
            TIMESTAMP,
            f"No column says when: {stands}. Figures about days, weeks and what is new mean nothing, and metrics that "
            "hold out the newest events hold out any.",
        )
    elif len(times) > 1 and times.nunique() == 1:
        value = str(times.iloc[0])
        yield Finding(
            WARN,
            "All interactions have the same timestamp",
            "Interactions",
            TIMESTAMP,
            f"Every row says {value}. Without different times, the order of events cannot be learned.",
            value=value,
        )


def _repeated_ids(dataset_type: str, key: str) -> Callable[[PreparedData], Iterator[Finding]]:
    def rule(data: PreparedData) -> Iterator[Finding]:
        column = data.frames[dataset_type][key]
        earlier = column.duplicated(keep="last").to_numpy(dtype=bool) & column.notna().to_numpy(dtype=bool)
        if earlier.any():
            value, rows = first_value(column, earlier), int(earlier.sum())
            yield Finding(
                WARN,
                f"A record with the same {key} replaces the earlier one",
                dataset_type,
                key,
                f'{key} "{value}" appears more than once; the last record counts.',
                earlier,
                value,
                "keep_last",
                f"drop {counted(rows, 'earlier record', 'earlier records')} in {dataset_type}",
            )

    return rule


def _no_metadata(dataset_type: str, key: str) -> Callable[[PreparedData], Iterator[Finding]]:
    def rule(data: PreparedData) -> Iterator[Finding]:
        if list(data.frames[dataset_type].columns) == [key]:
            yield Finding(
                STOP,
                f"{dataset_type} needs at least one metadata field",
                dataset_type,
                key,
                f"{dataset_type} has the column {key} only. Add a column with metadata, or leave the file out.",
            )

    return rule


def _strangers(dataset_type: str, key: str, words: str) -> Callable[[PreparedData], Iterator[Finding]]:
    def rule(data: PreparedData) -> Iterator[Finding]:
        known = pd.Index(data.frames[dataset_type][key].dropna())
        code, names = (
            (data.coded.item, data.coded.item_ids) if key == ITEM_ID else (data.coded.user, data.coded.user_ids)
        )
        stranger = ~pd.Index(names).isin(known)
        if stranger.any() and len(names):
            value = str(names[int(stranger.argmax())])
            yield Finding(
                WARN,
                f"Every {key} of the interactions should be in {dataset_type}",
                "Interactions",
                key,
                f'{int(stranger.sum()):,} of {len(names):,} {words}, for example "{value}", are not in {dataset_type}: '
                "nothing but their events is known of them.",
                np.append(stranger, False)[code],
                value,
            )

    return rule


_RULES: dict[str, tuple[Callable[[PreparedData], Iterator[Finding]], ...]] = {
    "Interactions": (_minimum, _duplicates, _event_types, _one_time, _names_only),
    "Items": (_no_metadata("Items", ITEM_ID), _repeated_ids("Items", ITEM_ID), _strangers("Items", ITEM_ID, "items")),
    "Users": (_no_metadata("Users", USER_ID), _repeated_ids("Users", USER_ID), _strangers("Users", USER_ID, "people")),
}
