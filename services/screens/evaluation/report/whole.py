"""An evaluation as one HTML file that needs nothing else: no script, no network, readable in ten years."""

import html
from datetime import UTC, datetime

import pandas as pd

from services.language.vocabulary import Words
from services.screens.evaluation import sentences, tables
from services.screens.evaluation.methods import Method
from services.screens.evaluation.report.first_page import STYLE as FIRST_PAGE_STYLE
from services.screens.evaluation.report.first_page import first_page
from services.screens.evaluation.results import EvaluationResult
from services.screens.evaluation.sentences import difference_words, label, method_words

STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 0.5rem 0 1.5rem; width: 100%; }
th, td { border-bottom: 1px solid #8886; padding: 0.25rem 0.5rem; text-align: left; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
.grey { opacity: 0.7; }
summary { cursor: pointer; margin: 1rem 0; }
summary h2 { display: inline; }
@media print { details::details-content { content-visibility: visible; display: block; } }
.bar { position: relative; height: 0.9rem; background: #8882; min-width: 10rem; }
.bar i { position: absolute; top: 0; bottom: 0; background: #00956d88; }
.bar b { position: absolute; top: 0; bottom: 0; width: 3px; background: #00956d; }
"""


def report(result: EvaluationResult, name: str, group: str, words: Words, metric: str = "hit_rate", k: int = 25) -> str:
    """Return the report: a first page for everybody, then methods with intervals, comparisons, metrics in plain words.

    The tables of segments and of every figure are folded: a reader opens the one that matters; paper shows all.
    """
    known = result.metrics()
    metric, k = (metric, k) if (metric, k) in known else known[0]
    model, other = (result.models or result.methods)[0], result.baseline(metric, k)
    pair = result.compare(model, other, metric, k)
    made = datetime.fromtimestamp(result.facts.ended, UTC).strftime("%Y-%m-%d %H:%M UTC")
    parts = [
        f"<h1>{_text(name)}</h1>",
        f'<p class="grey">{_text(sentences.source(result, group, words))} · measured {made}</p>',
        first_page(result, model, other, k, words),
    ]
    if result.facts.source == "movielens":
        parts.append(f"<p>{_text(sentences.MOVIELENS)}</p>")
    parts += [f"<h2>{label(metric, k)}</h2>", _dots(tables.dots(result, metric, k, words.nouns))]
    columns = {"model": model, "other": other}
    names = {column: method_words(method, result.words, words.nouns) for column, method in columns.items()}
    if pair is not None:
        parts += ["<h2>Comparisons</h2>", _comparisons(result, model, metric, k, words)]
        for by in result.segment_names:
            rows = result.by_segment(model, other, metric, k, by)
            if len(rows):
                parts.append(_folded(f"By {by}", rows.drop(columns=["enough"]).rename(columns=names)))
    parts += ["<h2>In plain words</h2>", _table(tables.plain_words(result, model, other, k, words))]
    parts.append(_folded("Every figure", _named(tables.everything(result, words.nouns))))
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{_text(name)}</title>'
        f"<style>{STYLE}{FIRST_PAGE_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _named(everything: pd.DataFrame) -> pd.DataFrame:
    """Return every figure with the metrics' names instead of their keys."""
    names = [sentences.LABELS.get(metric, metric.replace("_", " ")) for metric in everything["metric"]]
    return everything.assign(metric=names).drop(columns=["method"])


def _dots(rows: pd.DataFrame) -> str:
    most = max(float(rows[["value", "high"]].max().max()), 1e-9)
    lines = []
    for row in rows.to_dict("records"):
        value, low, high = (float(row[name]) for name in ("value", "low", "high"))
        bar, interval = f'<b style="left:{100 * value / most:.1f}%"></b>', ""
        if low == low:
            width = f"left:{100 * low / most:.1f}%;width:{100 * (high - low) / most:.1f}%"
            bar, interval = f'<i style="{width}"></i>{bar}', f"{low:.3f} to {high:.3f}"
        lines.append(
            f'<tr><td>{_text(row["label"])}</td><td class="n">{value:.3f}</td><td class="n">{interval}</td>'
            f'<td><div class="bar">{bar}</div></td></tr>'
        )
    head = '<tr><th>method</th><th class="n">value</th><th class="n">95 %</th><th></th></tr>'
    return f"<table>{head}{''.join(lines)}</table>"


def _comparisons(result: EvaluationResult, model: Method, metric: str, k: int, words: Words) -> str:
    rows = []
    for other in result.main_methods:
        pair = result.compare(model, other, metric, k) if other != model else None
        if pair is not None:
            name = f"against {method_words(other, result.words, words.nouns)}"
            rows.append((name, difference_words(pair), pair.wins, pair.ties, pair.losses))
    return _table(pd.DataFrame(rows, columns=["comparison", "difference", "better", "same", "worse"]))


def _folded(title: str, frame: pd.DataFrame) -> str:
    return f"<details><summary><h2>{_text(title)}</h2></summary>{_table(frame)}</details>"


def _table(frame: pd.DataFrame) -> str:
    numeric = {name: pd.api.types.is_numeric_dtype(frame[name]) for name in frame.columns}
    head = "".join(f"<th{_n(numeric[name])}>{_text(name)}</th>" for name in frame.columns)
    lines = []
    for row in frame.itertuples(index=False):
        cells = zip(frame.columns, row, strict=True)
        lines.append("<tr>" + "".join(f"<td{_n(numeric[name])}>{_cell(value)}</td>" for name, value in cells) + "</tr>")
    return f"<table><tr>{head}</tr>{''.join(lines)}</table>"


def _n(numeric: bool) -> str:
    return ' class="n"' if numeric else ""


def _cell(value: object) -> str:
    if value is None or value != value:
        return ""
    return f"{value:.3f}" if isinstance(value, float) else _text(value)


def _text(value: object) -> str:
    return html.escape(str(value))
