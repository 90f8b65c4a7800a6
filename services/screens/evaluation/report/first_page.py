"""The report's first page, which needs no knowledge of metrics: three sentences and two pictures."""

import html
from collections.abc import Sequence

import pandas as pd

from services.language.phrases import percent
from services.language.vocabulary import Words
from services.screens.evaluation import sentences, tables
from services.screens.evaluation.measures import COVERAGE
from services.screens.evaluation.methods import Method
from services.screens.evaluation.results import Comparison, EvaluationResult

STYLE = """
.page { break-after: page; margin-bottom: 3rem; }
.page p.said { font-size: 1.25rem; line-height: 1.45; margin: 0.6rem 0; }
.row { display: grid; grid-template-columns: 15rem 1fr 4rem; gap: 0.75rem; align-items: center; margin: 0.4rem 0; }
.row .full { background: #8882; height: 1.6rem; border-radius: 4px; overflow: hidden; display: flex; }
.row .full span { height: 100%; display: flex; align-items: center; justify-content: center; font-size: 0.85rem; }
.model { background: #00956d; color: #fff; } .popularity { background: #7a7a7a; } .chance { background: #b0b0b0; }
.better { background: #00956d; color: #fff; } .same { background: #8886; } .worse { background: #c05a1c; color: #fff; }
"""


def first_page(result: EvaluationResult, model: Method, other: Method, k: int, words: Words) -> str:
    """Return the page as HTML; without people measured one by one it has no second picture."""
    pair = result.compare(model, other, "hit_rate", k)
    said = "".join(f'<p class="said">{_text(one)}</p>' for one in manager(result, pair, model, other, k, words))
    rows = tables.dots(result, "hit_rate", k, words.nouns)
    shares = _shares(rows, f"People with a right {words.noun} among {k}") if len(rows) else ""
    counts = "" if pair is None else _counts(pair, sentences.in_sentence(other, result.words, words.nouns))
    return f'<section class="page">{said}{shares}{counts}</section>'


def manager(
    result: EvaluationResult, pair: Comparison | None, model: Method, other: Method, k: int, words: Words
) -> list[str]:
    """Return at most three sentences: who is right more often, how much of the catalogue is shown, who gains most."""
    said = [sentences.headline(pair, result, model, other, words)]
    shown, beside = (result.estimate(method, COVERAGE, k) for method in (model, other))
    if shown is not None and beside is not None:
        name = sentences.in_sentence(other, result.words, words.nouns)
        of_all = f"At least one person is shown {percent(shown.value)} of all {words.nouns}"
        said.append(f"{of_all}; with {name}, {percent(beside.value)}.")
    if pair is not None and result.segment_names:
        said += sentences.gains_most(result.by_segment(model, other, "hit_rate", k, result.segment_names[0]), result)
    return said


def _text(sentence: str) -> str:
    """Return a sentence whose figures do not break before their unit."""
    return html.escape(sentence).replace(" %", "&nbsp;%")


def _shares(rows: pd.DataFrame, title: str) -> str:
    lines = [
        f'<div class="row"><span>{html.escape(str(row["label"]))}</span><div class="full">'
        f'<span class="{row["role"]}" style="width:{100 * row["value"]:.1f}%"></span></div>'
        f"<strong>{percent(row['value'])}</strong></div>"
        for row in rows.to_dict("records")
    ]
    return f"<h2>{html.escape(title)}</h2>{''.join(lines)}"


def _counts(pair: Comparison, beside: str) -> str:
    parts: Sequence[tuple[str, int]] = (("better", pair.wins), ("same", pair.ties), ("worse", pair.losses))
    bars = "".join(
        f'<span class="{name}" style="width:{100 * n / max(1, pair.n):.1f}%">{f"{name} {n:,}" if n else ""}</span>'
        for name, n in parts
    )
    title = f"For {pair.n:,} people, beside {beside}"
    return (
        f'<h2>{html.escape(title)}</h2><div class="row"><span>one by one</span>'
        f'<div class="full">{bars}</div><span></span></div>'
    )
