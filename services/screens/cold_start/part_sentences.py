"""The sentences of two parts of Cold start: Exploration and Truly new."""

from collections.abc import Mapping

import pandas as pd

from services.laboratory.ranking_metrics import PLACES
from services.language.phrases import listed, with_article
from services.language.vocabulary import Words
from services.library.columns import ITEM_ID
from services.library.people import People
from services.library.store import LoadedData
from services.screens.cold_start.new_items import Fits, Row
from services.screens.cold_start.sentences import who


def exploration_words(weight: float, shown: float, taken: float, lost: float, words: Words, *, measured: bool) -> str:
    """Return what a weight of exploration shows, gains and costs; taken is per user, lost per 100."""
    how = "" if measured else ", between two measured weights"
    change = f"{abs(lost):.0f} {'fewer' if lost >= 0 else 'more'}"
    return (
        f"At weight {weight:g}{how}: {shown:.1f} of {PLACES} {words.nouns} shown are new. 100 {who(words)}s find "
        f"{100 * taken:.0f} new {words.nouns} they want, and {change} known ones."
    )


def exploration_why(words: Words) -> str:
    """Return why a list should show new items at all."""
    return (
        f"Why show them? A new {words.noun} that is never shown gets no events, so no training ever learns who wants "
        "it. Each event that it gets here teaches the next training; these figures do not count that yet."
    )


def exploration_source(group: str, frame: pd.DataFrame, note: str) -> str:
    """Return the grey line of Exploration; frame has the fields of exploration.WeightFigures."""
    parts = [
        group,
        "User personalization",
        f"asked at {len(frame)} weights",
        f"{frame['n_people'].iloc[0]:,.0f} people asked",
        note,
    ]
    return " · ".join(part for part in parts if part)


def exploration_caption(frame: pd.DataFrame, words: Words) -> str:
    """Return how the figures of Exploration were measured."""
    return (
        f"Measured at {', '.join(f'{w:g}' for w in frame['weight'])} for {frame['n_people'].iloc[0]:,.0f} people, one "
        "answer each; between them, a straight line with a hollow dot. A tenth of the items was new; hits are known "
        f"{words.nouns} that people {words.past} in the last fifth of the time."
    )


def new_items_headline(data: LoadedData, people: People, put: Mapping[str, Row], fits: Fits) -> str:
    """Return the headline of Truly new: what was put, and whom it fits once that is known."""
    if not put:
        return f"Describe {with_article(data.words.noun)} that nobody has {data.words.past} yet, and see whom it fits."
    best = [
        f"{item_name(put[item], data)} fits {people.short(of_item[0].user_id)} best"
        for item, of_item in fits.items()
        if of_item and item in put
    ]
    if best:
        return f"{listed(best[:2])[:138]}."
    names = [item_name(row, data) for row in put.values()]
    clause = listed(names[:2]) if len(names) <= 2 else f"{names[0]} and {len(names) - 1} more"
    are, them = ("is", "it") if len(names) == 1 else ("are", "them")
    return f"{clause[:70]} {are} in the data. Lists can show {them} after the next training."


def item_name(row: Row, data: LoadedData) -> str:
    """Return the title of a new item, its id without one."""
    return str(row.get(data.roles.title or "", "") or row[ITEM_ID])


def item_details(row: Row, data: LoadedData) -> str:
    """Return the other cells of a new item."""
    return " · ".join(str(value) for name, value in row.items() if name not in (ITEM_ID, data.roles.title))
