"""The problems of data before it is imported, as a table, and the rows that have them."""

import pandas as pd

from services.checks.fixes import is_harmless
from services.checks.rules import findings
from services.library.prepared import PreparedData

PROBLEM_COLUMNS = (
    *("severity", "rule", "file", "line", "column", "value", "rows", "fix", "fix_words", "message"),
    *("tick", "ticked"),
)


def check(data: PreparedData) -> pd.DataFrame:
    """Return severity ("stop", "warn"), rule, file (data set type), line, column, value, rows, fix, fix_words, message,
    tick, ticked.

    line is that of the first row in the CSV file, the header being line 1, missing when a rule is about the data as a
    whole; rows is how many rows break the rule; fix is an id for apply_fixes or "", tick that of this finding alone;
    ticked says whether it may be chosen by itself. What stops the import comes first.
    """
    rows = [
        (
            *(f.severity, f.rule, f.dataset_type, f.line, f.column, f.value, f.n_rows, f.fix, f.fix_words, f.message),
            *(f.tick, bool(f.fix) and is_harmless(f, len(data.frames[f.dataset_type]))),
        )
        for f in findings(data)
    ]
    frame = pd.DataFrame(rows, columns=list(PROBLEM_COLUMNS))
    text = ("severity", "rule", "file", "column", "value", "fix", "fix_words", "message", "tick")
    return frame.astype({"line": "Int64", "rows": "int64", "ticked": "bool", **dict.fromkeys(text, "str")})


def problem_rows(data: PreparedData, rule: str, limit: int = 200) -> pd.DataFrame:
    """Return line and the row's columns for the first rows that break a rule; no rows when it is about the whole."""
    finding = next((f for f in findings(data) if f.rule == rule), None)
    frame = data.interactions if finding is None else data.frames[finding.dataset_type]
    if finding is None or finding.mask is None:
        rows = frame.head(0)
        return rows.assign(line=pd.Series(dtype="int64"))[["line", *frame.columns]]
    places = finding.mask.nonzero()[0][:limit]
    rows = frame.iloc[places].reset_index(drop=True)
    rows.insert(0, "line", places + 2)
    return rows
